#pragma once
#include <QListView>

namespace lorikeet {

class ActionTable;
class SessionResults;

/// The row of this session's pictures, newest first: click to see one, drag it out as a file, more in its menu.
class ResultStrip : public QListView {
  Q_OBJECT
 public:
  ResultStrip(SessionResults& results, const ActionTable& actions, QWidget* parent = nullptr);

  /// The picture that is marked, 0 for none.
  quint64 currentId() const;
  /// Marks a picture without announcing it.
  void setCurrentId(quint64 id);

  QSize sizeHint() const override { return {600, 116}; }
  QSize minimumSizeHint() const override { return {120, 72}; }

 signals:
  /// The user chose a picture to look at.
  void chosen(quint64 id);
  void activatedSettings(quint64 id);

 protected:
  void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void startDrag(Qt::DropActions actions) override;

 private:
  SessionResults& results_;
  const ActionTable& actions_;
  bool quiet_ = false;
};

}  // namespace lorikeet
