#include "adapters/adapter_row.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QDrag>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLabel>
#include <QMimeData>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include "adapters/adapter_details.h"
#include "adapters/adapter_report.h"
#include "adapters/drag_handle.h"
#include "adapters/weight_slider.h"
#include "studio/jobs/convert.h"
#include "widgets/icons.h"
#include "widgets/trigger_chips.h"

namespace lorikeet {
namespace {

QToolButton* makeRowButton(QWidget* parent, const char* name, const QString& icon, const QString& toolTip) {
  auto* button = new QToolButton(parent);
  button->setObjectName(QLatin1String(name));
  if (!icon.isEmpty()) button->setIcon(lineIcon(icon));
  button->setIconSize({14, 14});
  button->setAutoRaise(true);
  button->setToolTip(toolTip);
  button->setAccessibleName(toolTip);
  return button;
}

QToolButton* makeLetter(QWidget* parent, const char* name, const QString& letter, const QString& toolTip) {
  QToolButton* button = makeRowButton(parent, name, {}, toolTip);
  button->setText(letter);
  button->setCheckable(true);
  button->setProperty("role", QStringLiteral("letter"));
  return button;
}

/// Sets a property that the stylesheet looks at.
void setStyleProperty(QWidget* widget, const char* name, const QString& value) {
  if (widget->property(name) == value) return;
  widget->setProperty(name, value);
  widget->style()->unpolish(widget);
  widget->style()->polish(widget);
}

QString stateName(AdapterCondition::State state) {
  switch (state) {
    case AdapterCondition::State::Checking:
      return QStringLiteral("checking");
    case AdapterCondition::State::Ready:
      return QStringLiteral("ready");
    case AdapterCondition::State::Warning:
      return QStringLiteral("warning");
    case AdapterCondition::State::Problem:
      return QStringLiteral("problem");
  }
  return {};
}

QStringList wordsOf(const AdapterCondition& condition) {
  QStringList words;
  if (condition.info)
    for (const std::string& word : condition.info->triggerWords) words << toQString(word);
  return words;
}

}  // namespace

AdapterRow::AdapterRow(AdapterStackModel& model, quint64 id, QWidget* parent)
    : QFrame(parent), model_(model), id_(id), chips_(new TriggerChips(this)), message_(new QLabel(this)) {
  setObjectName(QStringLiteral("adapterRow"));
  message_->setObjectName(QStringLiteral("adapterMessage"));
  message_->setWordWrap(true);
  message_->setTextFormat(Qt::PlainText);
  message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(6, 5, 8, 7);
  column->setSpacing(3);
  column->addLayout(buildHead());
  column->addLayout(buildWeight());
  column->addWidget(message_);
  column->addWidget(chips_);
  connectEdits();
  refresh();
  refreshCondition();
}

QLayout* AdapterRow::buildHead() {
  handle_ = new DragHandle(this);
  handle_->setObjectName(QStringLiteral("adapterHandle"));
  handle_->setToolTip(
      tr("Drag to change the order, or press Alt with an arrow key; the picture does not depend on it"));
  connect(handle_, &DragHandle::dragged, this, &AdapterRow::startDrag);
  enabled_ = new QCheckBox(this);
  enabled_->setObjectName(QStringLiteral("adapterEnabled"));
  enabled_->setToolTip(tr("Whether this adapter changes the picture"));
  enabled_->setAccessibleName(tr("Adapter on"));
  name_ = new QLabel(this);
  name_->setObjectName(QStringLiteral("adapterName"));
  name_->setTextFormat(Qt::PlainText);
  name_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  badge_ = makeRowButton(this, "adapterBadge", {}, tr("Tensors that fit the model; a click shows the whole report"));
  detailsButton_ = makeRowButton(this, "adapterDetailsButton", QStringLiteral("sliders-horizontal"),
                                 tr("Text encoder, blocks and range of steps"));
  detailsButton_->setCheckable(true);
  remove_ = makeRowButton(this, "adapterRemove", QStringLiteral("x"), tr("Take this adapter off the stack"));
  auto* head = new QHBoxLayout;
  head->setSpacing(4);
  head->addWidget(handle_);
  head->addWidget(enabled_);
  head->addWidget(name_, 1);
  head->addWidget(badge_);
  head->addWidget(detailsButton_);
  head->addWidget(remove_);
  return head;
}

QLayout* AdapterRow::buildWeight() {
  const QString toolTip =
      tr("How strongly the adapter changes the picture: 0 not at all, 1 as it was made, below 0 the "
         "opposite. Shift makes fine steps, a double click brings the usual weight back: the library's, or 1");
  slider_ = new WeightSlider(this);
  slider_->setObjectName(QStringLiteral("adapterSlider"));
  slider_->setToolTip(toolTip);
  slider_->setAccessibleName(tr("Weight"));
  number_ = new QDoubleSpinBox(this);
  number_->setObjectName(QStringLiteral("adapterWeight"));
  number_->setRange(-10, 10);
  number_->setSingleStep(0.05);
  number_->setKeyboardTracking(false);
  number_->setButtonSymbols(QAbstractSpinBox::NoButtons);
  number_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  number_->setFixedWidth(58);
  number_->setToolTip(toolTip);
  number_->setAccessibleName(tr("Weight"));
  solo_ = makeLetter(this, "adapterSolo", tr("S"), tr("Solo: only adapters with this mark change the picture"));
  mute_ = makeLetter(this, "adapterMute", tr("M"), tr("Mute: leave this adapter out for now"));
  auto* line = new QHBoxLayout;
  line->setContentsMargins(18, 0, 0, 0);
  line->setSpacing(6);
  line->addWidget(slider_, 1);
  line->addWidget(number_);
  line->addWidget(solo_);
  line->addWidget(mute_);
  return line;
}

void AdapterRow::connectEdits() {
  connect(enabled_, &QCheckBox::toggled, this, [this](bool on) { model_.setEnabled(id_, on); });
  connect(slider_, &WeightSlider::weightEdited, this, &AdapterRow::editWeight);
  connect(slider_, &WeightSlider::defaultWanted, this, [this] {
    if (const AdapterEntry* entry = model_.find(id_)) editWeight(model_.defaultWeight(entry->use.file));
  });
  connect(slider_, &WeightSlider::gestureEnded, this, [this] { model_.endGesture(); });
  connect(number_, &QDoubleSpinBox::valueChanged, this, &AdapterRow::editWeight);
  connect(solo_, &QToolButton::toggled, this, [this](bool on) { model_.setSolo(id_, on); });
  connect(mute_, &QToolButton::toggled, this, [this](bool on) { model_.setMuted(id_, on); });
  // The row goes with the change: not while its own button is at work.
  connect(
      remove_, &QToolButton::clicked, &model_, [&model = model_, id = id_] { model.remove(id); }, Qt::QueuedConnection);
  connect(badge_, &QToolButton::clicked, this, [this] {
    if (const AdapterEntry* entry = model_.find(id_))
      showReport(name_->toolTip(), model_.condition(entry->use.file), window());
  });
  connect(chips_, &TriggerChips::wordClicked, this, &AdapterRow::triggerWordClicked);
  connect(detailsButton_, &QToolButton::toggled, this, [this](bool shown) {
    if (shown && !details_) {
      details_ = new AdapterDetails(this);
      layout()->addWidget(details_);
      connect(details_, &AdapterDetails::useEdited, this,
              [this](const AdapterUse& use, AdapterStackModel::Control control) { model_.setUse(id_, use, control); });
      refresh();
      refreshCondition();
    }
    if (details_) details_->setVisible(shown);
  });
}

void AdapterRow::refresh() {
  const AdapterEntry* entry = model_.find(id_);
  if (!entry) return;
  const QSignalBlocker quiet[] = {QSignalBlocker(enabled_), QSignalBlocker(number_), QSignalBlocker(solo_),
                                  QSignalBlocker(mute_)};
  const QFileInfo file(pathToQString(entry->use.file));
  name_->setText(file.isDir() ? file.fileName() : file.completeBaseName());
  name_->setToolTip(file.filePath());
  enabled_->setChecked(entry->use.enabled);
  slider_->setWeight(entry->use.weight);
  number_->setValue(entry->use.weight);
  solo_->setChecked(entry->solo);
  mute_->setChecked(entry->muted);
  const bool isActive = isInEffect(model_.state(), *entry);
  setStyleProperty(name_, "inactive", isActive ? QStringLiteral("no") : QStringLiteral("yes"));
  slider_->setDimmed(!isActive);
  if (details_) details_->setUse(entry->use);
  AdapterUse plain = entry->use;
  plain.textWeight.reset();
  plain.blocks = {};
  plain.begin = 0;
  plain.end = 1;
  setStyleProperty(detailsButton_, "changed", plain == entry->use ? QStringLiteral("no") : QStringLiteral("yes"));
}

void AdapterRow::refreshCondition() {
  const AdapterEntry* entry = model_.find(id_);
  if (!entry) return;
  const AdapterCondition condition = model_.condition(entry->use.file);
  badge_->setText(badgeText(condition));
  setStyleProperty(badge_, "state", stateName(condition.state));
  chips_->setWords(wordsOf(condition));
  if (details_ && condition.info) details_->setVariants(condition.info->variants);
  showMessage(condition);
}

void AdapterRow::showMessage(const AdapterCondition& condition) {
  message_->setText(condition.sentence);
  message_->setVisible(!condition.sentence.isEmpty());
  setStyleProperty(message_, "state", stateName(condition.state));
}

void AdapterRow::editWeight(double weight) {
  const AdapterEntry* entry = model_.find(id_);
  if (!entry) return;
  AdapterUse use = entry->use;
  use.weight = weight;
  model_.setUse(id_, use, AdapterStackModel::Control::Weight);
}

void AdapterRow::keyPressEvent(QKeyEvent* event) {
  const bool isMove = event->modifiers() == Qt::AltModifier;
  if (isMove && event->key() == Qt::Key_Up) return model_.move(id_, model_.rowOf(id_) - 1);
  if (isMove && event->key() == Qt::Key_Down) return model_.move(id_, model_.rowOf(id_) + 1);
  QFrame::keyPressEvent(event);
}

void AdapterRow::startDrag() {
  auto* drag = new QDrag(this);
  auto* payload = new QMimeData;
  payload->setData(QLatin1String(kAdapterRowMime), QByteArray::number(id_));
  drag->setMimeData(payload);
  drag->setPixmap(grab());
  drag->setHotSpot(handle_->geometry().center());
  drag->exec(Qt::MoveAction);
}

}  // namespace lorikeet
