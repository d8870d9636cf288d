#include "canvas/edit_panel.h"

#include <QSignalBlocker>

#include "studio/document/canvas_document.h"
#include "ui_edit_panel.h"
#include "widgets/enum_box.h"

namespace lorikeet {

EditPanel::EditPanel(const CanvasDocument& document, QWidget* parent)
    : QWidget(parent), document_(document), ui_(std::make_unique<Ui::EditPanel>()) {
  ui_->setupUi(this);
  fillBox(ui_->resizeBox, resizeModeNames());
  fillBox(ui_->contentBox, maskedContentNames());
  setUpRanges();
  setOptions(EditOptions());
  connectChanges();
  follow();
}

EditPanel::~EditPanel() = default;

void EditPanel::setUpRanges() {
  const EditOptions defaults;
  ui_->strengthField->setRange({0, 1, 0.05, defaults.strength, 2});
  ui_->strengthField->setToolTips(
      tr("How far the picture may change: 0 gives it back, 0.4 keeps its shapes, 1 keeps nothing of it"));
  constexpr double kMaxBlur = 64;
  ui_->blurField->setRange({0, kMaxBlur, 1, defaults.mask.blur, 0});
  ui_->blurField->setToolTips(tr("Soften the edge of the mask by so many pixels, so that new and old blend"));
  constexpr double kMaxGrow = 64;
  constexpr double kMaxTypedGrow = 1024;
  ui_->growField->setRange({-kMaxGrow, kMaxGrow, 1, 0, 0});
  ui_->growField->setTypedRange(-kMaxTypedGrow, kMaxTypedGrow);
  ui_->growField->setToolTips(tr("Widen the mask by so many pixels, or narrow it, without repainting it"));
}

EditOptions EditPanel::options() const {
  EditOptions options;
  options.strength = ui_->strengthField->value();
  options.resize = chosenIn<ResizeMode>(ui_->resizeBox);
  options.mask.onlyMasked = ui_->onlyMaskedBox->isChecked();
  options.mask.padding = ui_->paddingField->value();
  options.mask.content = chosenIn<MaskedContent>(ui_->contentBox);
  options.mask.blur = ui_->blurField->value();
  options.mask.grow = int(ui_->growField->value());
  options.mask.invert = ui_->invertBox->isChecked();
  options.mask.soft = ui_->softBox->isChecked();
  options.mask.matchColours = ui_->matchBox->isChecked();
  options.outpaint = {ui_->leftField->value(), ui_->topField->value(), ui_->rightField->value(),
                      ui_->bottomField->value()};
  return options;
}

void EditPanel::setOptions(const EditOptions& options) {
  if (options == this->options()) return;
  {
    const QSignalBlocker quiet(this);
    ui_->strengthField->setValue(options.strength);
    chooseIn(ui_->resizeBox, options.resize);
    ui_->onlyMaskedBox->setChecked(options.mask.onlyMasked);
    ui_->paddingField->setValue(options.mask.padding);
    chooseIn(ui_->contentBox, options.mask.content);
    ui_->blurField->setValue(options.mask.blur);
    ui_->growField->setValue(options.mask.grow);
    ui_->invertBox->setChecked(options.mask.invert);
    ui_->softBox->setChecked(options.mask.soft);
    ui_->matchBox->setChecked(options.mask.matchColours);
    ui_->leftField->setValue(options.outpaint.left);
    ui_->topField->setValue(options.outpaint.top);
    ui_->rightField->setValue(options.outpaint.right);
    ui_->bottomField->setValue(options.outpaint.bottom);
  }
  emit changed();
}

void EditPanel::setPresetMenu(QMenu* menu) { ui_->presetButton->setMenu(menu); }

void EditPanel::connectChanges() {
  for (SliderField* field : {ui_->strengthField, ui_->blurField, ui_->growField})
    connect(field, &SliderField::valueChanged, this, &EditPanel::changed);
  for (QComboBox* box : {ui_->resizeBox, ui_->contentBox})
    connect(box, &QComboBox::currentIndexChanged, this, &EditPanel::changed);
  for (QCheckBox* box : {ui_->onlyMaskedBox, ui_->invertBox, ui_->softBox, ui_->matchBox})
    connect(box, &QCheckBox::toggled, this, &EditPanel::changed);
  for (QSpinBox* field : {ui_->paddingField, ui_->leftField, ui_->topField, ui_->rightField, ui_->bottomField})
    connect(field, &QSpinBox::valueChanged, this, &EditPanel::changed);
  connect(this, &EditPanel::changed, this, &EditPanel::follow);
  connect(&document_, &CanvasDocument::pictureChanged, this, &EditPanel::follow);
  connect(&document_, &CanvasDocument::maskChanged, this, &EditPanel::follow);
}

void EditPanel::follow() {
  const EditOptions now = options();
  const bool masked = !document_.isEmpty() && !document_.maskBounds().isEmpty();
  const bool repaints = masked || now.outpaint.any();
  ui_->paddingField->setEnabled(now.mask.onlyMasked);
  QString summary;
  if (document_.isEmpty()) {
    summary = tr("The canvas is empty: Generate makes a new picture.");
  } else if (!repaints) {
    summary = tr("Nothing is painted: Generate changes the whole picture.");
  } else if (!masked) {
    summary = tr("Generate paints the new margins and keeps every pixel of the picture.");
  } else if (now.mask.invert) {
    summary = tr("Generate keeps the painted area and repaints the rest.");
  } else {
    summary = tr("Generate repaints the painted area; everything else keeps every pixel.");
  }
  ui_->summary->setText(summary);
}

}  // namespace lorikeet
