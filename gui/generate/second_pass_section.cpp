#include "generate/second_pass_section.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QSignalBlocker>
#include <QSpinBox>

#include "studio/jobs/convert.h"
#include "studio/library/network_library.h"
#include "widgets/file_dialogs.h"
#include "widgets/slider_field.h"

namespace lorikeet {
namespace {

constexpr int kMethodRole = Qt::UserRole, kFileRole = Qt::UserRole + 1;
constexpr double kUsualScale = 2;

QString methodTip(UpscaleMethod method) {
  if (isLatent(method))
    return SecondPassSection::tr("Enlarges what the model works on: changes most, needs a strength of 0.5 and more");
  return SecondPassSection::tr("Enlarges the finished picture: keeps it, a strength of 0.2 to 0.5 adds detail");
}

}  // namespace

SecondPassSection::SecondPassSection(QWidget* parent)
    : RequestSection(tr("Second pass"), parent),
      enabled_(new QCheckBox(tr("Enlarge and refine"), this)),
      scale_(new SliderField(this)),
      upscaler_(new QComboBox(this)),
      steps_(new QSpinBox(this)),
      strength_(new SliderField(this)) {
  setObjectName(QStringLiteral("secondPassSection"));
  enabled_->setObjectName(QStringLiteral("secondPassBox"));
  upscaler_->setObjectName(QStringLiteral("upscalerBox"));
  enabled_->setToolTip(
      tr("Make the picture at the size above, enlarge it and refine it once more. Large pictures made "
         "in one go tend to repeat themselves. Not used on the Edit page"));
  scale_->setRange({1, 4, 0.25, kUsualScale, 2});
  scale_->setTypedRange(1, 8);
  scale_->setToolTips(tr("How much larger the picture becomes; time and memory grow with its square"));
  upscaler_->setToolTip(
      tr("What enlarges the first picture. Networks are those of the model folder; drop others on the "
         "window"));
  upscaler_->setFocusPolicy(Qt::StrongFocus);
  upscaler_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  steps_->setRange(0, 1000);
  steps_->setSpecialValueText(tr("as the first pass"));
  steps_->setToolTip(tr("Steps of the second pass"));
  strength_->setRange({0, 1, 0.05, HiresOptions().strength, 2});
  strength_->setToolTips(tr("How much the second pass may change: 0 only enlarges, 1 paints anew"));

  auto* content = new QWidget(this);
  auto* form = new QFormLayout(content);
  form->setContentsMargins(16, 0, 0, 4);
  form->addRow(enabled_);
  form->addRow(tr("Scale"), scale_);
  form->addRow(tr("Upscaler"), upscaler_);
  form->addRow(tr("Steps"), steps_);
  form->addRow(tr("Strength"), strength_);
  setContent(content);
  listUpscalers();
  enableFields();
  connect(enabled_, &QCheckBox::toggled, this, [this] {
    enableFields();
    noteChange();
  });
  for (SliderField* field : {scale_, strength_})
    connect(field, &SliderField::valueChanged, this, &SecondPassSection::noteChange);
  connect(steps_, &QSpinBox::valueChanged, this, &SecondPassSection::noteChange);
  connect(upscaler_, &QComboBox::activated, this, [this] {
    if (!upscaler_->currentData(kMethodRole).isValid()) return askForUpscaler();
    wanted_ = chosenUpscaler();
    noteChange();
  });
}

void SecondPassSection::setUpscalers(NetworkLibrary& upscalers) {
  upscalers_ = &upscalers;
  connect(&upscalers, &NetworkLibrary::changed, this, &SecondPassSection::listUpscalers);
  listUpscalers();
}

void SecondPassSection::useUpscaler(const QString& file) {
  {
    const QSignalBlocker quiet(this);
    enabled_->setChecked(true);
    chooseUpscaler({UpscaleMethod::Network, toPath(file)});
  }
  setOpen(true);
  noteChange();
}

void SecondPassSection::fill(GenerateRequest& request) const {
  request.hires = HiresOptions();
  if (!enabled_->isChecked()) return;
  request.hires.scale = scale_->value();
  request.hires.upscaler = wanted_;
  request.hires.steps = steps_->value();
  request.hires.strength = strength_->value();
}

void SecondPassSection::showValues(const GenerateRequest& request) {
  const HiresOptions& hires = request.hires;
  enabled_->setChecked(hires.enabled());
  enableFields();
  scale_->setValue(hires.enabled() ? hires.scale : kUsualScale);
  chooseUpscaler(hires.upscaler);
  steps_->setValue(hires.steps);
  strength_->setValue(hires.strength);
}

QString SecondPassSection::summaryOf(const GenerateRequest& request) const {
  if (!request.hires.enabled()) return {};
  return tr("%1 × %2").arg(request.hires.scale).arg(toQString(label(request.hires.upscaler)));
}

void SecondPassSection::listUpscalers() {
  const QSignalBlocker quiet(upscaler_);
  upscaler_->clear();
  const auto add = [this](const QString& text, const Upscaler& upscaler, const QString& tip) {
    upscaler_->addItem(text);
    const int row = upscaler_->count() - 1;
    upscaler_->setItemData(row, int(upscaler.method), kMethodRole);
    upscaler_->setItemData(row, pathToQString(upscaler.network), kFileRole);
    upscaler_->setItemData(row, tip, Qt::ToolTipRole);
  };
  for (const auto& row : upscaleMethodNames())
    if (row.value != UpscaleMethod::Network) add(toQString(row.label), {row.value, {}}, methodTip(row.value));
  if (upscalers_)
    for (const NetworkEntry& entry : upscalers_->entries())
      add(entry.name, {UpscaleMethod::Network, toPath(entry.path)}, entry.path);
  upscaler_->insertSeparator(upscaler_->count());
  upscaler_->addItem(tr("Choose a file…"));
  chooseUpscaler(wanted_);
}

void SecondPassSection::chooseUpscaler(const Upscaler& upscaler) {
  wanted_ = upscaler;
  const QString file = pathToQString(upscaler.network);
  for (int row = 0; row < upscaler_->count(); ++row) {
    const QVariant method = upscaler_->itemData(row, kMethodRole);
    if (!method.isValid() || method.toInt() != int(upscaler.method)) continue;
    if (upscaler_->itemData(row, kFileRole).toString() == file) return upscaler_->setCurrentIndex(row);
  }
  if (upscaler.method != UpscaleMethod::Network || !upscalers_) return;
  upscalers_->add(file);  // lists it, which chooses it
}

Upscaler SecondPassSection::chosenUpscaler() const {
  return {UpscaleMethod(upscaler_->currentData(kMethodRole).toInt()),
          toPath(upscaler_->currentData(kFileRole).toString())};
}

void SecondPassSection::askForUpscaler() {
  chooseUpscaler(wanted_);  // the menu's last row is no choice
  auto* dialog = new QFileDialog(this, tr("Upscaler"), {}, tr("Upscalers (*.pth *.safetensors *.pb);;All files (*)"));
  dialog->setObjectName(QStringLiteral("upscalerDialog"));
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, &SecondPassSection::useUpscaler);
  showFileDialog(dialog);
}

void SecondPassSection::enableFields() {
  for (QWidget* field : std::initializer_list<QWidget*>{scale_, upscaler_, steps_, strength_})
    field->setEnabled(enabled_->isChecked());
}

}  // namespace lorikeet
