#pragma once
#include <QObject>
#include <QPointer>

#include "studio/studio.h"
#include "widgets/action_table.h"

namespace lorikeet {

class MessageBar;
class RequestComposer;
class SweepWindow;

/// Connects the sweep and its window with the form, the queue and the commands.
class SweepController : public QObject {
  Q_OBJECT
 public:
  SweepController(Studio& studio, const ActionTable& actions, RequestComposer& composer, MessageBar& messages,
                  QWidget* window);

  void showWindow();

 private:
  void start(const SweepAxis& x, const std::optional<SweepAxis>& y);
  void connectWindow();

  Studio& studio_;
  RequestComposer& composer_;
  MessageBar& messages_;
  QWidget* parent_;
  QPointer<SweepWindow> window_;
};

}  // namespace lorikeet
