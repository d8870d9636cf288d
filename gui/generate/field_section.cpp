#include "generate/field_section.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QRegularExpressionValidator>

#include "studio/jobs/convert.h"
#include "widgets/enum_box.h"

namespace lorikeet {
namespace {

/// So that long texts and large numbers do not widen the form.
void letShrink(QWidget* field) {
  constexpr int kNarrowest = 60;
  field->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  field->setMinimumWidth(kNarrowest);
}

/// Fields reach into a request by reference; reading takes a copy, which costs nothing beside a click.
template <class Value>
Value valueOf(Value& (*of)(GenerateRequest&), GenerateRequest request) {
  return of(request);
}

}  // namespace

FieldSection::FieldSection(const QString& title, QWidget* parent)
    : RequestSection(title, parent), content_(new QWidget(this)), form_(new QFormLayout(content_)) {
  form_->setContentsMargins(16, 0, 0, 4);
  form_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
}

void FieldSection::finish() {
  setContent(content_);
  showRequest(GenerateRequest());
}

void FieldSection::fill(GenerateRequest& request) const {
  for (const Field& field : fields_) field.fill(request);
}

void FieldSection::showValues(const GenerateRequest& request) {
  for (const Field& field : fields_) field.show(request);
}

QString FieldSection::summaryOf(const GenerateRequest& request) const {
  QStringList parts;
  for (const Field& field : fields_)
    if (const QString part = field.summary(request); !part.isEmpty()) parts << part;
  return parts.join(QStringLiteral(", "));
}

void FieldSection::addNumber(const Number& number) {
  auto* field = new QDoubleSpinBox(this);
  field->setObjectName(QString::fromLatin1(number.name));
  field->setRange(number.minimum, number.maximum);
  field->setSingleStep(number.step);
  field->setDecimals(number.decimals);
  field->setToolTip(tr(number.tip));
  field->setFocusPolicy(Qt::StrongFocus);
  letShrink(field);
  form_->addRow(tr(number.label), field);
  const QString label = tr(number.label);
  const double usual = number.get(GenerateRequest());
  // A box rounds to its decimals; what came in finer is kept until somebody changes it.
  const auto exact = std::make_shared<double>(usual);
  connect(field, &QDoubleSpinBox::valueChanged, this, [this, exact](double value) {
    *exact = value;
    noteChange();
  });
  fields_.push_back({label, [exact, number](GenerateRequest& request) { number.set(request, *exact); },
                     [field, exact, number](const GenerateRequest& request) {
                       field->setValue(number.get(request));
                       *exact = number.get(request);
                     },
                     [label, usual, number](const GenerateRequest& request) {
                       const double value = number.get(request);
                       return value == usual ? QString() : QStringLiteral("%1 %2").arg(label).arg(value);
                     }});
}

void FieldSection::addSeed(const char* name, const char* label, const char* tip, uint64_t& (*of)(GenerateRequest&)) {
  auto* field = new QLineEdit(this);
  field->setObjectName(QString::fromLatin1(name));
  field->setValidator(new QRegularExpressionValidator(QRegularExpression(QStringLiteral("[0-9]{0,20}")), field));
  field->setToolTip(tr(tip));
  form_->addRow(tr(label), field);
  connect(field, &QLineEdit::textChanged, this, &FieldSection::noteChange);
  fields_.push_back(
      {tr(label), [field, of](GenerateRequest& request) { of(request) = field->text().toULongLong(); },
       [field, of](const GenerateRequest& request) { field->setText(QString::number(valueOf(of, request))); },
       [label = tr(label), of](const GenerateRequest& request) {
         const uint64_t value = valueOf(of, request);
         return value == 0 ? QString() : QStringLiteral("%1 %2").arg(label).arg(value);
       }});
}

template <class Enum>
void FieldSection::addChoice(const char* name, const char* label, const char* tip, Enum& (*of)(GenerateRequest&)) {
  auto* box = new QComboBox(this);
  box->setObjectName(QString::fromLatin1(name));
  if constexpr (std::is_same_v<Enum, NoiseSource>) fillBox(box, noiseSourceNames());
  if constexpr (std::is_same_v<Enum, SdeNoise>) fillBox(box, sdeNoiseNames());
  if constexpr (std::is_same_v<Enum, Spacing>) fillBox(box, spacingNames());
  if constexpr (std::is_same_v<Enum, Arithmetic>) fillBox(box, arithmeticNames());
  if constexpr (std::is_same_v<Enum, VaeTiling>) fillBox(box, vaeTilingNames());
  box->setToolTip(tr(tip));
  box->setFocusPolicy(Qt::StrongFocus);
  letShrink(box);
  form_->addRow(tr(label), box);
  connect(box, &QComboBox::currentIndexChanged, this, &FieldSection::noteChange);
  fields_.push_back({tr(label), [box, of](GenerateRequest& request) { of(request) = chosenIn<Enum>(box); },
                     [box, of](const GenerateRequest& request) { chooseIn(box, valueOf(of, request)); },
                     [label = tr(label), of](const GenerateRequest& request) {
                       const Enum value = valueOf(of, request);
                       if (value == valueOf(of, GenerateRequest())) return QString();
                       return QStringLiteral("%1 %2").arg(label, toQString(lorikeet::label(value)));
                     }});
}

void FieldSection::addSwitch(const char* name, const char* label, const char* tip, bool& (*of)(GenerateRequest&)) {
  auto* box = new QCheckBox(tr(label), this);
  box->setObjectName(QString::fromLatin1(name));
  box->setToolTip(tr(tip));
  form_->addRow(box);
  connect(box, &QCheckBox::toggled, this, &FieldSection::noteChange);
  fields_.push_back(
      {tr(label), [box, of](GenerateRequest& request) { of(request) = box->isChecked(); },
       [box, of](const GenerateRequest& request) { box->setChecked(valueOf(of, request)); },
       [label = tr(label), of](const GenerateRequest& request) { return valueOf(of, request) ? label : QString(); }});
}

template void FieldSection::addChoice(const char*, const char*, const char*, NoiseSource& (*)(GenerateRequest&));
template void FieldSection::addChoice(const char*, const char*, const char*, SdeNoise& (*)(GenerateRequest&));
template void FieldSection::addChoice(const char*, const char*, const char*, Spacing& (*)(GenerateRequest&));
template void FieldSection::addChoice(const char*, const char*, const char*, Arithmetic& (*)(GenerateRequest&));
template void FieldSection::addChoice(const char*, const char*, const char*, VaeTiling& (*)(GenerateRequest&));

}  // namespace lorikeet
