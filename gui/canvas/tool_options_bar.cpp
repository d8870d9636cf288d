#include "canvas/tool_options_bar.h"

#include <QColorDialog>
#include <QMenu>
#include <QPainter>
#include <QToolButton>

#include "canvas/canvas_actions.h"
#include "canvas/paint_canvas.h"
#include "canvas/value_slider.h"
#include "widgets/flow_layout.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

struct MaskColor {
  const char* name;
  QRgb color;
};
constexpr MaskColor kMaskColors[] = {{QT_TRANSLATE_NOOP("lorikeet::ToolOptionsBar", "Red"), 0xFFFF4040},
                                     {QT_TRANSLATE_NOOP("lorikeet::ToolOptionsBar", "Green"), 0xFF2FD06A},
                                     {QT_TRANSLATE_NOOP("lorikeet::ToolOptionsBar", "Blue"), 0xFF3D8BFF},
                                     {QT_TRANSLATE_NOOP("lorikeet::ToolOptionsBar", "Magenta"), 0xFFE94FE0},
                                     {QT_TRANSLATE_NOOP("lorikeet::ToolOptionsBar", "Yellow"), 0xFFFFD23F},
                                     {QT_TRANSLATE_NOOP("lorikeet::ToolOptionsBar", "White"), 0xFFFFFFFF},
                                     {QT_TRANSLATE_NOOP("lorikeet::ToolOptionsBar", "Black"), 0xFF000000}};

QIcon swatch(const QColor& color, double ratio) {
  QPixmap pixmap(QSize(18, 18) * ratio);
  pixmap.setDevicePixelRatio(ratio);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(QColor(128, 128, 128), 1));
  painter.setBrush(color);
  painter.drawRoundedRect(QRectF(1.5, 1.5, 15, 15), 4, 4);
  return QIcon(pixmap);
}

}  // namespace

ToolOptionsBar::ToolOptionsBar(PaintCanvas& canvas, const CanvasActions& actions, QWidget* parent)
    : QWidget(parent), canvas_(canvas) {
  setObjectName(QStringLiteral("toolOptionsBar"));
  constexpr int kSpacing = 6;
  auto* row = new FlowLayout(kSpacing, this);  // a second line where the window is narrow
  row->setContentsMargins(8, 5, 8, 5);
  size_ = addSlider(QStringLiteral("brushSize"), tr("Size"), tr(" px"), 1, int(ToolOptions::kMaxDiameter),
                    tr("How wide the brush is, in pixels of the picture ([ and ], or Ctrl+wheel)"));
  size_->setExponent(3);
  hardness_ = addSlider(QStringLiteral("brushHardness"), tr("Hardness"), tr(" %"), 0, 100,
                        tr("100 % paints up to a sharp edge; less lets new and old picture blend into each other"));
  tolerance_ = addSlider(QStringLiteral("fillTolerance"), tr("Tolerance"), {}, 0, 255,
                         tr("How far a colour may be from the one that you click and still be filled"));
  opacity_ = addSlider(QStringLiteral("brushOpacity"), tr("Opacity"), tr(" %"), 1, 100,
                       tr("How strongly the marked area is repainted; half-marked areas keep half of the picture"));
  pressureSize_ = addToggle(QStringLiteral("pressureSize"), QStringLiteral("pen-tool"),
                            tr("A pen tablet's pressure changes the size of the brush"));
  pressureOpacity_ = addToggle(QStringLiteral("pressureOpacity"), QStringLiteral("droplet"),
                               tr("A pen tablet's pressure changes the opacity of the brush"));
  contiguous_ = addToggle(QStringLiteral("fillContiguous"), QStringLiteral("waypoints"),
                          tr("Fill only what is connected to the click; off: the colour in the whole picture"));
  auto* show = new QToolButton(this);
  show->setDefaultAction(actions[CanvasActionId::ShowMask]);
  show->setFocusPolicy(Qt::TabFocus);
  row->addWidget(show);
  addColorButton();
  maskOpacity_ = addSlider(QStringLiteral("maskOpacity"), tr("Overlay"), tr(" %"), 5, 100,
                           tr("How much the mask covers the picture on the screen; changes nothing in the result"));
  connectCanvas();
  showOptions();
}

