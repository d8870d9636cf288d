#pragma once
#include <QObject>
#include <QTimer>

#include "studio/adapters/adapter_condition.h"
#include "studio/studio.h"
#include "widgets/action_table.h"

namespace lorikeet {

class GeneratePanel;
class LibraryPanel;
class MessageBar;
class StackController;

/// Connects the dock of the adapter library: adapters go into the stack, their words into the prompt, folders into the
/// settings; the latest pictures come from the history.
class LibraryController : public QObject {
  Q_OBJECT
 public:
  struct Window {
    GeneratePanel* form = nullptr;
    StackController* stack = nullptr;
    MessageBar* messages = nullptr;
  };

  LibraryController(Studio& studio, const ActionTable& actions, const Window& window, QWidget* parent);
  ~LibraryController() override { queue_.finish(); }

  LibraryPanel& panel() { return *panel_; }

 signals:
  /// The user should see the library now.
  void panelWanted();

 private:
  void connectActions();
  void connectView();
  void connectHistory();
  void add(const QStringList& files);
  void showUsed();
  void chooseFolder();
  void addFolder(const QString& folder);
  void removeFolder(const QString& folder);
  void report(const QString& file);

  Studio& studio_;
  const ActionTable& actions_;
  Window window_;
  QWidget* parent_;
  LibraryPanel* panel_;
  QTimer pictureDelay_;
  BackgroundQueue queue_;
};

}  // namespace lorikeet
