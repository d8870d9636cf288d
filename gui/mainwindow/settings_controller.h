#pragma once
#include <QObject>
#include <QPointer>
#include <stop_token>

#include "studio/history/settings_lookup.h"
#include "studio/jobs/background_queue.h"
#include "studio/studio.h"

class QWidget;

namespace lorikeet {

class CanvasController;
class MessageBar;
class RequestComposer;
class SettingsOffer;

/// Takes settings over from picture files: at once where a person asked for them, by offering them where a picture was
/// dropped on the window.
class SettingsController : public QObject {
  Q_OBJECT
 public:
  struct Window {
    RequestComposer* request = nullptr;
    CanvasController* canvas = nullptr;
    MessageBar* messages = nullptr;
  };

  SettingsController(Studio& studio, const Window& window, QWidget* parent);
  ~SettingsController() override;

  /// Shows the picture's settings in the whole window; what is missing is said in the message bar.
  void use(const QString& file);
  /// Shows them in a dialog first.
  void offer(const QString& file);

 private:
  struct Outcome {
    FoundSettings found;
    QString problem;
  };
  /// Reads and searches off the window's thread, then calls `done` with what was found.
  void find(const QString& file, std::function<void(const FoundSettings&)> done);
  void showOffer(const QString& file, const FoundSettings& found);
  SettingsSources sources() const;

  Studio& studio_;
  Window window_;
  QWidget* parent_;
  QPointer<SettingsOffer> offer_;
  std::stop_source stop_;
  BackgroundQueue queue_;
};

}  // namespace lorikeet
