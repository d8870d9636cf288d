#pragma once
#include <QObject>
#include <QTimer>

#include "studio/document/edit_options.h"
#include "studio/jobs/background_queue.h"

namespace lorikeet {

class CanvasDocument;

/// Finds the part of a document that "only masked" works on, again after every change and off the window's thread.
class WorkAreaFinder : public QObject {
  Q_OBJECT
 public:
  explicit WorkAreaFinder(CanvasDocument& document, QObject* parent = nullptr);

  void setOptions(const EditOptions& options);
  /// Of the model, in pixels.
  void setWorkSize(QSize size);
  /// In pixels of the picture; empty while "only masked" is off or nothing is masked.
  const QRect& area() const { return area_; }

 signals:
  void areaChanged(const QRect& area);

 private:
  void find();
  void show(const QRect& area);

  CanvasDocument& document_;
  EditOptions options_;
  QSize workSize_{512, 512};
  QRect area_;
  quint64 generation_ = 0;
  QTimer soon_;
  BackgroundQueue queue_;
};

}  // namespace lorikeet
