#include "studio/history/thumbnail_cache.h"

#include <lorikeet/picture_io.h>

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QImageReader>
#include <QSaveFile>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

constexpr int kMemoryKib = 96 << 10;
constexpr size_t kLongestQueue = 400;
constexpr int kQuality = 88;

QString thumbnailFile(const HistoryEntry& entry, const QString& folder) {
  const QString key =
      QStringLiteral("%1|%2|%3").arg(entry.file).arg(entry.byteSize).arg(entry.made.toMSecsSinceEpoch());
  const QString name = QLatin1String(QCryptographicHash::hash(key.toUtf8(), QCryptographicHash::Sha1).toHex());
  return QStringLiteral("%1/%2/%3.jpg").arg(folder, name.left(2), name);
}

/// Qt has no plugin for every format that the engine reads, WebP for one.
QImage readPictureFile(const QString& file) {
  QImageReader reader(file);
  reader.setAutoTransform(true);
  QImage image = reader.read();
  if (!image.isNull() || !QFileInfo::exists(file)) return image;
  try {
    return toQImage(loadPicture(toPath(file)).image);
  } catch (const std::exception&) {
    return {};
  }
}

}  // namespace

QImage thumbnailFor(const HistoryEntry& entry, const QString& folder) {
  const QString name = thumbnailFile(entry, folder);
  QImage image(name);
  if (!image.isNull()) return image;
  image = readPictureFile(entry.file);
  if (image.isNull()) return image;
  constexpr int kSide = ThumbnailCache::kSide;
  if (image.width() > kSide || image.height() > kSide)
    image = image.scaled(kSide, kSide, Qt::KeepAspectRatio, Qt::SmoothTransformation);
  image = image.convertToFormat(QImage::Format_RGB32);
  QDir().mkpath(QFileInfo(name).absolutePath());
  QSaveFile file(name);  // a full disk leaves no half thumbnail; it is only made again
  if (file.open(QIODevice::WriteOnly) && image.save(&file, "JPG", kQuality)) file.commit();
  return image;
}

ThumbnailCache::ThumbnailCache(QString folder, QObject* parent)
    : QObject(parent), folder_(std::move(folder)), images_(kMemoryKib) {
  pool_.setMaxThreadCount(1);
  pool_.setThreadPriority(QThread::LowPriority);
}

ThumbnailCache::~ThumbnailCache() {
  ending_ = true;
  pool_.waitForDone();
}

QImage ThumbnailCache::thumbnail(const HistoryEntry& entry) {
  if (const QImage* image = images_.object(entry.id)) return *image;
  if (asked_.contains(entry.id)) return {};
  asked_.insert(entry.id);
  const QMutexLocker lock(&mutex_);
  wanted_.push_front(entry);
  while (wanted_.size() > kLongestQueue) {
    asked_.remove(wanted_.back().id);
    wanted_.pop_back();
  }
  if (!working_) pool_.start([this] { work(); });
  working_ = true;
  return {};
}

void ThumbnailCache::work() {
  while (true) {
    HistoryEntry entry;
    {
      const QMutexLocker lock(&mutex_);
      working_ = !wanted_.empty() && !ending_;
      if (!working_) return;
      entry = wanted_.front();
      wanted_.pop_front();
    }
    const QImage image = thumbnailFor(entry, folder_);
    QMetaObject::invokeMethod(
        this, [this, id = entry.id, image] { deliver(id, image); }, Qt::QueuedConnection);
  }
}

void ThumbnailCache::deliver(qint64 id, const QImage& image) {
  asked_.remove(id);
  images_.insert(id, new QImage(image), std::max(1, int(image.sizeInBytes() >> 10)));
  emit ready(id);
}

}  // namespace lorikeet
