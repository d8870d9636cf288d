#pragma once
#include <QImage>
#include <QWidget>

namespace lorikeet {

class MapDrawing;

/// A window to draw a control map in, beside the work and not in its way. "Use Drawing" hands the map over and closes
/// it.
class MapEditor : public QWidget {
  Q_OBJECT
 public:
  /// See MapDrawing.
  MapEditor(const QImage& source, const QImage& map, QSize size, QWidget* parent);

 signals:
  void finished(const QImage& map);

 private:
  QWidget* makeTools();
  QWidget* makeFoot();

  MapDrawing* drawing_;
};

}  // namespace lorikeet
