#pragma once
#include <QStyledItemDelegate>

namespace lorikeet {

/// Draws an adapter of the library: its picture, name, family and folder, whether it is in the stack, and a star for
/// favourites.
class LibraryDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  /// Where a click makes the adapter a favourite.
  static QRect starPlace(const QRect& row);

 signals:
  void starClicked(const QModelIndex& index);

 protected:
  bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override;
};

}  // namespace lorikeet
