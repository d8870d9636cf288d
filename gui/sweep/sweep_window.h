#pragma once
#include <QWidget>
#include <functional>

#include "studio/sweep/sweep_session.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace lorikeet {

class AxisEditor;
class SweepView;

/// The window of sweeps: two axes with their values, what that comes to, and the grid as it fills. Stays open beside
/// the main window; Esc closes it and the sweep goes on.
class SweepWindow : public QWidget {
  Q_OBJECT
 public:
  /// `request` gives what the main window says now; it must be callable as long as this window is there.
  SweepWindow(SweepSession& session, std::function<GenerateRequest()> request, QWidget* parent = nullptr);

  SweepView& view() { return *view_; }
  /// Shows that the queue does not go on by itself.
  void setPaused(bool paused);

 public slots:
  /// The main window's request changed.
  void readRequest();

 signals:
  void startWanted(const SweepAxis& x, const std::optional<SweepAxis>& y);
  /// Take the settings of this picture over into the main window.
  void settingsWanted(const GenerateRequest& request);
  void folderWanted(const QString& file);
  void fileWanted(const QString& file);

 protected:
  bool event(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QWidget* makeSettings();
  QWidget* makeProgress();
  QWidget* makeFooter();
  void showPlan();
  void showProgress();
  void showCurrent();
  void start();
  void useSettings();

  SweepSession& session_;
  std::function<GenerateRequest()> request_;
  AxisEditor* x_;
  AxisEditor* y_;
  QLabel* summary_;
  QPushButton* start_;
  QPushButton* stop_;
  QPushButton* resume_;
  QProgressBar* progress_;
  QLabel* state_;
  SweepView* view_;
  QLabel* caption_;
  QPushButton* use_;
  QPushButton* openGrid_;
  QPushButton* showFolder_;
  bool isPaused_ = false;
};

}  // namespace lorikeet
