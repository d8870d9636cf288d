#include "styles/styles_dialog.h"

#include <QPushButton>
#include <algorithm>

#include "studio/jobs/convert.h"
#include "ui_styles_dialog.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

template <class Enum>
void fillWith(QComboBox* box, std::span<const EnumName<Enum>> table, const QString& unchanged) {
  box->addItem(unchanged);
  for (const auto& row : table) box->addItem(toQString(row.label), int(row.value));
}

template <class Enum>
std::optional<Enum> valueOf(const QComboBox* box) {
  const QVariant data = box->currentData();
  return data.isValid() ? std::optional(Enum(data.toInt())) : std::nullopt;
}

template <class Enum>
void showValue(QComboBox* box, std::optional<Enum> value) {
  box->setCurrentIndex(value ? box->findData(int(*value)) : 0);
}

/// A field's lowest value means "unchanged".
template <class Number, class Field>
std::optional<Number> valueOf(const Field* field) {
  return field->value() == field->minimum() ? std::nullopt : std::optional<Number>(Number(field->value()));
}

}  // namespace

StylesDialog::StylesDialog(StyleLibrary& library, QWidget* parent)
    : QDialog(parent), library_(library), ui_(std::make_unique<Ui::StylesDialog>()) {
  ui_->setupUi(this);
  ui_->list->setModel(&library);
  ui_->addButton->setIcon(lineIcon(QStringLiteral("plus")));
  ui_->removeButton->setIcon(lineIcon(QStringLiteral("trash-2")));
  ui_->upButton->setIcon(lineIcon(QStringLiteral("chevron-up")));
  ui_->downButton->setIcon(lineIcon(QStringLiteral("chevron-down")));
  ui_->buttons->button(QDialogButtonBox::Close)->setAutoDefault(false);  // Enter in a field ends the field alone
  fillChoices();
  connectList();
  connectFields();
  choose(0);
}

StylesDialog::~StylesDialog() = default;

void StylesDialog::choose(int row, bool rename) {
  ui_->list->setCurrentIndex(library_.index(std::min(row, library_.rowCount() - 1)));
  show(this->row());
  if (!rename) return;
  ui_->nameField->setFocus();
  ui_->nameField->selectAll();
}

void StylesDialog::fillChoices() {
  fillWith(ui_->samplerBox, samplerNames(), tr("Unchanged"));
  fillWith(ui_->scheduleBox, scheduleNames(), tr("Unchanged"));
}

void StylesDialog::connectList() {
  connect(ui_->list->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& current) { show(current.row()); });
  connect(&library_, &StyleLibrary::modelReset, this, [this] { choose(0); });
  connect(ui_->addButton, &QToolButton::clicked, this, [this] {
    choose(library_.add({tr("New style"), QStringLiteral("{prompt}, "), {}, {}}), true);
  });
  connect(ui_->removeButton, &QToolButton::clicked, this, [this] {
    const int removed = row();
    if (removed < 0) return;
    library_.remove(removed);
    choose(removed);
  });
  connect(ui_->upButton, &QToolButton::clicked, this, [this] { move(-1); });
  connect(ui_->downButton, &QToolButton::clicked, this, [this] { move(1); });
  connect(ui_->buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
}

void StylesDialog::connectFields() {
  connect(ui_->nameField, &QLineEdit::editingFinished, this, &StylesDialog::store);
  for (QPlainTextEdit* edit : {ui_->styleText, ui_->styleNegative})
    connect(edit, &QPlainTextEdit::textChanged, this, &StylesDialog::store);
  for (QSpinBox* field : {ui_->stepsField, ui_->widthField, ui_->heightField})
    connect(field, &QSpinBox::valueChanged, this, &StylesDialog::store);
  connect(ui_->guidanceField, &QDoubleSpinBox::valueChanged, this, &StylesDialog::store);
  for (QComboBox* box : {ui_->samplerBox, ui_->scheduleBox})
    connect(box, &QComboBox::currentIndexChanged, this, &StylesDialog::store);
}

void StylesDialog::show(int row) {
  showing_ = true;
  const bool any = row >= 0 && row < library_.rowCount();
  const PromptStyle style = any ? library_.styles()[size_t(row)] : PromptStyle();
  const StyleSettings& settings = style.settings;
  ui_->fields->setEnabled(any);
  ui_->nameField->setText(style.name);
  ui_->styleText->setPlainText(style.prompt);
  ui_->styleNegative->setPlainText(style.negativePrompt);
  ui_->stepsField->setValue(settings.steps.value_or(ui_->stepsField->minimum()));
  ui_->guidanceField->setValue(settings.guidanceScale.value_or(ui_->guidanceField->minimum()));
  ui_->widthField->setValue(settings.width.value_or(ui_->widthField->minimum()));
  ui_->heightField->setValue(settings.height.value_or(ui_->heightField->minimum()));
  showValue(ui_->samplerBox, settings.sampler);
  showValue(ui_->scheduleBox, settings.schedule);
  for (QToolButton* button : {ui_->removeButton, ui_->upButton, ui_->downButton}) button->setEnabled(any);
  showing_ = false;
}

void StylesDialog::store() {
  if (showing_ || row() < 0) return;
  PromptStyle style;
  style.name = ui_->nameField->text();
  style.prompt = ui_->styleText->toPlainText();
  style.negativePrompt = ui_->styleNegative->toPlainText();
  style.settings.steps = valueOf<int>(ui_->stepsField);
  style.settings.guidanceScale = valueOf<double>(ui_->guidanceField);
  style.settings.sampler = valueOf<Sampler>(ui_->samplerBox);
  style.settings.schedule = valueOf<Schedule>(ui_->scheduleBox);
  const auto side = [](const QSpinBox* field) -> std::optional<int> {
    constexpr int kUnit = 8;
    const auto pixels = valueOf<int>(field);
    return pixels ? std::optional(std::max(*pixels / kUnit, 1) * kUnit) : std::nullopt;
  };
  style.settings.width = side(ui_->widthField);
  style.settings.height = side(ui_->heightField);
  if (!style.settings.width || !style.settings.height) style.settings.width = style.settings.height = std::nullopt;
  library_.replace(row(), style);
}

int StylesDialog::row() const { return ui_->list->currentIndex().row(); }

void StylesDialog::move(int by) {
  const int from = row();
  library_.move(from, from + by);
}

}  // namespace lorikeet
