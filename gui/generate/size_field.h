#pragma once
#include <QSize>
#include <QWidget>

class QSpinBox;
class QToolButton;

namespace lorikeet {

/// Width and height of the picture in steps of 8 pixels, with a menu of formats that suit the model and a button that
/// turns the format.
class SizeField : public QWidget {
  Q_OBJECT
 public:
  explicit SizeField(QWidget* parent = nullptr);

  QSize size() const;
  void setSize(QSize size);
  /// The size the model was trained at: the formats are built from it, and a size that was the former model's own
  /// becomes the new one's.
  void setNativeSize(QSize native);
  QSize nativeSize() const { return native_; }

 public slots:
  void swap();

 signals:
  void sizeChanged(QSize size);

 private:
  void buildMenu();

  QSpinBox* width_;
  QSpinBox* height_;
  QToolButton* swapButton_;
  QToolButton* presetButton_;
  QSize native_;
};

/// One format of the menu.
struct SizePreset {
  QString name;
  QSize size;
};
/// Formats with about as many pixels as a model's native size, in multiples of 8, widest last, and a larger square.
std::vector<SizePreset> sizePresets(QSize native);

}  // namespace lorikeet
