#include "sweep/axis_editor.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

/// What a value might be, and what the field then looks like to begin with.
struct FieldHelp {
  SweepField field;
  const char* example;
  const char* toolTip;
};

constexpr FieldHelp kHelp[] = {
    {SweepField::Adapter, "0-1(+0.25)", QT_TRANSLATE_NOOP("lorikeet::AxisEditor", "Weights")},
    {SweepField::Seed, "1-4", QT_TRANSLATE_NOOP("lorikeet::AxisEditor", "Seeds")},
    {SweepField::Guidance, "3-9(+2)", QT_TRANSLATE_NOOP("lorikeet::AxisEditor", "How closely to follow the prompt")},
    {SweepField::Steps, "10-30(+10)", QT_TRANSLATE_NOOP("lorikeet::AxisEditor", "Numbers of steps")},
    {SweepField::Sampler, "Euler a, DPM++ 2M Karras",
     QT_TRANSLATE_NOOP("lorikeet::AxisEditor", "Samplers by their names, also with a schedule")},
    {SweepField::Schedule, "Uniform, Karras", QT_TRANSLATE_NOOP("lorikeet::AxisEditor", "Schedules by their names")},
    {SweepField::Strength, "0.4-0.8(+0.2)",
     QT_TRANSLATE_NOOP("lorikeet::AxisEditor", "How much of the picture on the canvas may change")},
    {SweepField::ClipSkip, "1-2",
     QT_TRANSLATE_NOOP("lorikeet::AxisEditor", "Layers of the text encoder, from its end")},
    {SweepField::Prompt, "red, blue, \"green, dark\"",
     QT_TRANSLATE_NOOP("lorikeet::AxisEditor",
                       "The first text stands in the prompt and is replaced by each of the others in turn")},
};

const FieldHelp& helpOf(SweepField field) { return *std::ranges::find(kHelp, field, &FieldHelp::field); }

}  // namespace

AxisEditor::AxisEditor(const QString& title, bool isOptional, QWidget* parent)
    : QWidget(parent), isOptional_(isOptional) {
  auto* label = new QLabel(title, this);
  label->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("mmmmmmm")));
  field_ = new QComboBox(this);
  field_->setObjectName(QStringLiteral("sweepField"));
  field_->setToolTip(tr("What changes from picture to picture"));
  field_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  field_->setMaximumWidth(220);
  label->setBuddy(field_);
  values_ = new QLineEdit(this);
  values_->setObjectName(QStringLiteral("sweepValues"));
  values_->setClearButtonEnabled(true);
  count_ = new QLabel(this);
  count_->setObjectName(QStringLiteral("sweepCount"));
  count_->setProperty("role", QStringLiteral("quiet"));
  count_->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("1000 values")));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(label);
  layout->addWidget(field_);
  layout->addWidget(values_, 1);
  layout->addWidget(count_);
  connect(field_, &QComboBox::activated, this, &AxisEditor::fieldChosen);
  connect(values_, &QLineEdit::textChanged, this, &AxisEditor::read);
  setRequest({});
  fieldChosen();
}

void AxisEditor::setRequest(const GenerateRequest& request) {
  const std::optional<SweepAxis> now = axis();
  const QSignalBlocker quiet(field_);
  field_->clear();
  if (isOptional_) field_->addItem(tr("Nothing"), QString());
  const auto offer = [this](const SweepAxis& axis) {
    field_->addItem(toQString(titleOf(axis)), toQString(toText(axis)));
  };
  for (const std::string& name : sweepAdapterNames(request))
    for (const AdapterPart part : {AdapterPart::Both, AdapterPart::Unet, AdapterPart::Text})
      offer({SweepField::Adapter, name, part, {}});
  for (const auto& row : sweepFieldNames())
    if (row.value != SweepField::Adapter) offer({row.value, {}, AdapterPart::Both, {}});
  setAxis(now);
}

void AxisEditor::setAxis(const std::optional<SweepAxis>& axis) {
  const QSignalBlocker quiet(values_);
  SweepAxis bare = axis.value_or(SweepAxis());
  bare.values.clear();
  int row = axis ? field_->findData(toQString(toText(bare))) : isOptional_ ? 0 : -1;
  if (axis && row < 0 && axis->field == SweepField::Adapter) {  // an adapter that is no longer there: say so
    field_->insertItem(isOptional_ ? 1 : 0, toQString(titleOf(bare)), toQString(toText(bare)));
    row = isOptional_ ? 1 : 0;
  }
  if (row < 0) row = 0;
  field_->setCurrentIndex(row);
  if (axis) values_->setText(toQString(axis->values));
  read();
}

std::optional<SweepAxis> AxisEditor::axis() const {
  const QString field = field_->currentData().toString();
  if (field.isEmpty()) return std::nullopt;
  SweepAxis axis = parseSweepAxis(field.toStdString());
  axis.values = values_->text().toStdString();
  return axis;
}

void AxisEditor::fieldChosen() {
  if (const std::optional<SweepAxis> now = axis()) values_->setText(QString::fromUtf8(helpOf(now->field).example));
  read();
}

void AxisEditor::read() {
  const std::optional<SweepAxis> now = axis();
  values_->setEnabled(now.has_value());
  problem_.clear();
  QString count;
  if (now) {
    values_->setToolTip(tr("%1, as 1, 2, 3 or a range: 0-1, 0-1(+0.25) with a step, 1-10[5] with a number of values")
                            .arg(tr(helpOf(now->field).toolTip)));
    try {
      const size_t values = readSweepValues(now->field, now->values).size();
      count = values == 1 ? tr("1 value") : tr("%1 values").arg(values);
    } catch (const Error& error) {
      problem_ = toQString(error.what());
    }
  }
  count_->setText(count);
  emit changed();
}

}  // namespace lorikeet
