#pragma once
#include <QWidget>

class QLabel;
class QFrame;

namespace lorikeet {

class ActionTable;
class JobQueue;
class QueueView;

/// The queue with its buttons, the time that everything will take, and a bar while a job is being edited in the form.
class QueuePanel : public QWidget {
  Q_OBJECT
 public:
  QueuePanel(JobQueue& queue, const ActionTable& actions, QWidget* parent = nullptr);

  QueueView* view() const { return view_; }
  /// Shows whose request the form holds; an empty prompt hides the bar.
  void showEditing(const QString& prompt);
  void hideEditing();

  QSize sizeHint() const override { return {600, 116}; }

 private:
  QWidget* makeButtons(const ActionTable& actions);
  QFrame* makeEditBar(const ActionTable& actions);
  void showTotal();

  JobQueue& queue_;
  QLabel* total_;
  QLabel* editText_;
  QFrame* editBar_;
  QueueView* view_;
};

/// "Running 1, 3 wait · 12 pictures · about 4 min left"
QString describeTotal(const JobQueue& queue);

}  // namespace lorikeet
