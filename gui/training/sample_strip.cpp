#include "training/sample_strip.h"

#include <QMimeData>
#include <QScrollBar>
#include <QUrl>
#include <QWheelEvent>

#include "widgets/file_list.h"

namespace lorikeet {
namespace {

constexpr int kFileRole = Qt::UserRole;
/// Pictures are kept at this side; larger ones are on disk.
constexpr int kSampleSide = 256;

}  // namespace

SampleStrip::SampleStrip(QWidget* parent) : QListWidget(parent) {
  setAccessibleName(tr("Samples"));
  setViewMode(QListView::IconMode);
  setFlow(QListView::LeftToRight);
  setWrapping(false);
  setMovement(QListView::Static);
  setUniformItemSizes(true);
  setSpacing(2);
  setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setDragEnabled(true);
  setDragDropMode(QAbstractItemView::DragOnly);
  setFrameShape(QFrame::NoFrame);
  connect(this, &QListWidget::itemActivated, this, [this](const QListWidgetItem* item) {
    if (const QString file = item->data(kFileRole).toString(); !file.isEmpty()) emit fileWanted(file);
  });
}

QIcon SampleStrip::iconOf(const QImage& picture) const {
  const QImage small = picture.scaled(kSampleSide, kSampleSide, Qt::KeepAspectRatio, Qt::SmoothTransformation);
  QIcon icon;
  for (const QIcon::Mode mode : {QIcon::Normal, QIcon::Selected, QIcon::Disabled})
    icon.addPixmap(QPixmap::fromImage(small), mode);
  return icon;
}

QListWidgetItem* SampleStrip::add(const QString& text, const QImage& picture, const QString& file) {
  auto* item = new QListWidgetItem(iconOf(picture), text, this);
  item->setData(kFileRole, file);
  return item;
}

void SampleStrip::setSamples(const std::vector<TrainingSample>& samples) {
  std::vector<qint64> keys;
  for (const TrainingSample& sample : samples) keys.push_back(sample.picture.cacheKey());
  if (keys == shown_) return;
  setPreview({});
  const bool goesOn = keys.size() > shown_.size() && std::equal(shown_.begin(), shown_.end(), keys.begin());
  if (!goesOn) clear();
  for (size_t i = goesOn ? shown_.size() : 0; i < samples.size(); ++i) {
    const TrainingSample& sample = samples[i];
    QListWidgetItem* item = add(tr("step %L1").arg(sample.step), sample.picture, sample.file);
    item->setToolTip(tr("%1\nstep %L2").arg(sample.prompt).arg(sample.step));
  }
  shown_ = keys;
  scrollToItem(item(count() - 1));
}

void SampleStrip::setPreview(const QImage& picture) {
  if (picture.isNull()) {
    delete preview_;
    preview_ = nullptr;
  } else if (preview_) {
    preview_->setIcon(iconOf(picture));
  } else {
    preview_ = add(tr("forming …"), picture, {});
    scrollToItem(preview_);
  }
}

void SampleStrip::resizeEvent(QResizeEvent* event) {
  constexpr int kMargin = 12;
  const int side = std::clamp(viewport()->height() - fontMetrics().height() - kMargin, 40, kSampleSide);
  setIconSize({side, side});
  setGridSize({side + kMargin, side + fontMetrics().height() + kMargin});
  QListWidget::resizeEvent(event);
}

void SampleStrip::paintEvent(QPaintEvent* event) {
  QListWidget::paintEvent(event);
  if (count() == 0) paintEmptyText(*this, tr("Samples show here what the training has learned so far."));
}

void SampleStrip::wheelEvent(QWheelEvent* event) {
  const QPoint delta = event->pixelDelta().isNull() ? event->angleDelta() : event->pixelDelta();
  const int distance = std::abs(delta.x()) > std::abs(delta.y()) ? delta.x() : delta.y();
  horizontalScrollBar()->setValue(horizontalScrollBar()->value() - distance);
  event->accept();
}

QMimeData* SampleStrip::mimeData(const QList<QListWidgetItem*>& items) const {
  QList<QUrl> urls;
  for (const QListWidgetItem* item : items)
    if (const QString file = item->data(kFileRole).toString(); !file.isEmpty()) urls << QUrl::fromLocalFile(file);
  auto* dragged = new QMimeData;
  if (!urls.isEmpty()) dragged->setUrls(urls);
  return dragged;
}

}  // namespace lorikeet
