#include "canvas/work_area_finder.h"

#include "studio/document/canvas_document.h"

namespace lorikeet {

WorkAreaFinder::WorkAreaFinder(CanvasDocument& document, QObject* parent)
    : QObject(parent), document_(document), queue_(this) {
  soon_.setSingleShot(true);
  soon_.setInterval(0);
  const auto start = [this] { soon_.start(); };
  connect(&soon_, &QTimer::timeout, this, &WorkAreaFinder::find);
  connect(&document_, &CanvasDocument::pictureChanged, this, start);
  connect(document_.undoStack(), &QUndoStack::indexChanged, this, start);
}

void WorkAreaFinder::setOptions(const EditOptions& options) {
  if (options == options_) return;
  options_ = options;
  soon_.start();
}

void WorkAreaFinder::setWorkSize(QSize size) {
  if (size == workSize_) return;
  workSize_ = size;
  soon_.start();
}

void WorkAreaFinder::find() {
  const quint64 generation = ++generation_;
  queue_.clear();
  const bool masked = !document_.maskBounds().isEmpty() || options_.outpaint.any();
  if (document_.isEmpty() || !options_.mask.onlyMasked || !masked) return show({});
  queue_.run(
      [mask = document_.mask(), options = options_, size = workSize_] { return workedArea(mask, options, size); },
      [this, generation](const QRect& area) {
        if (generation == generation_) show(area);
      });
}

void WorkAreaFinder::show(const QRect& area) {
  if (area == area_) return;
  area_ = area;
  emit areaChanged(area_);
}

}  // namespace lorikeet
