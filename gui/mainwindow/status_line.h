#pragma once
#include <lorikeet/result.h>

#include <QTimer>
#include <QWidget>

#include "studio/jobs/job.h"

class QLabel;
class QProgressBar;

namespace lorikeet {

/// The line at the foot of the window: what the engine does, how far it is, how long it will take, memory in use.
class StatusLine : public QWidget {
  Q_OBJECT
 public:
  explicit StatusLine(QWidget* parent = nullptr);

  void showProgress(const Progress& progress);
  void showStopping();
  /// A sentence while nothing runs.
  void showIdle(const QString& text);
  /// What the next picture needs, beside the memory in use now; prominent where it is too much.
  void showNeed(const QString& text, const QString& toolTip, bool isTooMuch);

 private:
  void showMemory();

  QLabel* text_;
  QProgressBar* bar_;
  QLabel* need_;
  QLabel* memory_;
  QTimer memoryTimer_;
};

/// 0..1 of the whole job; loading and text count as nothing.
double shareDone(const Progress& progress);
/// "Step 7 of 20 · 1.3 s a step · 17 s left"
QString describe(const Progress& progress);
/// "17 s", "2 min 5 s", "1 h 4 min"
QString describeSeconds(double seconds);

}  // namespace lorikeet
