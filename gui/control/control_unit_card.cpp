#include "control/control_unit_card.h"

#include <lorikeet/error.h>

#include <QMimeData>
#include <QScopedValueRollback>
#include <cmath>

#include "studio/document/picture_file.h"
#include "studio/document/picture_offer.h"
#include "studio/jobs/convert.h"
#include "studio/library/network_library.h"
#include "ui_control_unit_card.h"
#include "widgets/enum_box.h"
#include "widgets/file_dialogs.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

constexpr double kMaxThreshold = 500;  // of the sliders; the fields take more
constexpr double kMaxTypedThreshold = 2000;

}  // namespace

ControlUnitCard::ControlUnitCard(NetworkLibrary& library, NetworkLibrary& detectors, QWidget* parent)
    : QFrame(parent), library_(library), detectors_(detectors), ui_(std::make_unique<Ui::ControlUnitCard>()) {
  ui_->setupUi(this);
  ui_->removeButton->setIcon(lineIcon(QStringLiteral("x")));
  fillBox(ui_->typeBox, controlTypeNames());
  fillBox(ui_->modeBox, controlModeNames());
  setUpRanges();
  connectButtons();
  connectFields();
  connect(&previewer_, &MapPreviewer::ready, this, [this](const QImage& map, const QString& reason) {
    ui_->preview->setMap(map);
    ui_->mapProblem->setText(reason);
    ui_->mapProblem->setVisible(!reason.isEmpty());
    emit mapChanged();
  });
  for (const NetworkLibrary* networks : {&library_, &detectors_})
    connect(networks, &NetworkLibrary::changed, this, &ControlUnitCard::showEntry);
  showEntry();
}

ControlUnitCard::~ControlUnitCard() = default;

const QImage& ControlUnitCard::map() const { return ui_->preview->map(); }

void ControlUnitCard::setUpRanges() {
  const ControlUnit defaults;
  ui_->lowField->setRange({0, kMaxThreshold, 1, defaults.canny.lowThreshold, 0});
  ui_->highField->setRange({0, kMaxThreshold, 1, defaults.canny.highThreshold, 0});
  for (SliderField* field : {ui_->lowField, ui_->highField}) field->setTypedRange(0, kMaxTypedThreshold);
  ui_->lowField->setToolTips(tr("Edges weaker than this are left out; lower it for more faint lines"));
  ui_->highField->setToolTips(tr("Only edges stronger than this begin a line; raise it to keep the strongest alone"));
  ui_->scoreField->setRange({0, 1, 0.05, defaults.lines.score, 2});
  ui_->scoreField->setToolTips(tr("How sure the detector must be of a line; raise it to keep the clearest alone"));
  ui_->lengthField->setRange({0, 100, 1, defaults.lines.length, 1});
  ui_->lengthField->setTypedRange(0, 1000);
  ui_->lengthField->setToolTips(tr("Shorter lines are left out, in pixels at half the picture's size"));
  ui_->scaleField->setRange({0, 2, 0.05, defaults.scale, 2});
  ui_->scaleField->setToolTips(tr("How strongly the picture follows the map: 0 not at all, 1 as trained"));
}

void ControlUnitCard::connectButtons() {
  connect(ui_->removeButton, &QToolButton::clicked, this, &ControlUnitCard::removed);
  connect(ui_->openButton, &QToolButton::clicked, this, &ControlUnitCard::choosePicture);
  connect(ui_->resultButton, &QToolButton::clicked, this, &ControlUnitCard::resultWanted);
  connect(ui_->drawButton, &QToolButton::clicked, this, &ControlUnitCard::drawingWanted);
  connect(ui_->clearButton, &QToolButton::clicked, this, [this] { setPicture({}); });
  connect(ui_->preview, &ControlPreview::pictureOffered, this, [this](const QMimeData* offer) { takePicture(*offer); });
}

