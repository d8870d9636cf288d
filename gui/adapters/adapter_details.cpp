#include "adapters/adapter_details.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <algorithm>

#include "studio/jobs/convert.h"
#include "widgets/slider_field.h"

namespace lorikeet {
namespace {

constexpr int kPercent = 100;

/// The weight of a group of blocks by its place in the list of fields.
double& blockAt(AdapterBlockWeights& blocks, size_t index) {
  if (index < 4) return blocks.down[index];
  return index == 4 ? blocks.mid : blocks.up[index - 5];
}

}  // namespace

AdapterDetails::AdapterDetails(QWidget* parent) : QWidget(parent), form_(new QFormLayout(this)) {
  setObjectName(QStringLiteral("adapterDetails"));
  form_->setContentsMargins(0, 4, 0, 4);
  form_->setHorizontalSpacing(8);
  form_->setVerticalSpacing(2);
  variant_ = new QComboBox(this);
  variant_->setObjectName(QStringLiteral("variantBox"));
  variant_->setToolTip(tr("Which of the adapters in this file is used"));
  connect(variant_, &QComboBox::activated, this, [this] {
    send(Control::None, [this](AdapterUse& use) { use.variant = variant_->currentData().toString().toStdString(); });
  });
  form_->addRow(tr("Adapter"), variant_);
  form_->setRowVisible(variant_, false);
  buildText(form_);
  buildRange(form_);
  buildBlocks(form_);
  setUse({});
}

void AdapterDetails::setUse(const AdapterUse& use) {
  use_ = use;
  showing_ = true;
  ownText_->setChecked(use.textWeight.has_value());
  text_->setEnabled(use.textWeight.has_value());
  text_->setValue(use.textWeight.value_or(use.weight));
  for (size_t i = 0; i < blocks_.size(); ++i) blocks_[i]->setValue(blockAt(use_.blocks, i));
  begin_->setValue(use.begin * kPercent);
  end_->setValue(use.end * kPercent);
  variant_->setCurrentIndex(std::max(0, variant_->findData(toQString(use.variant))));
  showing_ = false;
}

void AdapterDetails::setVariants(const std::vector<std::string>& variants) {
  if (variant_->count() == int(variants.size())) return;
  variant_->clear();
  for (const std::string& name : variants) variant_->addItem(toQString(name), toQString(name));
  form_->setRowVisible(variant_, variants.size() > 1);
  setUse(use_);
}

template <class Edit>
void AdapterDetails::send(Control control, Edit edit) {
  if (showing_) return;
  AdapterUse use = use_;
  edit(use);
  if (use != use_) emit useEdited(use, control);
}

SliderField* AdapterDetails::addField(QFormLayout* form, const char* name, const QString& label,
                                      const QString& toolTip) {
  auto* field = new SliderField(this);
  field->setObjectName(QLatin1String(name));
  field->setRange({-1, 2, 0.05, 1, 2});
  field->setTypedRange(-10, 10);
  field->setToolTips(toolTip);
  auto* text = new QLabel(label, this);
  text->setProperty("role", QStringLiteral("quiet"));
  text->setToolTip(toolTip);
  form->addRow(text, field);
  return field;
}

void AdapterDetails::buildText(QFormLayout* form) {
  ownText_ = new QCheckBox(tr("Text encoder has its own weight"), this);
  ownText_->setObjectName(QStringLiteral("ownTextWeight"));
  ownText_->setToolTip(tr("The adapter changes how the prompt is understood by another weight than how it is painted"));
  connect(ownText_, &QCheckBox::toggled, this, [this](bool own) {
    send(Control::None,
         [own](AdapterUse& use) { use.textWeight = own ? std::optional<double>(use.weight) : std::nullopt; });
  });
  form->addRow(ownText_);
  text_ = addField(form, "textWeightField", tr("Text"),
                   tr("How strongly the adapter changes the meaning of words. 0 leaves the text encoder alone"));
  connect(text_, &SliderField::valueChanged, this, [this](double value) {
    send(Control::TextWeight, [value](AdapterUse& use) {
      if (use.textWeight) use.textWeight = value;
    });
  });
}

void AdapterDetails::buildRange(QFormLayout* form) {
  begin_ = addField(form, "beginField", tr("From step"),
                    tr("The adapter sets in after this share of the steps (per cent). Early steps make the "
                       "composition, late ones the details"));
  end_ =
      addField(form, "endField", tr("To step"), tr("The adapter leaves off after this share of the steps (per cent)"));
  for (SliderField* field : {begin_, end_}) field->setTypedRange(0, kPercent);
  begin_->setRange({0, kPercent, 1, 0, 0});
  end_->setRange({0, kPercent, 1, kPercent, 0});
  connect(begin_, &SliderField::valueChanged, this, [this](double value) {
    send(Control::Range, [value](AdapterUse& use) {
      use.begin = value / kPercent;
      use.end = std::max(use.begin, use.end);
    });
  });
  connect(end_, &SliderField::valueChanged, this, [this](double value) {
    send(Control::Range, [value](AdapterUse& use) {
      use.end = value / kPercent;
      use.begin = std::min(use.begin, use.end);
    });
  });
}

void AdapterDetails::buildBlocks(QFormLayout* form) {
  const QString names[] = {tr("Down 0"), tr("Down 1"), tr("Down 2"), tr("Down 3"), tr("Middle"),
                           tr("Up 0"),   tr("Up 1"),   tr("Up 2"),   tr("Up 3")};
  const QString finest = tr("Times the weight: blocks that read the picture, from fine to coarse");
  const QString middle = tr("Times the weight: the coarsest block, which shapes the composition");
  const QString coarse =
      tr("Times the weight: blocks that paint the picture, from coarse (composition) to fine (style)");
  for (size_t i = 0; i < std::size(names); ++i) {
    const QByteArray name = "blockField" + QByteArray::number(int(i));
    SliderField* field = addField(form, name.constData(), names[i], i < 4 ? finest : i == 4 ? middle : coarse);
    connect(field, &SliderField::valueChanged, this, [this, i](double value) {
      send(Control::Blocks, [i, value](AdapterUse& use) { blockAt(use.blocks, i) = value; });
    });
    blocks_.push_back(field);
  }
  auto* reset = new QPushButton(tr("Back to the Defaults"), this);
  reset->setObjectName(QStringLiteral("resetDetails"));
  reset->setToolTip(tr("The same weight for the text encoder and all blocks, during all steps"));
  connect(reset, &QPushButton::clicked, this, [this] {
    send(Control::None, [](AdapterUse& use) {
      use.textWeight.reset();
      use.blocks = {};
      use.begin = 0;
      use.end = 1;
    });
  });
  form->addRow(reset);
}

}  // namespace lorikeet
