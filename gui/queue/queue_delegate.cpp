#include "queue/queue_delegate.h"

#include <QApplication>
#include <QPainter>

#include "studio/jobs/job_queue.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

constexpr int kIconSide = 18;
constexpr int kPadding = 8;
constexpr int kLineGap = 2;
constexpr int kBarHeight = 3;

QString iconOf(const QModelIndex& index) {
  if (index.data(JobQueue::HeldRole).toBool()) return QStringLiteral("pencil");
  switch (QueueState(index.data(JobQueue::StateRole).toInt())) {
    case QueueState::Waiting:
      return QStringLiteral("circle-dashed");
    case QueueState::Running:
      return QStringLiteral("play");
    case QueueState::Failed:
      return QStringLiteral("circle-alert");
    case QueueState::Stopped:
      return QStringLiteral("square");
  }
  return {};
}

/// What stands under the prompt: first what is unusual about the job.
QString secondLineOf(const QModelIndex& index) {
  QString summary = index.data(JobQueue::SummaryRole).toString();
  if (index.data(JobQueue::HeldRole).toBool()) return QueueDelegate::tr("Being edited · %1").arg(summary);
  switch (QueueState(index.data(JobQueue::StateRole).toInt())) {
    case QueueState::Failed:
      return QueueDelegate::tr("Failed: %1").arg(index.data(JobQueue::MessageRole).toString());
    case QueueState::Stopped:
      return QueueDelegate::tr("Stopped · %1").arg(summary);
    default:
      return summary;
  }
}

void paintShare(QPainter& painter, const QRect& row, double share, const QPalette& palette) {
  const QRect track(row.left() + kPadding, row.bottom() - kBarHeight - 1, row.width() - 2 * kPadding, kBarHeight);
  painter.fillRect(track, palette.color(QPalette::Mid));
  painter.fillRect(QRect(track.topLeft(), QSize(int(track.width() * share), kBarHeight)),
                   palette.color(QPalette::Highlight));
}

}  // namespace

void QueueDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  painter->save();
  const bool isSelected = option.state & QStyle::State_Selected;
  if (isSelected || option.state & QStyle::State_MouseOver) {
    QColor back = option.palette.color(QPalette::Highlight);
    back.setAlpha(isSelected ? 60 : 25);
    painter->fillRect(option.rect, back);
  }
  const QRect row = option.rect;
  const QRect iconPlace(row.left() + kPadding, row.top() + (row.height() - kIconSide) / 2, kIconSide, kIconSide);
  lineIcon(iconOf(index)).paint(painter, iconPlace);

  const int left = iconPlace.right() + 1 + kPadding;
  const int lineHeight = option.fontMetrics.height();
  QRect line(left, row.top() + (row.height() - 2 * lineHeight - kLineGap) / 2, row.right() - kPadding - left,
             lineHeight);
  const QString prompt = index.data(Qt::DisplayRole).toString();
  painter->setPen(option.palette.color(prompt.isEmpty() ? QPalette::PlaceholderText : QPalette::Text));
  painter->drawText(
      line, Qt::AlignLeft | Qt::AlignVCenter,
      option.fontMetrics.elidedText(prompt.isEmpty() ? tr("(no prompt)") : prompt, Qt::ElideRight, line.width()));
  line.translate(0, lineHeight + kLineGap);
  painter->setPen(option.palette.color(QPalette::PlaceholderText));
  painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                    option.fontMetrics.elidedText(secondLineOf(index), Qt::ElideRight, line.width()));
  if (QueueState(index.data(JobQueue::StateRole).toInt()) == QueueState::Running)
    paintShare(*painter, row, index.data(JobQueue::ShareRole).toDouble(), option.palette);
  painter->restore();
}

QSize QueueDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
  constexpr int kMinWidth = 160;
  return {kMinWidth, 2 * option.fontMetrics.height() + kLineGap + 2 * kPadding};
}

}  // namespace lorikeet
