#include "control/control_panel.h"

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "control/control_unit_card.h"
#include "control/map_editor.h"
#include "studio/document/picture_offer.h"
#include "studio/jobs/convert.h"
#include "studio/library/network_library.h"
#include "widgets/icons.h"

namespace lorikeet {

ControlPanel::ControlPanel(NetworkLibrary& library, NetworkLibrary& detectors, QWidget* parent)
    : QWidget(parent), library_(library), detectors_(detectors) {
  setAcceptDrops(true);
  column_ = new QVBoxLayout(this);
  column_->setContentsMargins(10, 8, 10, 12);
  column_->setSpacing(8);
  column_->addWidget(makeHead());
  hint_ = new QLabel(tr("A control unit makes the picture follow another one: its edges, its lines, its depth.\n\n"
                        "Drop a picture here, or add a unit and choose one."),
                     this);
  hint_->setProperty("role", "quiet");
  hint_->setWordWrap(true);
  column_->addWidget(hint_);
  column_->addStretch(1);
}

QWidget* ControlPanel::makeHead() {
  auto* head = new QWidget(this);
  auto* row = new QHBoxLayout(head);
  row->setContentsMargins(0, 0, 0, 0);
  auto* add = new QToolButton(head);
  add->setObjectName(QStringLiteral("addControlButton"));
  add->setIcon(lineIcon(QStringLiteral("plus")));
  add->setText(tr("Add Unit"));
  add->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  add->setProperty("role", QStringLiteral("button"));
  add->setToolTip(tr("Add a control unit; several can steer one picture together"));
  connect(add, &QToolButton::clicked, this, [this] { addUnit(); });
  presets_ = new QToolButton(head);
  presets_->setObjectName(QStringLiteral("controlPresetButton"));
  presets_->setIcon(lineIcon(QStringLiteral("wand-sparkles")));
  presets_->setText(tr("Presets"));
  presets_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  presets_->setPopupMode(QToolButton::InstantPopup);
  presets_->setProperty("role", QStringLiteral("button"));
  presets_->setToolTip(tr("Set steps, guidance, strength and the control units as well-known tools do"));
  row->addWidget(add);
  row->addStretch(1);
  row->addWidget(presets_);
  return head;
}

std::vector<ControlEntry> ControlPanel::entries() const {
  std::vector<ControlEntry> entries;
  for (const ControlUnitCard* card : cards_) entries.push_back(card->entry());
  return entries;
}

std::vector<ControlUnit> ControlPanel::units() const {
  std::vector<ControlUnit> units;
  for (const ControlUnitCard* card : cards_)
    if (card->entry().enabled) units.push_back(card->entry().unit);
  return units;
}

void ControlPanel::setEntries(const std::vector<ControlEntry>& entries) {
  {
    const QSignalBlocker quiet(this);
    while (!cards_.empty()) remove(cards_.back());
    for (const ControlEntry& entry : entries) addUnit(entry);
  }
  emit changed();
}

ControlUnitCard* ControlPanel::addUnit(const ControlEntry& entry) {
  auto* card = new ControlUnitCard(library_, detectors_, this);
  ControlEntry filled = entry;
  if (filled.unit.model.empty() && !modelHasOwn_ && library_.entries().size() == 1)
    filled.unit.model = toPath(library_.entries().front().path);
  cards_.push_back(card);
  column_->insertWidget(column_->count() - 1, card);
  connect(card, &ControlUnitCard::changed, this, &ControlPanel::changed);
  connect(card, &ControlUnitCard::problem, this, &ControlPanel::problem);
  connect(card, &ControlUnitCard::removed, this, [this, card] { remove(card); });
  connect(card, &ControlUnitCard::resultWanted, this, [this, card] { takeResult(card); });
  connect(card, &ControlUnitCard::drawingWanted, this, [this, card] { draw(card); });
  card->setWorkSize(workSize_);
  card->setModelHasOwn(modelHasOwn_);
  card->setCanvasPicture(canvasPicture_);
  card->setEntry(filled);
  card->show();
  updateHint();
  emit changed();
  return card;
}

void ControlPanel::remove(ControlUnitCard* card) {
  std::erase(cards_, card);
  column_->removeWidget(card);
  card->hide();
  card->deleteLater();  // its own button is being clicked
  updateHint();
  emit changed();
}

void ControlPanel::updateHint() { hint_->setVisible(cards_.empty()); }

void ControlPanel::useModel(const QString& path) {
  library_.add(path);
  const auto without = std::find_if(cards_.begin(), cards_.end(),
                                    [](const ControlUnitCard* card) { return card->entry().unit.model.empty(); });
  ControlEntry entry = without == cards_.end() ? ControlEntry() : (*without)->entry();
  entry.unit.model = toPath(path);
  if (without == cards_.end()) {
    addUnit(entry);
  } else {
    (*without)->setEntry(entry);
    emit changed();
  }
}

void ControlPanel::useLineDetector(const QString& path) {
  detectors_.add(path);
  bool isUsed = false;
  for (ControlUnitCard* card : cards_) {
    ControlEntry entry = card->entry();
    if (entry.unit.type != ControlType::StraightLines) continue;
    entry.unit.lines.network = toPath(path);
    card->setEntry(entry);
    isUsed = true;
  }
  if (isUsed) {
    emit changed();
    return;
  }
  ControlEntry entry;
  entry.unit.type = ControlType::StraightLines;
  entry.unit.lines.network = toPath(path);
  addUnit(entry);
}

void ControlPanel::openPicture(const QString& file) { addUnit()->openPicture(file); }

void ControlPanel::setCanvasPicture(const QImage& picture) {
  canvasPicture_ = picture;
  for (ControlUnitCard* card : cards_) card->setCanvasPicture(picture);
}

void ControlPanel::setWorkSize(QSize size) {
  workSize_ = size;
  for (ControlUnitCard* card : cards_) card->setWorkSize(size);
}

void ControlPanel::setModelHasOwn(bool has) {
  modelHasOwn_ = has;
  for (ControlUnitCard* card : cards_) card->setModelHasOwn(has);
}

void ControlPanel::setPresetMenu(QMenu* menu) { presets_->setMenu(menu); }

void ControlPanel::takeResult(ControlUnitCard* card) {
  const QImage picture = resultSource_ ? resultSource_() : QImage();
  if (picture.isNull()) {
    emit problem(tr("There is no picture to take yet: make one, or open a file."));
  } else {
    card->setPicture(picture);
  }
}

void ControlPanel::draw(ControlUnitCard* card) {
  const QImage source = card->entry().picture.isNull() ? canvasPicture_ : card->entry().picture;
  const QSize size = source.isNull() ? workSize_ : source.size();
  auto* editor = new MapEditor(source, card->map(), size, this);
  connect(editor, &MapEditor::finished, card, [card](const QImage& map) {
    ControlEntry entry = card->entry();
    entry.unit.type = ControlType::Map;
    card->setEntry(entry);
    card->setPicture(map);
  });
  editor->show();
}

void ControlPanel::dragEnterEvent(QDragEnterEvent* event) {
  if (hasPicture(*event->mimeData())) event->acceptProposedAction();
}

void ControlPanel::dropEvent(QDropEvent* event) {
  addUnit()->takePicture(*event->mimeData());
  event->acceptProposedAction();
}

}  // namespace lorikeet
