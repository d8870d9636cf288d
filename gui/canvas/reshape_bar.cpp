#include "canvas/reshape_bar.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPushButton>

#include "canvas/value_slider.h"
#include "studio/document/canvas_document.h"
#include "studio/document/mask_reshaper.h"

namespace lorikeet {
namespace {

QPushButton* addButton(QHBoxLayout* row, const QString& text, const QString& name, const QString& toolTip) {
  auto* button = new QPushButton(text);
  button->setObjectName(name);
  button->setToolTip(toolTip);
  button->setFocusPolicy(Qt::TabFocus);
  row->addWidget(button);
  return button;
}

}  // namespace

ReshapeBar::ReshapeBar(CanvasDocument& document, QWidget* parent)
    : QWidget(parent),
      document_(document),
      grow_(new ValueSlider(tr("Grow"), tr(" px"), this)),
      feather_(new ValueSlider(tr("Feather"), tr(" px"), this)) {
  setObjectName(QStringLiteral("reshapeBar"));
  grow_->setObjectName(QStringLiteral("growMask"));
  grow_->setRange(-MaskReshaper::kMaxGrow, MaskReshaper::kMaxGrow);
  grow_->setToolTip(tr("Moves the edge of the mask out; below 0 it moves in"));
  feather_->setObjectName(QStringLiteral("featherMask"));
  feather_->setRange(0, MaskReshaper::kMaxFeather);
  feather_->setExponent(2);
  feather_->setToolTip(tr("Softens the edge of the mask this far to both sides, so that new and old picture blend"));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(8, 5, 8, 5);
  row->setSpacing(6);
  for (ValueSlider* slider : {grow_, feather_}) {
    slider->setMinimumWidth(130);
    slider->setMaximumWidth(280);
    row->addWidget(slider, 1);
    connect(slider, &ValueSlider::valueChanged, this, &ReshapeBar::tryValues);
  }
  row->addStretch(1);
  auto* cancelButton =
      addButton(row, tr("Cancel"), QStringLiteral("cancelReshape"), tr("Keep the mask as it was (Esc)"));
  auto* applyButton = addButton(row, tr("Apply"), QStringLiteral("applyReshape"), tr("Make this the mask (Enter)"));
  connect(cancelButton, &QPushButton::clicked, this, &ReshapeBar::cancel);
  connect(applyButton, &QPushButton::clicked, this, &ReshapeBar::apply);
  connect(&document_, &CanvasDocument::trialMaskChanged, this, [this](bool active) {
    if (!active) closeRow();
  });
  hide();
}

ReshapeBar::~ReshapeBar() = default;

void ReshapeBar::open() {
  if (document_.isEmpty() || isVisible()) return;
  document_.endStroke();
  reshaper_ = std::make_unique<MaskReshaper>(document_.mask());
  grow_->setValue(0);
  feather_->setValue(0);
  document_.setTrialMask(document_.mask());
  show();
  grow_->setFocus(Qt::TabFocusReason);
}

void ReshapeBar::tryValues() {
  grow_->setName(grow_->value() < 0 ? tr("Shrink") : tr("Grow"));
  if (reshaper_) document_.setTrialMask(reshaper_->result(grow_->value(), feather_->value()));
}

void ReshapeBar::apply() {
  if (!reshaper_) return;
  const QString step = feather_->value() == 0 ? (grow_->value() < 0 ? tr("shrink mask") : tr("grow mask"))
                       : grow_->value() == 0  ? tr("feather mask")
                                              : tr("reshape mask");
  document_.keepTrialMask(step);
}

void ReshapeBar::cancel() { document_.discardTrialMask(); }

void ReshapeBar::closeRow() {
  reshaper_.reset();
  const bool hadFocus = isAncestorOf(focusWidget());
  hide();
  if (hadFocus && parentWidget()) parentWidget()->setFocus();
}

void ReshapeBar::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) return cancel();
  QWidget::keyPressEvent(event);
}

}  // namespace lorikeet
