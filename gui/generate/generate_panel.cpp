#include "generate/generate_panel.h"

#include <QSignalBlocker>

#include "generate/prompt_edit.h"
#include "generate/prompt_options_button.h"
#include "studio/jobs/convert.h"
#include "studio/library/prompt_library.h"
#include "ui_generate_panel.h"
#include "widgets/enum_box.h"

namespace lorikeet {
GeneratePanel::GeneratePanel(QWidget* parent)
    : QWidget(parent), ui_(std::make_unique<Ui::GeneratePanel>()), promptOptions_(new PromptOptionsButton(this)) {
  ui_->setupUi(this);
  setUpPrompts();
  fillChoices();
  setUpRanges();
  setRequest(GenerateRequest());
  connectChanges();
}

GeneratePanel::~GeneratePanel() = default;

GenerateRequest GeneratePanel::request() const {
  GenerateRequest request = rest_;
  request.prompt = ui_->promptField->text().toStdString();
  request.negativePrompt = ui_->negativeField->text().toStdString();
  // A template belongs to the text that was chosen from it.
  if (request.prompt != rest_.prompt) request.prompting.promptTemplate.clear();
  if (request.negativePrompt != rest_.negativePrompt) request.prompting.negativeTemplate.clear();
  request.prompting.emphasis = promptOptions_->emphasis();
  request.prompting.choices = promptOptions_->choices();
  if (library_) {
    request.prompting.wildcardFolder = toPath(library_->folders().wildcards);
    request.prompting.embeddingFolder = toPath(library_->folders().embeddings);
    request.prompting.adapterFolders.clear();
    for (const QString& folder : library_->folders().adapters)
      request.prompting.adapterFolders.push_back(toPath(folder));
  }
  request.width = ui_->sizeField->size().width();
  request.height = ui_->sizeField->size().height();
  request.steps = int(ui_->stepsField->value());
  request.guidanceScale = ui_->guidanceField->value();
  request.sampler = chosenIn<Sampler>(ui_->samplerBox);
  request.schedule = chosenIn<Schedule>(ui_->scheduleBox);
  request.seed = ui_->seedField->seed();
  request.imageCount = ui_->countField->value();
  ui_->secondPassSection->fill(request);
  ui_->samplingSection->fill(request);
  ui_->shortcutSection->fill(request);
  return request;
}

void GeneratePanel::setRequest(const GenerateRequest& request) {
  const GenerateRequest before = this->request();
  {
    const QSignalBlocker quiet(this);
    rest_ = request;
    ui_->promptField->setText(toQString(request.prompt));
    ui_->negativeField->setText(toQString(request.negativePrompt));
    promptOptions_->setEmphasis(request.prompting.emphasis);
    promptOptions_->setChoices(request.prompting.choices);
    const QSize size(request.width, request.height);
    ui_->sizeField->setSize(size.isEmpty() ? ui_->sizeField->nativeSize() : size);
    ui_->stepsField->setValue(request.steps);
    ui_->guidanceField->setValue(request.guidanceScale);
    chooseIn(ui_->samplerBox, request.sampler);
    chooseIn(ui_->scheduleBox, request.schedule);
    ui_->seedField->setSeed(request.seed);
    ui_->countField->setValue(request.imageCount);
    ui_->secondPassSection->showRequest(request);
    ui_->samplingSection->showRequest(request);
    ui_->shortcutSection->showRequest(request);
  }
  if (this->request() != before) emit changed();
}

GenerateRequest GeneratePanel::nextRequest() {
  if (!isSeedLocked()) rollSeed();
  return request();
}

bool GeneratePanel::isSeedLocked() const { return ui_->seedField->isLocked(); }

void GeneratePanel::setSeedLocked(bool locked) { ui_->seedField->setLocked(locked); }

void GeneratePanel::setSeed(quint64 seed) { ui_->seedField->setSeed(seed); }

void GeneratePanel::setModel(const ModelEntry& model) {
  rest_.model = toPath(model.path);
  ui_->sizeField->setNativeSize(model.nativeSize);
  emit changed();
}

void GeneratePanel::setVae(const QString& file) {
  if (rest_.vae == toPath(file)) return;
  rest_.vae = toPath(file);
  emit changed();
}

void GeneratePanel::setPrecision(Precision precision) {
  if (rest_.precision == precision) return;
  rest_.precision = precision;
  emit changed();
}

void GeneratePanel::setLibrary(PromptLibrary& library) {
  library_ = &library;
  for (PromptField* field : {ui_->promptField, ui_->negativeField}) field->setLibrary(library);
  connect(&library, &PromptLibrary::changed, this, &GeneratePanel::readPrompts);
  readPrompts();
}

void GeneratePanel::setSpelling(SpellChecker& spelling) {
  for (PromptField* field : {ui_->promptField, ui_->negativeField}) field->setSpelling(spelling);
}

void GeneratePanel::setUpscalers(NetworkLibrary& upscalers) { ui_->secondPassSection->setUpscalers(upscalers); }

void GeneratePanel::useUpscaler(const QString& file) { ui_->secondPassSection->useUpscaler(file); }

void GeneratePanel::addPromptTool(QWidget* tool) { ui_->promptField->addTool(tool); }

void GeneratePanel::rollSeed() { ui_->seedField->roll(); }

void GeneratePanel::swapSize() { ui_->sizeField->swap(); }

void GeneratePanel::focusPrompt() {
  ui_->promptField->edit()->setFocus(Qt::ShortcutFocusReason);
  ui_->promptField->edit()->selectAll();
}

void GeneratePanel::insertWord(const QString& word) { ui_->promptField->edit()->insertWord(word); }

void GeneratePanel::fillChoices() {
  fillBox(ui_->samplerBox, samplerNames());
  fillBox(ui_->scheduleBox, scheduleNames());
  for (QComboBox* box : {ui_->samplerBox, ui_->scheduleBox}) box->setFocusPolicy(Qt::StrongFocus);
}

void GeneratePanel::setUpRanges() {
  ui_->stepsField->setRange({1, 60, 1, 20, 0});
  ui_->stepsField->setTypedRange(1, 1000);
  ui_->stepsField->setToolTips(
      tr("How often the picture is refined. Each step takes the same time; from about 25 on little changes"));
  ui_->guidanceField->setRange({1, 20, 0.5, 7.5, 1});
  ui_->guidanceField->setTypedRange(0, 100);
  ui_->guidanceField->setToolTips(
      tr("How closely the picture follows the prompt: low is free and soft, high is literal and hard. "
         "At 1 the negative prompt is not used and a step takes half the time"));
}

void GeneratePanel::setUpPrompts() {
  ui_->promptField->setRole(PromptRole::Positive);
  ui_->negativeField->setRole(PromptRole::Negative);
  ui_->promptField->addTool(promptOptions_);
}

void GeneratePanel::readPrompts() {
  const GenerateRequest now = request();
  for (PromptField* field : {ui_->promptField, ui_->negativeField}) field->setContext(now);
}

void GeneratePanel::connectChanges() {
  connect(this, &GeneratePanel::changed, this, &GeneratePanel::readPrompts);
  for (PromptField* field : {ui_->promptField, ui_->negativeField})
    connect(field, &PromptField::changed, this, &GeneratePanel::changed);
  connect(promptOptions_, &PromptOptionsButton::changed, this, &GeneratePanel::changed);
  for (SliderField* field : {ui_->stepsField, ui_->guidanceField})
    connect(field, &SliderField::valueChanged, this, &GeneratePanel::changed);
  for (QComboBox* box : {ui_->samplerBox, ui_->scheduleBox})
    connect(box, &QComboBox::currentIndexChanged, this, &GeneratePanel::changed);
  connect(ui_->sizeField, &SizeField::sizeChanged, this, &GeneratePanel::changed);
  connect(ui_->secondPassSection, &RequestSection::changed, this, &GeneratePanel::changed);
  connect(ui_->samplingSection, &RequestSection::changed, this, &GeneratePanel::changed);
  connect(ui_->shortcutSection, &RequestSection::changed, this, &GeneratePanel::changed);
  connect(ui_->seedField, &SeedField::changed, this, &GeneratePanel::changed);
  connect(ui_->countField, &QSpinBox::valueChanged, this, &GeneratePanel::changed);
}

}  // namespace lorikeet
