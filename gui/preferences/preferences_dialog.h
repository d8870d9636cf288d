#pragma once
#include <QDialog>
#include <functional>
#include <memory>

#include "studio/settings/settings.h"
#include "studio/spelling/spell_checker.h"

namespace Ui {
class PreferencesDialog;
}

namespace lorikeet {

/// The preferences; what is changed counts at once. Not modal.
class PreferencesDialog : public QDialog {
  Q_OBJECT
 public:
  PreferencesDialog(Settings& settings, const SpellChecker& spelling, QWidget* parent = nullptr);
  ~PreferencesDialog() override;

 private:
  void showDictionary(const DictionaryFiles& dictionary);
  void showValues(const Preferences& preferences);
  Preferences read() const;
  void chooseFolder(const QString& title, const QString& current, const std::function<void(const QString&)>& chosen);
  void connectFields();
  /// What is kept of prepared models (lorikeet/prepared_weights.h), which is the same for all programs.
  void showPrepared();
  void connectPrepared();

  Settings& settings_;
  std::unique_ptr<Ui::PreferencesDialog> ui_;
  bool showing_ = false;
};

}  // namespace lorikeet
