#pragma once
#include <QStyledItemDelegate>

namespace lorikeet {

/// Draws a picture of the history in its cell with its stars; under the mouse the stars can be clicked.
class HistoryDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  /// Which star of a cell is at this place, 1..5; 0 for none.
  static int starAt(const QRect& cell, const QPoint& place);

 signals:
  /// The user clicked a star of this picture; 0 takes its stars away.
  void starsChosen(const QModelIndex& index, int stars);

 protected:
  bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override;
};

}  // namespace lorikeet
