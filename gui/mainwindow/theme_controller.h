#pragma once
#include <QObject>
#include <optional>

#include "studio/settings/settings.h"
#include "widgets/action_table.h"

namespace lorikeet {

/// Keeps the theme's menu, the preference and the look of the program the same.
class ThemeController : public QObject {
  Q_OBJECT
 public:
  /// Applies the preferred theme; `settings` and `actions` must outlive the controller.
  ThemeController(Settings& settings, ActionTable& actions, QObject* parent);

 private:
  void show(Theme theme);

  Settings& settings_;
  ActionTable& actions_;
  std::optional<Theme> shown_;
};

}  // namespace lorikeet