void ControlUnitCard::connectFields() {
  connect(ui_->enabledBox, &QCheckBox::toggled, this, &ControlUnitCard::readFields);
  for (QComboBox* box : {ui_->typeBox, ui_->modeBox})
    connect(box, &QComboBox::currentIndexChanged, this, &ControlUnitCard::readFields);
  for (SliderField* field : {ui_->lowField, ui_->highField, ui_->scaleField, ui_->scoreField, ui_->lengthField})
    connect(field, &SliderField::valueChanged, this, &ControlUnitCard::readFields);
  connect(ui_->rangeSlider, &RangeSlider::rangeChanged, this, &ControlUnitCard::readFields);
  connect(ui_->modelBox, &QComboBox::activated, this, [this] {
    if (ui_->modelBox->currentData().isNull()) {
      chooseModel();
    } else {
      readFields();
    }
  });
  connect(ui_->detectorBox, &QComboBox::activated, this,
          [this] { ui_->detectorBox->currentData().isNull() ? chooseDetector() : readFields(); });
}

void ControlUnitCard::readFields() {
  if (showing_) return;
  ControlUnit& unit = entry_.unit;
  entry_.enabled = ui_->enabledBox->isChecked();
  unit.type = chosenIn<ControlType>(ui_->typeBox);
  unit.mode = chosenIn<ControlMode>(ui_->modeBox);
  unit.canny.lowThreshold = ui_->lowField->value();
  unit.canny.highThreshold = ui_->highField->value();
  unit.lines.score = ui_->scoreField->value();
  unit.lines.length = ui_->lengthField->value();
  unit.lines.network = toPath(ui_->detectorBox->currentData().toString());
  unit.scale = ui_->scaleField->value();
  unit.start = ui_->rangeSlider->low();
  unit.end = ui_->rangeSlider->high();
  unit.model = toPath(ui_->modelBox->currentData().toString());
  showEntry();
  emit changed();
}

void ControlUnitCard::setEntry(const ControlEntry& entry) {
  entry_ = entry;
  library_.add(pathToQString(entry.unit.model));
  detectors_.add(pathToQString(entry.unit.lines.network));
  showEntry();
  showPicture();
}

void ControlUnitCard::showEntry() {
  const QScopedValueRollback<bool> showing(showing_, true);
  ControlUnit& unit = entry_.unit;
  const bool hasLines = unit.type == ControlType::StraightLines;
  if (hasLines && unit.lines.network.empty() && !detectors_.entries().empty())
    unit.lines.network = toPath(detectors_.entries().front().path);
  ui_->enabledBox->setChecked(entry_.enabled);
  chooseIn(ui_->typeBox, unit.type);
  chooseIn(ui_->modeBox, unit.mode);
  ui_->lowField->setValue(unit.canny.lowThreshold);
  ui_->highField->setValue(unit.canny.highThreshold);
  ui_->scaleField->setValue(unit.scale);
  ui_->rangeSlider->setRange(unit.start, unit.end);
  const bool canny = unit.type == ControlType::Canny;
  for (QWidget* widget : std::initializer_list<QWidget*>{ui_->lowLabel, ui_->lowField, ui_->highLabel, ui_->highField})
    widget->setVisible(canny);
  for (QWidget* widget : std::initializer_list<QWidget*>{ui_->detectorLabel, ui_->detectorBox, ui_->scoreLabel,
                                                         ui_->scoreField, ui_->lengthLabel, ui_->lengthField})
    widget->setVisible(hasLines);
  ui_->scoreField->setValue(unit.lines.score);
  ui_->lengthField->setValue(unit.lines.length);
  showDetectors();
  showRange();
  showModels();
  previewer_.setUnit(unit);
}

void ControlUnitCard::showRange() {
  ui_->rangeText->setText(
      tr("%1–%2 %").arg(std::lround(entry_.unit.start * 100)).arg(std::lround(entry_.unit.end * 100)));
  ui_->rangeText->setMinimumWidth(ui_->rangeText->fontMetrics().horizontalAdvance(QStringLiteral("100–100 %")));
}

