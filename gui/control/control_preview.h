#pragma once
#include <QImage>
#include <QWidget>

class QMimeData;

namespace lorikeet {

/// Shows what a ControlNet will see, or the picture it comes from while the mouse button is held. Takes dropped
/// pictures.
class ControlPreview : public QWidget {
  Q_OBJECT
 public:
  explicit ControlPreview(QWidget* parent = nullptr);

  void setMap(const QImage& map);
  const QImage& map() const { return map_; }
  void setSource(const QImage& source);
  /// Shown where there is no picture.
  void setHint(const QString& hint);

  QSize sizeHint() const override { return {220, 150}; }
  QSize minimumSizeHint() const override { return {120, 90}; }

 signals:
  /// Something with a picture was dropped; valid during the call.
  void pictureOffered(const QMimeData* data);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  QImage map_;
  QImage source_;
  QString hint_;
  bool showsSource_ = false;
  bool welcomes_ = false;
};

}  // namespace lorikeet