ValueSlider* ToolOptionsBar::addSlider(const QString& objectName, const QString& name, const QString& suffix,
                                       int minimum, int maximum, const QString& toolTip) {
  auto* slider = new ValueSlider(name, suffix, this);
  slider->setObjectName(objectName);
  slider->setRange(minimum, maximum);
  slider->setToolTip(toolTip);
  slider->setPageStep(10);
  slider->setMaximumWidth(150);
  connect(slider, &ValueSlider::valueChanged, this, &ToolOptionsBar::readOptions);
  layout()->addWidget(slider);
  return slider;
}

QToolButton* ToolOptionsBar::addToggle(const QString& objectName, const QString& icon, const QString& toolTip) {
  auto* button = new QToolButton(this);
  button->setObjectName(objectName);
  button->setIcon(lineIcon(icon));
  button->setCheckable(true);
  button->setAutoRaise(true);
  button->setFocusPolicy(Qt::TabFocus);
  button->setToolTip(toolTip);
  button->setAccessibleName(toolTip);
  connect(button, &QToolButton::toggled, this, &ToolOptionsBar::readOptions);
  layout()->addWidget(button);
  return button;
}

void ToolOptionsBar::addColorButton() {
  color_ = new QToolButton(this);
  color_->setObjectName(QStringLiteral("maskColor"));
  color_->setAutoRaise(true);
  color_->setFocusPolicy(Qt::TabFocus);
  color_->setPopupMode(QToolButton::InstantPopup);
  color_->setToolTip(tr("The colour in which the mask is shown"));
  color_->setAccessibleName(tr("Mask colour"));
  auto* menu = new QMenu(color_);
  for (const MaskColor& choice : kMaskColors) {
    const QColor color(choice.color);
    menu->addAction(swatch(color, devicePixelRatioF()), tr(choice.name), this, [this, color] {
      ToolOptions options = canvas_.options();
      options.maskColor = color;
      canvas_.setOptions(options);
    });
  }
  menu->addSeparator();
  menu->addAction(tr("Other…"), this, &ToolOptionsBar::chooseColor);
  color_->setMenu(menu);
  layout()->addWidget(color_);
}

void ToolOptionsBar::connectCanvas() {
  connect(&canvas_, &PaintCanvas::optionsChanged, this, &ToolOptionsBar::showOptions);
}

void ToolOptionsBar::showOptions() {
  const ToolOptions& options = canvas_.options();
  showing_ = true;
  size_->setValue(qRound(options.diameter));
  hardness_->setValue(qRound(options.hardness * 100));
  opacity_->setValue(qRound(options.opacity * 100));
  tolerance_->setValue(options.tolerance);
  maskOpacity_->setValue(qRound(options.maskOpacity * 100));
  pressureSize_->setChecked(options.pressureSize);
  pressureOpacity_->setChecked(options.pressureOpacity);
  contiguous_->setChecked(options.contiguous);
  color_->setIcon(swatch(options.maskColor, devicePixelRatioF()));
  showing_ = false;
  const bool paints = options.tool == CanvasToolKind::Brush || options.tool == CanvasToolKind::Eraser;
  const bool fills = options.tool == CanvasToolKind::Fill;
  for (QWidget* widget : {static_cast<QWidget*>(size_), static_cast<QWidget*>(hardness_),
                          static_cast<QWidget*>(pressureSize_), static_cast<QWidget*>(pressureOpacity_)}) {
    widget->setVisible(paints);
  }
  tolerance_->setVisible(fills);
  contiguous_->setVisible(fills);
}

void ToolOptionsBar::readOptions() {
  if (showing_) return;
  ToolOptions options = canvas_.options();
  options.diameter = size_->value();
  options.hardness = hardness_->value() / 100.0;
  options.opacity = opacity_->value() / 100.0;
  options.tolerance = tolerance_->value();
  options.maskOpacity = maskOpacity_->value() / 100.0;
  options.pressureSize = pressureSize_->isChecked();
  options.pressureOpacity = pressureOpacity_->isChecked();
  options.contiguous = contiguous_->isChecked();
  canvas_.setOptions(options);
}

void ToolOptionsBar::chooseColor() {
  auto* dialog = new QColorDialog(canvas_.options().maskColor, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QColorDialog::currentColorChanged, this, [this](const QColor& color) {
    ToolOptions options = canvas_.options();
    options.maskColor = color;
    canvas_.setOptions(options);
  });
  const QColor before = canvas_.options().maskColor;
  connect(dialog, &QColorDialog::rejected, this, [this, before] {
    ToolOptions options = canvas_.options();
    options.maskColor = before;
    canvas_.setOptions(options);
  });
  dialog->setModal(false);
  dialog->show();
}

}  // namespace lorikeet
