#include "workshop/workshop_window.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <algorithm>

#include "studio/jobs/convert.h"
#include "widgets/duration_text.h"
#include "widgets/enum_box.h"
#include "widgets/path_field.h"

namespace lorikeet {
namespace {

using W = WorkshopOperation;

QString translated(const char* text) { return QCoreApplication::translate("lorikeet::Workshop", text); }

QLabel* makeLabel(const char* name, QWidget* parent) {
  auto* label = new QLabel(parent);
  label->setObjectName(QLatin1String(name));
  label->setWordWrap(true);
  label->setTextFormat(Qt::PlainText);
  return label;
}

QPushButton* makeButton(const QString& text, const char* name, QWidget* parent) {
  auto* button = new QPushButton(text, parent);
  button->setObjectName(QLatin1String(name));
  return button;
}

}  // namespace

WorkshopWindow::WorkshopWindow(WorkshopJob& job, std::function<std::vector<AdapterUse>()> stack, QWidget* parent)
    : QWidget(parent, Qt::Window), job_(job), stack_(std::move(stack)) {
  setObjectName(QStringLiteral("workshopWindow"));
  setWindowTitle(tr("Workshop"));
  operations_ = new QListWidget(this);
  operations_->setObjectName(QStringLiteral("workshopOperations"));
  operations_->setAccessibleName(tr("What to do"));
  for (const WorkshopOperation& operation : workshopOperations()) operations_->addItem(translated(operation.label));
  operations_->setSpacing(3);
  operations_->setMaximumWidth(operations_->sizeHintForColumn(0) + 32);
  auto* right = new QVBoxLayout;
  right->addWidget(makeForm());
  right->addWidget(makeResult(), 1);
  auto* layout = new QHBoxLayout(this);
  layout->addWidget(operations_);
  layout->addLayout(right, 1);
  connect(operations_, &QListWidget::currentRowChanged, this, &WorkshopWindow::showOperation);
  connect(&job_, &WorkshopJob::started, this, &WorkshopWindow::showState);
  connect(&job_, &WorkshopJob::finished, this, &WorkshopWindow::showReport);
  connect(&job_, &WorkshopJob::progressed, this, [this](int done, int total, const QString& module, double seconds) {
    progress_->setRange(0, total);
    progress_->setValue(done);
    state_->setText(seconds > 0 ? tr("%1, %2").arg(module, timeLeftText(seconds)) : module);
  });
  operations_->setCurrentRow(0);
  resize(760, 560);
}

PathField* WorkshopWindow::addPath(QFormLayout& form, const char* name, const QString& label, int kind) {
  const auto fieldKind = PathField::Kind(kind);
  auto* field = new PathField(fieldKind, label,
                              tr("Adapters and models (*.safetensors *.pt *.bin *.ckpt *.lora *.gguf *.onnx)") +
                                  QStringLiteral(";;") + tr("All files (*)"),
                              this);
  field->setObjectName(QLatin1String(name));
  form.addRow(label, field);
  if (fieldKind == PathField::Kind::NewFile) {
    connect(field, &PathField::pathChanged, this, &WorkshopWindow::showState);
    connect(field, &PathField::pathEdited, this, [this](const QString& path) { isProposal_ = path.isEmpty(); });
  } else {
    connect(field, &PathField::pathChanged, this, &WorkshopWindow::propose);
  }
  return field;
}

QWidget* WorkshopWindow::makeForm() {
  auto* box = new QWidget(this);
  form_ = new QFormLayout(box);
  form_->setContentsMargins(0, 0, 0, 0);
  form_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  explanation_ = makeLabel("workshopExplanation", box);
  form_->addRow(explanation_);
  stackLabel_ = makeLabel("workshopStack", box);
  form_->addRow(tr("Stack"), stackLabel_);
  inputField_ = addPath(*form_, "workshopInput", tr("Adapter"), int(PathField::Kind::FileOrFolder));
  secondField_ = addPath(*form_, "workshopSecond", tr("Second adapter"), int(PathField::Kind::FileOrFolder));
  baseField_ = addPath(*form_, "workshopBase", tr("Model"), int(PathField::Kind::FileOrFolder));
  modelField_ = addPath(*form_, "workshopModel", tr("Made for"), int(PathField::Kind::FileOrFolder));
  modelField_->setPlaceholder(tr("Stable Diffusion 1.x or 2.x, whichever fits"));
  addRankFields();
  addChoices();
  outputField_ = addPath(*form_, "workshopOutput", tr("Write to"), int(PathField::Kind::NewFile));
  return box;
}

void WorkshopWindow::addRankFields() {
  rankField_ = new QSpinBox(this);
  rankField_->setObjectName(QStringLiteral("workshopRank"));
  rankField_->setRange(0, 4096);
  rankField_->setSpecialValueText(tr("no limit"));
  form_->addRow(tr("Rank at most"), rankField_);
  energyField_ = new QDoubleSpinBox(this);
  energyField_->setObjectName(QStringLiteral("workshopEnergy"));
  energyField_->setRange(0, 100);
  energyField_->setDecimals(2);
  energyField_->setButtonSymbols(QAbstractSpinBox::NoButtons);
  energyField_->setSuffix(QStringLiteral(" %"));
  energyField_->setSpecialValueText(tr("does not matter"));
  energyField_->setToolTip(tr("The lowest rank that keeps this share of the squared effect of every module"));
  form_->addRow(tr("Keep of the effect"), energyField_);
  configurationField_ = addPath(*form_, "workshopConfiguration", tr("Layers"), int(PathField::Kind::File));
  configurationField_->setPlaceholder(tr("all; or a configuration of lora_wrapper (JSON)"));
  connect(rankField_, &QSpinBox::valueChanged, this, &WorkshopWindow::showState);
  connect(energyField_, &QDoubleSpinBox::valueChanged, this, &WorkshopWindow::showState);
}

void WorkshopWindow::addChoices() {
  formBox_ = new QComboBox(this);
  formBox_->setObjectName(QStringLiteral("workshopForm"));
  fillBox(formBox_, adapterFormNames());
  form_->addRow(tr("Spelling"), formBox_);
  typeBox_ = new QComboBox(this);
  typeBox_->setObjectName(QStringLiteral("workshopType"));
  fillBox(typeBox_, weightTypeNames());
  chooseIn(typeBox_, WeightType::F16);
  form_->addRow(tr("Numbers as"), typeBox_);
  modelTypeBox_ = new QComboBox(this);
  modelTypeBox_->setObjectName(QStringLiteral("workshopModelType"));
  modelTypeBox_->addItem(tr("each as it is"));
  for (const auto& row : weightTypeNames()) modelTypeBox_->addItem(toQString(row.label), int(row.value));
  form_->addRow(tr("Weights as"), modelTypeBox_);
  convolutionsBox_ = new QCheckBox(tr("Convolutions too"), this);
  convolutionsBox_->setChecked(true);
  form_->addRow(convolutionsBox_);
  partialBox_ = new QCheckBox(tr("Leave out what matches nothing in the model"), this);
  partialBox_->setObjectName(QStringLiteral("workshopPartial"));
  form_->addRow(partialBox_);
  connect(formBox_, &QComboBox::currentIndexChanged, this, &WorkshopWindow::propose);
  for (QComboBox* box : {typeBox_, modelTypeBox_})
    connect(box, &QComboBox::currentIndexChanged, this, &WorkshopWindow::showState);
}

QWidget* WorkshopWindow::makeResult() {
  auto* box = new QWidget(this);
  hint_ = makeLabel("workshopHint", box);
  start_ = makeButton(tr("&Start"), "workshopStart", box);
  stop_ = makeButton(tr("S&top"), "workshopStop", box);
  progress_ = new QProgressBar(box);
  progress_->setObjectName(QStringLiteral("workshopProgress"));
  state_ = makeLabel("workshopState", box);
  details_ = new QPlainTextEdit(box);
  details_->setObjectName(QStringLiteral("workshopDetails"));
  details_->setReadOnly(true);
  details_->setLineWrapMode(QPlainTextEdit::NoWrap);
  details_->setAccessibleName(tr("Details"));
  use_ = makeButton(tr("&Use in the Stack"), "workshopUse", box);
  showFolder_ = makeButton(tr("Show in &Folder"), "workshopFolder", box);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(hint_, 1);
  buttons->addWidget(start_);
  buttons->addWidget(stop_);
  auto* after = new QHBoxLayout;
  after->addStretch(1);
  after->addWidget(use_);
  after->addWidget(showFolder_);
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(0, 6, 0, 0);
  layout->addLayout(buttons);
  layout->addWidget(progress_);
  layout->addWidget(state_);
  layout->addWidget(details_, 1);
  layout->addLayout(after);
  connect(start_, &QPushButton::clicked, this, [this] { job_.start(operation(), input()); });
  connect(stop_, &QPushButton::clicked, &job_, &WorkshopJob::stop);
  connect(use_, &QPushButton::clicked, this, [this] { emit adapterWanted(written_); });
  connect(showFolder_, &QPushButton::clicked, this, [this] { emit folderWanted(written_); });
  return box;
}

const WorkshopOperation& WorkshopWindow::operation() const {
  return workshopOperations()[size_t(std::max(0, operations_->currentRow()))];
}

WorkshopInput WorkshopWindow::input() const {
  WorkshopInput input;
  input.input = toPath(inputField_->path());
  input.second = toPath(secondField_->path());
  input.base = toPath(baseField_->path());
  input.model = toPath(modelField_->path());
  input.output = toPath(outputField_->path());
  if (operation().has(W::Stack)) input.adapters = stack_();
  input.form = chosenIn<AdapterForm>(formBox_);
  input.type = chosenIn<WeightType>(typeBox_);
  input.rank = rankField_->value();
  input.energy = energyField_->value() / 100;
  input.convolutions = convolutionsBox_->isChecked();
  input.partial = partialBox_->isChecked();
  if (modelTypeBox_->currentIndex() > 0) input.modelType = WeightType(modelTypeBox_->currentData().toInt());
  if (operation().has(W::Configuration)) input.configuration = toPath(configurationField_->path());
  return input;
}

void WorkshopWindow::showOperation() {
  const WorkshopOperation& now = operation();
  explanation_->setText(translated(now.explanation));
  const std::pair<QWidget*, W::Field> rows[] = {
      {stackLabel_, W::Stack},       {inputField_, W::Input},
      {secondField_, W::Second},     {baseField_, W::Base},
      {modelField_, W::Model},       {rankField_, W::Rank},
      {energyField_, W::Rank},       {formBox_, W::Form},
      {typeBox_, W::Type},           {convolutionsBox_, W::Convolutions},
      {partialBox_, W::Partial},     {outputField_, W::Output},
      {modelTypeBox_, W::ModelType}, {configurationField_, W::Configuration},
  };
  for (const auto& [widget, field] : rows) form_->setRowVisible(widget, now.has(field));
  if (auto* label = qobject_cast<QLabel*>(form_->labelForField(inputField_)); label && now.has(W::Input))
    label->setText(translated(now.inputLabel));
  if (auto* label = qobject_cast<QLabel*>(form_->labelForField(secondField_)); label && now.has(W::Second))
    label->setText(translated(now.secondLabel));
  if (auto* label = qobject_cast<QLabel*>(form_->labelForField(baseField_)))
    label->setText(now.has(W::Stack) ? tr("Model") : tr("Model without it"));
  readStack();
}

void WorkshopWindow::readStack() {
  QStringList names;
  for (const AdapterUse& use : stack_()) names << tr("%1 at %2").arg(pathToQString(use.file.stem())).arg(use.weight);
  stackLabel_->setText(names.isEmpty() ? tr("No adapter is on") : names.join(QStringLiteral(", ")));
  propose();
}

/// A name that a person chose is left alone.
void WorkshopWindow::propose() {
  if (isProposal_) outputField_->setPath(proposedOutput(operation(), input()));
  showState();
}

void WorkshopWindow::showState() {
  const bool running = job_.isRunning();
  const QString missing = missingIn(operation(), input());
  hint_->setText(running ? QString() : missing);
  running || !missing.isEmpty() ? estimate_.cancel() : askForEstimate();
  start_->setEnabled(!running && missing.isEmpty());
  stop_->setEnabled(running);
  form_->parentWidget()->setEnabled(!running);
  operations_->setEnabled(!running);
  progress_->setVisible(running);
  if (running) {
    progress_->setRange(0, 0);
    state_->setText(tr("Reading …"));
    details_->clear();
    written_.clear();
  }
  use_->setVisible(!written_.isEmpty() && operation().has(W::Form));
  showFolder_->setVisible(!written_.isEmpty());
}

/// What it will take, or why it would be refused; it may be begun meanwhile.
void WorkshopWindow::askForEstimate() {
  if (!operation().estimate) return estimate_.cancel();
  const auto work = [estimate = operation().estimate, input = input()](const std::stop_token&) -> QString {
    try {
      const WorkshopEstimate found = estimate(input);
      return tr("%L1 modules, about %2 GB of memory; %3 GB are free")
          .arg(found.modules)
          .arg(double(found.memoryBytes) / 1e9, 0, 'f', 1)
          .arg(double(found.availableBytes) / 1e9, 0, 'f', 1);
    } catch (const std::exception& error) {
      return toQString(error.what());
    }
  };
  estimate_.ask(work, [this](const QString& sentence) { hint_->setText(sentence); });
}

void WorkshopWindow::showReport(const WorkshopReport& report) {
  written_ = report.output;
  propose();
  state_->setText(report.sentence);
  details_->setPlainText(report.details);
}

void WorkshopWindow::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) {
    close();
    return;
  }
  QWidget::keyPressEvent(event);
}

}  // namespace lorikeet
