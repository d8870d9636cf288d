#pragma once
#include <QWidget>

class QToolButton;

namespace lorikeet {

class CanvasActions;
class PaintCanvas;
class ValueSlider;

/// The row above the canvas: the settings of the chosen tool, and how the mask is shown.
class ToolOptionsBar : public QWidget {
  Q_OBJECT
 public:
  ToolOptionsBar(PaintCanvas& canvas, const CanvasActions& actions, QWidget* parent = nullptr);

 private:
  ValueSlider* addSlider(const QString& objectName, const QString& name, const QString& suffix, int minimum,
                         int maximum, const QString& toolTip);
  QToolButton* addToggle(const QString& objectName, const QString& icon, const QString& toolTip);
  void addColorButton();
  void connectCanvas();
  void showOptions();
  void readOptions();
  void chooseColor();

  PaintCanvas& canvas_;
  bool showing_ = false;
  ValueSlider* size_ = nullptr;
  ValueSlider* hardness_ = nullptr;
  ValueSlider* opacity_ = nullptr;
  ValueSlider* tolerance_ = nullptr;
  ValueSlider* maskOpacity_ = nullptr;
  QToolButton* pressureSize_ = nullptr;
  QToolButton* pressureOpacity_ = nullptr;
  QToolButton* contiguous_ = nullptr;
  QToolButton* color_ = nullptr;
};

}  // namespace lorikeet
