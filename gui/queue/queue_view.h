#pragma once
#include <QListView>

namespace lorikeet {

class ActionTable;
class JobQueue;

/// The jobs as a list: drag to reorder, or Alt and the arrow keys; Return edits, Del removes.
class QueueView : public QListView {
  Q_OBJECT
 public:
  QueueView(JobQueue& queue, const ActionTable& actions, QWidget* parent = nullptr);

  /// The job that is marked, 0 for none.
  quint64 currentId() const;
  /// Moves the marked job by one place.
  void moveCurrent(int rows);

 signals:
  void currentJobChanged();

 protected:
  void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  JobQueue& queue_;
  const ActionTable& actions_;
};

}  // namespace lorikeet
