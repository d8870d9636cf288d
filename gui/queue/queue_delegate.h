#pragma once
#include <QStyledItemDelegate>

namespace lorikeet {

/// Draws a job of the queue: its state, the prompt, what it is made of, and how far it is.
class QueueDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace lorikeet
