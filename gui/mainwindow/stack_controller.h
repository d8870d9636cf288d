#pragma once
#include <QObject>

#include "studio/studio.h"

class QWidget;

namespace lorikeet {

class AdapterPanel;
class GeneratePanel;
class LiveController;
class RequestComposer;
class SessionController;

/// Joins the dock of the adapter stack to the studio: dropped files become rows, changes reach the running job,
/// problems that a job found reach their row, trigger words the prompt.
class StackController : public QObject {
  Q_OBJECT
 public:
  StackController(Studio& studio, QWidget* window);

  /// The contents of the dock.
  AdapterPanel* panel() const { return panel_; }
  /// Connects the rest of the window; once.
  void connectTo(GeneratePanel& form, RequestComposer& composer, SessionController& session);
  /// Adds files with the weights that the library has for them.
  void addToStack(const QStringList& files);

 signals:
  /// Files were added to the stack.
  void shown();

 private:
  void takeDrops();
  void connectJobs();
  void keepStack();

  Studio& studio_;
  AdapterPanel* panel_;
  LiveController* live_ = nullptr;
};

}  // namespace lorikeet
