#include "generate/sampling_section.h"

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

SamplingSection::SamplingSection(QWidget* parent) : RequestSection(tr("Sampling"), parent) {
  setObjectName(QStringLiteral("samplingSection"));
  auto* content = new QWidget(this);
  auto* form = new QFormLayout(content);
  form->setContentsMargins(16, 0, 0, 4);
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  addSeed(*form, "variationSeedField", QT_TR_NOOP("Variation seed"),
          QT_TR_NOOP("A second seed whose noise is mixed in. Several pictures count this one on, not the seed"),
          [](GenerateRequest& request) -> uint64_t& { return request.variation.seed; });
  addNumbers(*form);
  addSeed(*form, "noiseSeedDeltaField", QT_TR_NOOP("Noise seed delta"),
          QT_TR_NOOP("Added to the seed for the noise that samplers add on their way (A1111's ENSD, often 31337)"),
          [](GenerateRequest& request) -> uint64_t& { return request.sampling.noiseSeedDelta; });
  addChoice<NoiseSource>(
      *form, "rngBox", QT_TR_NOOP("Random numbers"),
      QT_TR_NOOP("Whose noise a seed stands for: torch as in diffusers, philox as A1111 on a graphics "
                 "card"),
      [](GenerateRequest& request) -> NoiseSource& { return request.noiseSource; });
  addChoice<SdeNoise>(*form, "sdeNoiseBox", QT_TR_NOOP("SDE noise"),
                      QT_TR_NOOP("Where SDE samplers take their noise from; A1111 uses Brownian noise for all of them"),
                      [](GenerateRequest& request) -> SdeNoise& { return request.sampling.sdeNoise; });
  addChoice<Spacing>(*form, "spacingBox", QT_TR_NOOP("Spacing"),
                     QT_TR_NOOP("Which of the training timesteps are visited"),
                     [](GenerateRequest& request) -> Spacing& { return request.spacing; });
  addSwitch(*form, "seamlessXBox", QT_TR_NOOP("Seamless left to right"),
            QT_TR_NOOP("The left and the right edge join, so that the picture can be repeated"),
            [](GenerateRequest& request) -> bool& { return request.seamless.x; });
  addSwitch(*form, "seamlessYBox", QT_TR_NOOP("Seamless top to bottom"),
            QT_TR_NOOP("The upper and the lower edge join, so that the picture can be repeated"),
            [](GenerateRequest& request) -> bool& { return request.seamless.y; });
  addChoice<VaeTiling>(*form, "vaeTilingBox", QT_TR_NOOP("Decode in strips"),
                       QT_TR_NOOP("Needs a fraction of the memory for large pictures and a little more time"),
                       [](GenerateRequest& request) -> VaeTiling& { return request.vaeTiling; });
  setContent(content);
  showRequest(GenerateRequest());
}

void SamplingSection::fill(GenerateRequest& request) const {
  for (const Field& field : fields_) field.fill(request);
}

void SamplingSection::showValues(const GenerateRequest& request) {
  for (const Field& field : fields_) field.show(request);
}

QString SamplingSection::summaryOf(const GenerateRequest& request) const {
  QStringList parts;
  for (const Field& field : fields_)
    if (const QString part = field.summary(request); !part.isEmpty()) parts << part;
  return parts.join(QStringLiteral(", "));
}

void SamplingSection::addNumbers(QFormLayout& form) {
  using R = GenerateRequest;
  addNumber(form, {"variationStrengthField", QT_TR_NOOP("Variation"),
                   QT_TR_NOOP("How much of the second seed's noise: 0 nothing, 1 nothing else"),
                   [](const R& r) { return r.variation.strength; }, [](R& r, double v) { r.variation.strength = v; }});
  addNumber(form,
            {"clipSkipField", QT_TR_NOOP("Clip skip"),
             QT_TR_NOOP("Which layer of the text encoder is used, counted from the end. Anime models often want 2"),
             [](const R& r) { return double(r.clipSkip); }, [](R& r, double v) { r.clipSkip = int(v); }, 12, 1, 0, 1});
  addNumber(form, {"etaField", QT_TR_NOOP("Eta (DDIM, TCD)"), QT_TR_NOOP("Share of fresh noise in each step"),
                   [](const R& r) { return r.eta; }, [](R& r, double v) { r.eta = v; }});
  addNumber(form,
            {"ancestralEtaField", QT_TR_NOOP("Eta (ancestral)"),
             QT_TR_NOOP("Share of fresh noise in each step of ancestral and SDE samplers"),
             [](const R& r) { return r.sampling.ancestralEta; }, [](R& r, double v) { r.sampling.ancestralEta = v; }});
  addNumber(form, {"churnField", QT_TR_NOOP("Churn"),
                   QT_TR_NOOP("Noise that Euler, Heun and DPM2 add before their steps: more detail, less order"),
                   [](const R& r) { return r.sampling.churn.churn; },
                   [](R& r, double v) { r.sampling.churn.churn = v; }, 100, 1});
  addNumber(form, {"churnLowestField", QT_TR_NOOP("Churn from"), QT_TR_NOOP("Only from this noise level on"),
                   [](const R& r) { return r.sampling.churn.lowest; },
                   [](R& r, double v) { r.sampling.churn.lowest = v; }, 1e6, 0.1});
  addNumber(form, {"churnHighestField", QT_TR_NOOP("Churn to"), QT_TR_NOOP("Up to this noise level; 0: no limit"),
                   [](const R& r) { return r.sampling.churn.highest; },
                   [](R& r, double v) { r.sampling.churn.highest = v; }, 1e6, 1});
  addNumber(form, {"noiseScaleField", QT_TR_NOOP("Noise scale"), QT_TR_NOOP("Of all noise that is added on the way"),
                   [](const R& r) { return r.sampling.churn.noise; },
                   [](R& r, double v) { r.sampling.churn.noise = v; }, 2, 0.01});
  addNumber(form, {"rhoField", QT_TR_NOOP("Rho"),
                   QT_TR_NOOP("Bend of the Karras and polyexponential schedules; 0: their own"),
                   [](const R& r) { return r.sampling.scheduleRho; },
                   [](R& r, double v) { r.sampling.scheduleRho = v; }, 100, 0.5});
}