void ControlUnitCard::showModels() {
  const QScopedValueRollback<bool> showing(showing_, true);
  const QString chosen = pathToQString(entry_.unit.model);
  ui_->modelBox->clear();
  ui_->modelBox->addItem(modelHasOwn_ ? tr("The model's own (edges)") : tr("Choose a ControlNet"), QString());
  for (const NetworkEntry& entry : library_.entries()) {
    ui_->modelBox->addItem(entry.name, entry.path);
    ui_->modelBox->setItemData(ui_->modelBox->count() - 1, entry.path, Qt::ToolTipRole);
  }
  ui_->modelBox->addItem(tr("Open…"));
  ui_->modelBox->setCurrentIndex(std::max(0, ui_->modelBox->findData(chosen)));
}

void ControlUnitCard::setModelHasOwn(bool has) {
  modelHasOwn_ = has;
  showModels();
}

void ControlUnitCard::showDetectors() {
  const QString chosen = pathToQString(entry_.unit.lines.network);
  ui_->detectorBox->clear();
  ui_->detectorBox->addItem(tr("Choose M-LSD's file"), QString());
  for (const NetworkEntry& entry : detectors_.entries()) {
    ui_->detectorBox->addItem(entry.name, entry.path);
    ui_->detectorBox->setItemData(ui_->detectorBox->count() - 1, entry.path, Qt::ToolTipRole);
  }
  ui_->detectorBox->addItem(tr("Open…"));
  ui_->detectorBox->setCurrentIndex(std::max(0, ui_->detectorBox->findData(chosen)));
}

void ControlUnitCard::showPicture() {
  const QImage& source = entry_.picture.isNull() ? canvasPicture_ : entry_.picture;
  ui_->preview->setSource(source);
  ui_->preview->setHint(tr("Drop a picture here"));
  ui_->clearButton->setEnabled(!entry_.picture.isNull());
  previewer_.setPicture(source);
}

void ControlUnitCard::setCanvasPicture(const QImage& picture) {
  if (picture.cacheKey() == canvasPicture_.cacheKey()) return;
  canvasPicture_ = picture;
  if (entry_.picture.isNull()) showPicture();
}

void ControlUnitCard::setPicture(const QImage& picture, const QString& file) {
  setPictureOf(entry_, picture, file);
  showPicture();
  emit changed();
}

void ControlUnitCard::openPicture(const QString& file) {
  try {
    setPicture(readPicture(file), file);
  } catch (const Error& error) {
    emit problem(toQString(error.what()));
  }
}

void ControlUnitCard::takePicture(const QMimeData& offer) {
  try {
    const QString file = pictureFileIn(offer);
    if (file.isEmpty()) {
      setPicture(pictureFrom(offer));
    } else {
      openPicture(file);
    }
  } catch (const Error& error) {
    emit problem(toQString(error.what()));
  }
}

void ControlUnitCard::choosePicture() {
  auto* dialog = new QFileDialog(this, tr("Control Picture"), {}, pictureFilter());
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, &ControlUnitCard::openPicture);
  showFileDialog(dialog);
}

void ControlUnitCard::chooseModel() {
  showModels();  // "Open…" is no choice
  auto* dialog = new QFileDialog(this, tr("Open ControlNet"), {},
                                 tr("ControlNets (*.safetensors *.ckpt *.pth *.bin);;All files (*)"));
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
    entry_.unit.model = toPath(file);
    library_.add(file);
    showModels();
    emit changed();
  });
  showFileDialog(dialog);
}

void ControlUnitCard::chooseDetector() {
  showEntry();  // "Open…" is no choice
  auto* dialog = new QFileDialog(this, tr("Open M-LSD"), {}, tr("Networks (*.pth *.safetensors);;All files (*)"));
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
    entry_.unit.lines.network = toPath(file);
    detectors_.add(file);
    showEntry();
    emit changed();
  });
  showFileDialog(dialog);
}

}  // namespace lorikeet
