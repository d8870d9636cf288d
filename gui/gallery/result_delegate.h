#pragma once
#include <QStyledItemDelegate>

namespace lorikeet {

/// Draws a picture of the strip: rounded, as large as the strip is high, framed when it is the current one.
class ResultDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace lorikeet