void SamplingSection::addNumber(QFormLayout& form, const Number& number) {
  auto* field = new QDoubleSpinBox(this);
  field->setObjectName(QString::fromLatin1(number.name));
  field->setRange(number.minimum, number.maximum);
  field->setSingleStep(number.step);
  field->setDecimals(number.decimals);
  field->setToolTip(tr(number.tip));
  field->setFocusPolicy(Qt::StrongFocus);
  letShrink(field);
  form.addRow(tr(number.label), field);
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

void SamplingSection::addSeed(QFormLayout& form, const char* name, const char* label, const char* tip,
                              uint64_t& (*of)(GenerateRequest&)) {
  auto* field = new QLineEdit(this);
  field->setObjectName(QString::fromLatin1(name));
  field->setValidator(new QRegularExpressionValidator(QRegularExpression(QStringLiteral("[0-9]{0,20}")), field));
  field->setToolTip(tr(tip));
  form.addRow(tr(label), field);
  connect(field, &QLineEdit::textChanged, this, &SamplingSection::noteChange);
  fields_.push_back(
      {tr(label), [field, of](GenerateRequest& request) { of(request) = field->text().toULongLong(); },
       [field, of](const GenerateRequest& request) { field->setText(QString::number(valueOf(of, request))); },
       [label = tr(label), of](const GenerateRequest& request) {
         const uint64_t value = valueOf(of, request);
         return value == 0 ? QString() : QStringLiteral("%1 %2").arg(label).arg(value);
       }});
}

template <class Enum>
void SamplingSection::addChoice(QFormLayout& form, const char* name, const char* label, const char* tip,
                                Enum& (*of)(GenerateRequest&)) {
  auto* box = new QComboBox(this);
  box->setObjectName(QString::fromLatin1(name));
  if constexpr (std::is_same_v<Enum, NoiseSource>) fillBox(box, noiseSourceNames());
  if constexpr (std::is_same_v<Enum, SdeNoise>) fillBox(box, sdeNoiseNames());
  if constexpr (std::is_same_v<Enum, Spacing>) fillBox(box, spacingNames());
  if constexpr (std::is_same_v<Enum, VaeTiling>) fillBox(box, vaeTilingNames());
  box->setToolTip(tr(tip));
  box->setFocusPolicy(Qt::StrongFocus);
  letShrink(box);
  form.addRow(tr(label), box);
  connect(box, &QComboBox::currentIndexChanged, this, &SamplingSection::noteChange);
  fields_.push_back({tr(label), [box, of](GenerateRequest& request) { of(request) = chosenIn<Enum>(box); },
                     [box, of](const GenerateRequest& request) { chooseIn(box, valueOf(of, request)); },
                     [label = tr(label), of](const GenerateRequest& request) {
                       const Enum value = valueOf(of, request);
                       if (value == valueOf(of, GenerateRequest())) return QString();
                       return QStringLiteral("%1 %2").arg(label, toQString(lorikeet::label(value)));
                     }});
}

void SamplingSection::addSwitch(QFormLayout& form, const char* name, const char* label, const char* tip,
                                bool& (*of)(GenerateRequest&)) {
  auto* box = new QCheckBox(tr(label), this);
  box->setObjectName(QString::fromLatin1(name));
  box->setToolTip(tr(tip));
  form.addRow(box);
  connect(box, &QCheckBox::toggled, this, &SamplingSection::noteChange);
  fields_.push_back(
      {tr(label), [box, of](GenerateRequest& request) { of(request) = box->isChecked(); },
       [box, of](const GenerateRequest& request) { box->setChecked(valueOf(of, request)); },
       [label = tr(label), of](const GenerateRequest& request) { return valueOf(of, request) ? label : QString(); }});
}

}  // namespace lorikeet
