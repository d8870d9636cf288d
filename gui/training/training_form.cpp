#include "training/training_form.h"

#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "training/setup_fields.h"
#include "widgets/section.h"

namespace lorikeet {
namespace {

using PathKind = PathField::Kind;

QFormLayout* makeTrainingRows(QWidget* box) {
  auto* rows = new QFormLayout(box);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  return rows;
}

void addTrainingHeading(QFormLayout* rows, const QString& text) {
  constexpr int kSpaceAbove = 10;
  auto* heading = new QLabel(text);
  heading->setProperty("role", QStringLiteral("section"));
  if (rows->rowCount() > 0) heading->setContentsMargins(0, kSpaceAbove, 0, 0);
  rows->addRow(heading);
}

QString plainFolderName(const QString& folder) {
  QString name = QFileInfo(QDir::cleanPath(folder)).fileName();
  return name.replace(QLatin1Char(' '), QLatin1Char('-'));
}

}  // namespace

TrainingForm::TrainingForm(const QString& outputFolder, QWidget* parent)
    : QWidget(parent), outputFolder_(outputFolder), fields_(new SetupFields(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(12, 10, 12, 10);
  layout->setSpacing(14);
  auto* rows = new QWidget(this);
  fields_->into(makeTrainingRows(rows));
  addPictureFields();
  addMethodFields();
  addStepFields();
  addSampleFields();
  layout->addWidget(rows);
  layout->addWidget(makeDetails());
  layout->addStretch(1);
  connect(fields_, &SetupFields::changed, this, [this] {
    follow();
    emit changed();
  });
  connect(folder_, &PathField::pathChanged, this, [this] {  // a name that a person chose is left alone
    if (!isProposal_ || fields_->isShowing()) return;
    proposeOutput();
    emit changed();
  });
  connect(output_, &PathField::pathEdited, this, [this](const QString& path) { isProposal_ = path.isEmpty(); });
}

void TrainingForm::addPictureFields() {
  addTrainingHeading(fields_->rows(), tr("Pictures to learn from"));
  folder_ = fields_->addPath(
      {tr("&Folder"), "trainingFolder",
       tr("A folder of pictures, each with what it shows in NAME.txt beside it; or of folders "
          "called 10_a red fox, as kohya's scripts read them. Drop it anywhere on this form.")},
      PathKind::Folder, {}, [](auto& s) -> auto& { return s.request.data.folder; });
  auto* example = new QPushButton(tr("Fill in the &Example"), this);
  example->setObjectName(QStringLiteral("trainingExample"));
  example->setToolTip(
      tr("20 pictures in a night style that come with Lorikeet, and settings that teach the starter "
         "model this style in minutes"));
  example->setVisible(!exampleTraining().request.data.folder.empty());
  fields_->rows()->addRow(QString(), example);
  connect(example, &QPushButton::clicked, this, &TrainingForm::exampleWanted);
  loraRows_.push_back(fields_->addLine(
      {tr("&Trigger word"), "trainingTrigger",
       tr("A word that brings out what was learned: it is put before captions that do "
          "not hold it, and shown with the adapter. May be empty")},
      [](auto& s) -> auto& { return s.request.data.trigger; }));
  inversionRows_.push_back(fields_->addLine(
      {tr("&Word"), "trainingWord",
       tr("What prompts will call it, such as <my-cat>; captions should name it, "
          "pictures without a caption do")},
      [](auto& s) -> auto& { return s.request.word; }));
  fields_->addLine(
      {tr("&Caption"), "trainingCaption", tr("What pictures without a caption of their own show")},
      [](auto& s) -> auto& { return s.request.data.caption; });
  const QString size =
      tr("Pictures are scaled to cover this size and cut; the model's own size learns best, a smaller "
         "one takes less time and memory");
  width_ = fields_->addCount(
      {tr("Width"), "trainingWidth", size}, 0, 2048, [](auto& s) -> auto& { return s.request.data.width; });
  height_ = fields_->addCount(
      {tr("Height"), "trainingHeight", size}, 0, 2048, [](auto& s) -> auto& { return s.request.data.height; });
  for (QSpinBox* side : {width_, height_}) side->setSingleStep(64);
  fields_->addCount(
      {tr("Repeats"), "trainingRepeats",
       tr("How often an epoch shows a picture; folders called 10_a red fox say so themselves")},
      1, 100000, [](auto& s) -> auto& { return s.request.data.repeats; });
  fields_->addCheck(
      {tr("&Mirror half of them"), "trainingFlip",
       tr("Shows each picture mirrored half of the time; not for what has a left and a right, such as "
          "writing")},
      [](auto& s) -> auto& { return s.request.data.flip; });
  fields_->addCheck(
      {tr("Cut at random p&laces"), "trainingRandomCrop",
       tr("Cuts what does not fit the size at random instead of in the middle")},
      [](auto& s) -> auto& { return s.request.data.randomCrop; });
}

void TrainingForm::addMethodFields() {
  addTrainingHeading(fields_->rows(), tr("What is learned"));
  model_ = new QLabel(this);
  model_->setObjectName(QStringLiteral("trainingModel"));
  model_->setTextFormat(Qt::PlainText);
  model_->setToolTip(tr("The model that is chosen in the main window; the adapter will be for it"));
  fields_->rows()->addRow(tr("Model"), model_);
  fields_->addChoice(
      {tr("&Kind"), "trainingKind",
       tr("A LoRA changes layers of the model and learns styles and things; a textual inversion only "
          "finds vectors for a new word")},
      trainingKindNames(), [](auto& s) -> auto& { return s.request.kind; });
  loraRows_.push_back(fields_->addChoice(
      {tr("La&yers"), "trainingLayers",
       tr("Which layers get a LoRA: more of them learn more, take longer and make a larger file")},
      trainedLayersNames(), [](auto& s) -> auto& { return s.request.layers; }));
  loraRows_.push_back(fields_->addCount(
      {tr("&Rank"), "trainingRank", tr("How much a LoRA can hold: 4 to 32 are usual; it decides the size of the file")},
      1, 1024, [](auto& s) -> auto& { return s.request.rank; }));
  auto* alpha = fields_->addNumber(
      {tr("&Alpha"), "trainingAlpha", tr("The LoRA counts alpha / rank; half of the rank learns half as fast")}, 0,
      16384, [](auto& s) -> auto& { return s.request.alpha; });
  alpha->setSpecialValueText(tr("as the rank"));
  loraRows_.push_back(alpha);
  loraRows_.push_back(fields_->addCheck(
      {tr("Text enc&oder too"), "trainingTextEncoder",
       tr("Gives the text encoder a LoRA as well: helps with new words, and captions are encoded anew at every step")},
      [](auto& s) -> auto& { return s.request.trainsTextEncoder; }));
  inversionRows_.push_back(fields_->addLine(
      {tr("Starts from"), "trainingInitial", tr("A word that is near to what is learned, such as cat")},
      [](auto& s) -> auto& { return s.request.initialText; }));
  inversionRows_.push_back(fields_->addCount(
      {tr("Vectors"), "trainingVectors", tr("How many tokens of the prompt the word stands for")}, 1, 32,
      [](auto& s) -> auto& { return s.request.vectorCount; }));
  output_ = fields_->addPath(
      {tr("Write to"), "trainingOutput", tr("The file that will hold what was learned")}, PathKind::NewFile,
      tr("Adapters (*.safetensors)"), [](auto& s) -> auto& { return s.request.output; });
}

void TrainingForm::addStepFields() {
  addTrainingHeading(fields_->rows(), tr("How it is learned"));
  fields_->addCount(
      {tr("Ste&ps"), "trainingSteps", tr("How often the trained values are changed")}, 1, 1'000'000,
      [](auto& s) -> auto& { return s.request.steps; });
  fields_->addNumber(
      {tr("Learning r&ate"), "trainingRate",
       tr("How far a step goes: 0.0001 is usual, up to 0.001 for small models and few steps; 0.005 for a "
          "textual inversion")},
      1e-9, 10, [](auto& s) -> auto& { return s.request.learningRate; });
  fields_->addChoice(
      {tr("Sche&dule"), "trainingSchedule", tr("How the learning rate goes on over the steps")}, rateScheduleNames(),
      [](auto& s) -> auto& { return s.request.schedule; });
  fields_->addCount(
      {tr("Warm-up"), "trainingWarmup", tr("Steps in which the learning rate rises to its full value")}, 0, 100000,
      [](auto& s) -> auto& { return s.request.warmupSteps; });
  fields_->addCount(
      {tr("&Batch"), "trainingBatch",
       tr("Pictures that a step learns from together: a calmer curve, at the cost of time and memory")},
      1, 64, [](auto& s) -> auto& { return s.request.batchSize; });
}

void TrainingForm::addSampleFields() {
  addTrainingHeading(fields_->rows(), tr("Samples"));
  auto* every = fields_->addCount(
      {tr("E&very"), "trainingSampleEvery",
       tr("Steps between pictures that show what was learned so far; they are kept in a "
          "folder beside the result")},
      0, 1'000'000, [](auto& s) -> auto& { return s.request.sampleEvery; });
  every->setSpecialValueText(tr("none"));
  every->setSuffix(tr(" steps"));
  auto* prompts = fields_->addText(
      {tr("Prompts"), "trainingSamplePrompts", tr("What they show, one prompt a line")},
      [](auto& s) -> auto& { return s.samplePrompts; });
  prompts->setPlaceholderText(tr("the trigger word, or the caption"));
  prompts->setFixedHeight(3 * prompts->fontMetrics().lineSpacing() + 14);
  sampleRows_.push_back(prompts);
  sampleRows_.push_back(fields_->addCount(
      {tr("Steps of each"), "trainingSampleSteps", tr("Denoising steps of a sample: more look better and take longer")},
      1, 150, [](auto& s) -> auto& { return s.sampleSteps; }));
}

QWidget* TrainingForm::makeDetails() {
  details_ = new Section(tr("Details"), this);
  auto* box = new QWidget(details_);
  fields_->into(makeTrainingRows(box));
  addDetailFields();
  details_->setContent(box);
  return details_;
}

void TrainingForm::addDetailFields() {
  auto* configuration = fields_->addPath(
      {tr("Configuration"), "trainingConfiguration",
       tr("lora_wrapper's file (JSON) that says which layers get a LoRA, with rank and scale of each; without it the "
          "fields above count")},
      PathKind::File, tr("Configurations (*.json)"), [](auto& s) -> auto& { return s.request.configuration; });
  loraRows_.push_back(configuration);
  fields_->addNumber(
      {tr("Without caption"), "trainingDropout",
       tr("Share of pictures that are shown without their caption, so that the style takes to all "
          "prompts; 5 to 10 % are usual")},
      0, 1, [](auto& s) -> auto& { return s.request.data.captionDropout; }, true);
  fields_->addNumber(
      {tr("Noise offset"), "trainingNoiseOffset",
       tr("Lets the model learn very dark and very light pictures: 0.05 to 0.1 are usual")},
      0, 1, [](auto& s) -> auto& { return s.request.noiseOffset; });
  fields_->addNumber(
      {tr("Min-SNR"), "trainingMinSnr",
       tr("Lets steps with little noise count less, so that training is steadier: 5 is usual, 0 is off")},
      0, 1000, [](auto& s) -> auto& { return s.request.minSnr; });
  fields_->addNumber(
      {tr("Weight decay"), "trainingDecay", tr("How much the trained values are pulled to zero")}, 0, 1,
      [](auto& s) -> auto& { return s.request.weightDecay; });
  fields_->addNumber(
      {tr("Gradient limit"), "trainingLimit",
       tr("Largest norm of a step's gradients, so that one odd picture spoils nothing; 0 is none")},
      0, 1e6, [](auto& s) -> auto& { return s.request.gradientLimit; });
  fields_->addCount(
      {tr("Batches a step"), "trainingAccumulation",
       tr("Batches that are computed one after the other for one step: as a larger batch without its "
          "memory")},
      1, 1024, [](auto& s) -> auto& { return s.request.accumulation; });
  fields_->addCount(
      {tr("CLIP skip"), "trainingClipSkip", tr("Layer of the text encoder that counts, from the end")}, 1, 12,
      [](auto& s) -> auto& { return s.request.clipSkip; });
  fields_->addChoice(
      {tr("Save memory"), "trainingCheckpointing",
       tr("Computes parts of the network twice: much less memory, a third more time, same result")},
      checkpointingNames(), [](auto& s) -> auto& { return s.request.checkpointing; });
  fields_->addChoice(
      {tr("Numbers as"), "trainingType", tr("In which type the file holds what was learned")}, weightTypeNames(),
      [](auto& s) -> auto& { return s.request.type; });
  fields_->addCount(
      {tr("Seed"), "trainingSeed", tr("Of all that is drawn: the same seed gives the same result")}, 0,
      std::numeric_limits<int>::max(), [](auto& s) -> auto& { return s.request.seed; });
  auto* every = fields_->addCount(
      {tr("Save state every"), "trainingSaveEvery",
       tr("Steps after which what was learned is put on disk, so that a crash costs no "
          "more than these")},
      0, 1'000'000, [](auto& s) -> auto& { return s.request.saveEvery; });
  every->setSpecialValueText(tr("only when stopped"));
  every->setSuffix(tr(" steps"));
  fields_->addNumber(
      {tr("Guidance of samples"), "trainingSampleGuidance", tr("How closely samples follow their prompts")}, 0, 30,
      [](auto& s) -> auto& { return s.sampleGuidance; });
  fields_->addCount(
      {tr("Seed of samples"), "trainingSampleSeed", tr("The same for all of them, so that they show what changes")}, 0,
      std::numeric_limits<int>::max(), [](auto& s) -> auto& { return s.sampleSeed; });
  fields_->addCheck(
      {tr("Wait while pictures are made"), "trainingYields",
       tr("Pictures that you make meanwhile get the whole processor, and training goes on after them; "
          "otherwise both share it")},
      [](auto& s) -> auto& { return s.yieldsToPictures; });
}

TrainingSetup TrainingForm::setup() const {
  TrainingSetup setup;
  fields_->write(setup);
  return setup;
}

void TrainingForm::showSetup(const TrainingSetup& setup) {
  fields_->show(setup);
  isProposal_ = setup.request.output.empty();
  if (isProposal_) proposeOutput();
  follow();
}

void TrainingForm::setModelName(const QString& name) { model_->setText(name); }

void TrainingForm::setNativeSize(QSize size) {
  width_->setSpecialValueText(tr("%1 (the model's)").arg(size.width()));
  height_->setSpecialValueText(tr("%1 (the model's)").arg(size.height()));
}

void TrainingForm::usePictures(const QString& folder) { folder_->setPath(folder); }

void TrainingForm::proposeOutput() {
  isProposal_ = true;
  const QString name = plainFolderName(folder_->path());
  QString path;
  for (int number = 1; !name.isEmpty() && (path.isEmpty() || QFileInfo::exists(path)); ++number)
    path = QStringLiteral("%1/%2%3.safetensors")
               .arg(outputFolder_, name, number == 1 ? QString() : QStringLiteral("-%1").arg(number));
  const QSignalBlocker quiet(fields_);
  output_->setPath(path);
}

void TrainingForm::follow() {
  const TrainingSetup now = setup();
  const bool isLora = now.request.kind == TrainingKind::Lora;
  for (QWidget* field : loraRows_) fields_->setRowVisible(field, isLora);
  for (QWidget* field : inversionRows_) fields_->setRowVisible(field, !isLora);
  for (QWidget* field : sampleRows_) fields_->setRowVisible(field, now.request.sampleEvery > 0);
  details_->setSummary(detailsOf(now.request));
}

QString TrainingForm::detailsOf(const TrainingRequest& request) {
  const TrainingRequest usual;
  QStringList different;
  const auto differs = [&](bool isDifferent, const QString& text) {
    if (isDifferent) different << text;
  };
  differs(!request.configuration.empty(), tr("configuration"));
  differs(request.data.captionDropout > 0, tr("%1 % without caption").arg(100 * request.data.captionDropout));
  differs(request.noiseOffset > 0, tr("noise offset"));
  differs(request.minSnr > 0, tr("min-SNR"));
  differs(request.weightDecay != usual.weightDecay, tr("weight decay"));
  differs(request.gradientLimit != usual.gradientLimit, tr("gradient limit"));
  differs(request.accumulation > 1, tr("%1 batches a step").arg(request.accumulation));
  differs(request.clipSkip > 1, tr("CLIP skip %1").arg(request.clipSkip));
  differs(request.checkpointing != usual.checkpointing, tr("memory"));
  differs(request.seed != usual.seed, tr("seed %1").arg(request.seed));
  return different.join(QStringLiteral(" · "));
}

}  // namespace lorikeet
