#pragma once
#include <QImage>
#include <QWidget>

namespace lorikeet {

/// What part of a picture is seen, the same for pictures of any size.
struct CompareView {
  double zoom = 1;           ///< 1: the whole picture fits
  QPointF centre{0.5, 0.5};  ///< of what is seen, in shares of the picture

  bool operator==(const CompareView&) const = default;
};

/// One picture of a comparison: the wheel zooms to the cursor, dragging moves, a double click fits it again. The window
/// gives every pane the same view.
class ComparePane : public QWidget {
  Q_OBJECT
 public:
  explicit ComparePane(const QString& caption, QWidget* parent = nullptr);

  void setPicture(const QImage& picture);
  /// In place of a picture that cannot be shown.
  void setProblem(const QString& sentence);
  bool hasPicture() const { return !picture_.isNull(); }
  const CompareView& view() const { return view_; }
  void setView(const CompareView& view);

  QSize sizeHint() const override { return {360, 320}; }
  QSize minimumSizeHint() const override { return {120, 100}; }

 signals:
  void viewChosen(const CompareView& view);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;

 private:
  QRectF room() const;
  QRectF pictureRect() const;
  void choose(CompareView view);

  QString caption_;
  QString problem_;
  QImage picture_;
  QImage scaled_;  ///< for the size that was painted last
  CompareView view_;
  QPointF grip_;
};

}  // namespace lorikeet
