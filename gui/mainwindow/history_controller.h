#pragma once
#include <QObject>
#include <QPointer>

#include "studio/history/history_entry.h"
#include "studio/studio.h"
#include "widgets/action_table.h"

namespace lorikeet {

class CanvasController;
class CompareWindow;
class HistoryPanel;
class MessageBar;
class RequestComposer;
class SettingsController;

/// Connects the history with the form, the canvas and the commands: settings used again, pictures edited, compared,
/// rated, moved to the trash and back.
class HistoryController : public QObject {
  Q_OBJECT
 public:
  struct Window {
    RequestComposer* request = nullptr;
    CanvasController* canvas = nullptr;
    MessageBar* messages = nullptr;
    SettingsController* settings = nullptr;
  };

  HistoryController(Studio& studio, const ActionTable& actions, const Window& window, QWidget* parent);

  HistoryPanel& panel() { return *panel_; }
  /// Opens the index and looks for pictures that it does not know, once the window is there.
  void open();

 signals:
  /// The user should see the history now.
  void panelWanted();

 private:
  void connectActions();
  void connectHistory();
  void updateActions();
  /// The marked picture; one sentence and no file where there is none that can be used.
  HistoryEntry marked() const;
  void useSettings();
  void showFolder() const;
  void compare();

  Studio& studio_;
  const ActionTable& actions_;
  Window window_;
  QWidget* parent_;
  HistoryPanel* panel_;
  QPointer<CompareWindow> comparison_;
};

}  // namespace lorikeet
