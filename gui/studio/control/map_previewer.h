#pragma once
#include <lorikeet/steering.h>

#include <QImage>
#include <QObject>
#include <memory>

#include "studio/jobs/background_queue.h"

namespace lorikeet {

/// Computes the map that a ControlNet will see, off the window's thread and again with every change; while changes come
/// faster than maps, those in between are left out.
class MapPreviewer : public QObject {
  Q_OBJECT
 public:
  explicit MapPreviewer(QObject* parent = nullptr);

  /// The control picture; null: none.
  void setPicture(const QImage& picture);
  /// The size that the model works at: edges are detected at that size, as the engine does.
  void setWorkSize(QSize size);
  /// Type and settings of the unit; its picture does not count.
  void setUnit(const ControlUnit& unit);

 signals:
  /// Null where there is no picture, and where none can be made of it: `problem` then says why.
  void ready(const QImage& map, const QString& problem);

 private:
  void compute();

  QImage picture_;
  QSize workSize_{512, 512};
  ControlUnit unit_;
  /// The picture at work size; filled and read by the queue's thread alone.
  struct Sized {
    Image image;
  };
  std::shared_ptr<Sized> sized_;
  quint64 generation_ = 0;
  quint64 shown_ = 0;
  BackgroundQueue queue_;
};

/// The picture within `workSize` at its own aspect, never enlarged.
QImage atWorkSize(const QImage& picture, QSize workSize);

}  // namespace lorikeet
