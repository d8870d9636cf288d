#include "generate/size_field.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "widgets/icons.h"

namespace lorikeet {
namespace {

constexpr int kUnit = 8;
constexpr int kMaxSide = 4096;

int toUnit(double pixels) { return std::clamp(int(std::lround(pixels / kUnit)) * kUnit, kUnit, kMaxSide); }

QSpinBox* makeSideField(const QString& name, const QString& toolTip, QWidget* parent) {
  auto* field = new QSpinBox(parent);
  field->setObjectName(name);
  field->setRange(kUnit, kMaxSide);
  field->setSingleStep(kUnit);
  field->setAccelerated(true);
  field->setKeyboardTracking(false);
  field->setToolTip(toolTip);
  field->setAccessibleName(toolTip);
  field->setFocusPolicy(Qt::StrongFocus);
  return field;
}

/// A small outline with the format's proportions.
QIcon formatIcon(QSize size, const QPalette& palette) {
  constexpr int kSide = 16;
  constexpr int kScale = 2;
  QPixmap pixmap(kSide * kScale, kSide * kScale);
  pixmap.setDevicePixelRatio(kScale);
  pixmap.fill(Qt::transparent);
  const QSizeF shown = QSizeF(size).scaled(kSide - 3, kSide - 3, Qt::KeepAspectRatio);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(palette.color(QPalette::ButtonText), 1.5));
  painter.drawRoundedRect(
      QRectF((kSide - shown.width()) / 2, (kSide - shown.height()) / 2, shown.width(), shown.height()), 1.5, 1.5);
  return QIcon(pixmap);
}

}  // namespace

std::vector<SizePreset> sizePresets(QSize native) {
  struct Format {
    const char* name;
    double ratio;
  };
  static constexpr Format kFormats[] = {{QT_TRANSLATE_NOOP("lorikeet::SizeField", "Tall portrait 9:16"), 9.0 / 16},
                                        {QT_TRANSLATE_NOOP("lorikeet::SizeField", "Portrait 2:3"), 2.0 / 3},
                                        {QT_TRANSLATE_NOOP("lorikeet::SizeField", "Portrait 3:4"), 3.0 / 4},
                                        {QT_TRANSLATE_NOOP("lorikeet::SizeField", "Landscape 4:3"), 4.0 / 3},
                                        {QT_TRANSLATE_NOOP("lorikeet::SizeField", "Landscape 3:2"), 3.0 / 2},
                                        {QT_TRANSLATE_NOOP("lorikeet::SizeField", "Wide 16:9"), 16.0 / 9}};
  const double side = std::sqrt(double(native.width()) * native.height());
  std::vector<SizePreset> presets = {{SizeField::tr("The model's own"), native}};
  for (const Format& format : kFormats) {
    const double root = std::sqrt(format.ratio);
    presets.push_back({SizeField::tr(format.name), {toUnit(side * root), toUnit(side / root)}});
  }
  presets.push_back({SizeField::tr("Large square"), {toUnit(side * 1.5), toUnit(side * 1.5)}});
  return presets;
}

SizeField::SizeField(QWidget* parent)
    : QWidget(parent),
      width_(makeSideField(QStringLiteral("widthField"), tr("Width of the picture in pixels, a multiple of 8"), this)),
      height_(
          makeSideField(QStringLiteral("heightField"), tr("Height of the picture in pixels, a multiple of 8"), this)),
      swapButton_(new QToolButton(this)),
      presetButton_(new QToolButton(this)) {
  swapButton_->setObjectName(QStringLiteral("swapSizeButton"));
  swapButton_->setIcon(lineIcon(QStringLiteral("arrow-left-right")));
  swapButton_->setToolTip(tr("Turn a portrait format into a landscape one and back"));
  presetButton_->setObjectName(QStringLiteral("sizePresetButton"));
  presetButton_->setIcon(lineIcon(QStringLiteral("ratio")));
  presetButton_->setPopupMode(QToolButton::InstantPopup);
  presetButton_->setToolTip(tr("Formats that suit the model; far larger ones repeat things and take long"));
  presetButton_->setMenu(new QMenu(presetButton_));
  for (QToolButton* button : {swapButton_, presetButton_}) button->setFocusPolicy(Qt::TabFocus);

  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(4);
  layout->addWidget(width_, 1);
  layout->addWidget(new QLabel(QStringLiteral("×"), this));
  layout->addWidget(height_, 1);
  layout->addWidget(swapButton_);
  layout->addWidget(presetButton_);
  setFocusProxy(width_);

  for (QSpinBox* field : {width_, height_}) {
    connect(field, &QSpinBox::valueChanged, this, [this] { emit sizeChanged(size()); });
    connect(field, &QSpinBox::editingFinished, field, [field] { field->setValue(toUnit(field->value())); });
  }
  connect(swapButton_, &QToolButton::clicked, this, &SizeField::swap);
  connect(presetButton_->menu(), &QMenu::aboutToShow, this, &SizeField::buildMenu);
  setNativeSize({512, 512});
}

QSize SizeField::size() const { return {toUnit(width_->value()), toUnit(height_->value())}; }

void SizeField::setSize(QSize size) {
  const QSize before = this->size();
  {
    const QSignalBlocker quietWidth(width_);
    const QSignalBlocker quietHeight(height_);
    width_->setValue(toUnit(size.width()));
    height_->setValue(toUnit(size.height()));
  }
  if (this->size() != before) emit sizeChanged(this->size());
}

void SizeField::setNativeSize(QSize native) {
  if (native.isEmpty() || native == native_) return;
  const bool wasNative = !native_.isValid() || size() == native_;
  native_ = native;
  if (wasNative) setSize(native);
}

void SizeField::swap() { setSize(size().transposed()); }

void SizeField::buildMenu() {
  QMenu* menu = presetButton_->menu();
  menu->clear();
  for (const SizePreset& preset : sizePresets(native_)) {
    const QString text =
        QStringLiteral("%1\t%2 × %3").arg(preset.name).arg(preset.size.width()).arg(preset.size.height());
    menu->addAction(formatIcon(preset.size, palette()), text, this, [this, preset] { setSize(preset.size); });
  }
}

}  // namespace lorikeet
