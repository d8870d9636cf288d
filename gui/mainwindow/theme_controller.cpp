#include "mainwindow/theme_controller.h"

#include "widgets/theme.h"

namespace lorikeet {

ThemeController::ThemeController(Settings& settings, ActionTable& actions, QObject* parent)
    : QObject(parent), settings_(settings), actions_(actions) {
  const auto choose = [this](ActionId id, Theme theme) {
    connect(actions_[id], &QAction::triggered, this, [this, theme] {
      Preferences preferences = settings_.preferences();
      preferences.theme = theme;
      settings_.setPreferences(preferences);
    });
  };
  choose(ActionId::ThemeSystem, Theme::System);
  choose(ActionId::ThemeLight, Theme::Light);
  choose(ActionId::ThemeDark, Theme::Dark);
  connect(&settings_, &Settings::preferencesChanged, this,
          [this](const Preferences& preferences) { show(preferences.theme); });
  show(settings_.preferences().theme);
}

void ThemeController::show(Theme theme) {
  const ActionId id = theme == Theme::Light  ? ActionId::ThemeLight
                      : theme == Theme::Dark ? ActionId::ThemeDark
                                             : ActionId::ThemeSystem;
  actions_[id]->setChecked(true);
  if (theme == shown_) return;
  shown_ = theme;
  applyTheme(theme);
}

}  // namespace lorikeet
