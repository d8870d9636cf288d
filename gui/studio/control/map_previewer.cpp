#include "studio/control/map_previewer.h"

#include <lorikeet/error.h>

#include "studio/jobs/convert.h"

namespace lorikeet {

MapPreviewer::MapPreviewer(QObject* parent) : QObject(parent), queue_(this) {}

void MapPreviewer::setPicture(const QImage& picture) {
  picture_ = picture;
  sized_.reset();
  compute();
}

void MapPreviewer::setWorkSize(QSize size) {
  if (size == workSize_) return;
  workSize_ = size;
  sized_.reset();
  compute();
}

void MapPreviewer::setUnit(const ControlUnit& unit) {
  if (unit.type == unit_.type && unit.canny == unit_.canny && unit.lines == unit_.lines) return;
  unit_.type = unit.type;
  unit_.canny = unit.canny;
  unit_.lines = unit.lines;
  compute();
}

void MapPreviewer::compute() {
  queue_.clear();
  const quint64 generation = ++generation_;
  if (picture_.isNull()) {
    shown_ = generation;
    emit ready({}, {});
    return;
  }
  if (!sized_) sized_ = std::make_shared<Sized>();
  const auto work = [picture = picture_, size = workSize_, unit = unit_, sized = sized_] {
    try {
      if (sized->image.empty()) sized->image = fromQImage(atWorkSize(picture, size));
      return std::pair(toQImage(controlMap(sized->image, unit)), QString());
    } catch (const std::exception& error) {
      return std::pair(QImage(), toQString(error.what()));
    }
  };
  queue_.run(work, [this, generation](const std::pair<QImage, QString>& outcome) {
    if (generation <= shown_) return;
    shown_ = generation;
    emit ready(outcome.first, outcome.second);
  });
}

QImage atWorkSize(const QImage& picture, QSize workSize) {
  const bool fits = picture.width() <= workSize.width() && picture.height() <= workSize.height();
  if (fits || workSize.isEmpty()) return picture;
  return picture.scaled(workSize, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

}  // namespace lorikeet
