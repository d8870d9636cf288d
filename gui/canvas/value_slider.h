#pragma once
#include <QAbstractSlider>

class QLineEdit;

namespace lorikeet {

/// A compact slider that shows its name and value inside: drag anywhere, turn the wheel, use the arrow keys, or double
/// click (Enter, or just type a digit) to write a number. It takes the focus by Tab alone, so that painting keeps its
/// keys.
class ValueSlider : public QAbstractSlider {
  Q_OBJECT
 public:
  ValueSlider(const QString& name, const QString& suffix, QWidget* parent = nullptr);

  void setName(const QString& name);
  /// Above 1 the lower values get more room: position = share ^ (1 / exponent).
  void setExponent(double exponent);
  QString valueText() const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void sliderChange(SliderChange change) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  double share() const;
  void setByPosition(double x);
  void startTyping(const QString& text);
  void stopTyping(bool keep);

  QString name_;
  QString suffix_;
  double exponent_ = 1;
  QLineEdit* editor_;
};

}  // namespace lorikeet
