#pragma once
#include <QWidget>
#include <memory>

namespace lorikeet {

class CanvasDocument;
class MaskReshaper;
class ValueSlider;

/// The row under the canvas that grows, shrinks and feathers the mask, with the result on the picture at once. It
/// closes by itself when the mask is changed in another way.
class ReshapeBar : public QWidget {
  Q_OBJECT
 public:
  explicit ReshapeBar(CanvasDocument& document, QWidget* parent = nullptr);
  ~ReshapeBar() override;

 public slots:
  void open();
  void apply();
  void cancel();

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void tryValues();
  void closeRow();

  CanvasDocument& document_;
  ValueSlider* grow_;
  ValueSlider* feather_;
  std::unique_ptr<MaskReshaper> reshaper_;
};

}  // namespace lorikeet
