#include "training/training_window.h"

#include <lorikeet/error.h>

#include <QDragEnterEvent>
#include <QFileInfo>
#include <QFrame>
#include <QKeyEvent>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QStyle>
#include <QVBoxLayout>

#include "studio/jobs/convert.h"
#include "training/loss_curve.h"
#include "training/sample_strip.h"
#include "training/training_form.h"
#include "training/training_text.h"
#include "widgets/column_scroll_area.h"

namespace lorikeet {
namespace {

using RunState = TrainingSession::State;

QPushButton* makeTrainingButton(const QString& text, const char* name, const QString& toolTip, QWidget* parent) {
  auto* button = new QPushButton(text, parent);
  button->setObjectName(QLatin1String(name));
  button->setToolTip(toolTip);
  button->setAutoDefault(false);
  return button;
}

QLabel* makeTrainingLabel(const char* name, QWidget* parent) {
  auto* label = new QLabel(parent);
  label->setObjectName(QLatin1String(name));
  label->setWordWrap(true);
  label->setTextFormat(Qt::PlainText);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  return label;
}

QLabel* makeTrainingHeading(const QString& text, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setProperty("role", QStringLiteral("section"));
  return label;
}

void setTrainingRole(QWidget* widget, const char* role) {
  widget->setProperty("role", QLatin1String(role));
  widget->style()->unpolish(widget);  // the role's colour is looked up again
  widget->style()->polish(widget);
}

/// The folder that a drag brings, or that its first file lies in; empty: it brings none.
QString draggedFolder(const QMimeData* data) {
  for (const QUrl& url : data->urls()) {
    const QFileInfo file(url.toLocalFile());
    if (url.isLocalFile() && file.exists()) return file.isDir() ? file.filePath() : file.absolutePath();
  }
  return {};
}

}  // namespace

TrainingWindow::TrainingWindow(TrainingSession& session, Settings& settings, const QString& outputFolder,
                               QWidget* parent)
    : QWidget(parent, Qt::Window), session_(session), settings_(settings), outputFolder_(outputFolder) {
  setObjectName(QStringLiteral("trainingWindow"));
  setWindowTitle(tr("Train an Adapter"));
  setAcceptDrops(true);
  auto* splitter = new QSplitter(this);
  splitter->addWidget(makeLeft());
  splitter->addWidget(makeRight());
  splitter->setStretchFactor(1, 1);
  splitter->setChildrenCollapsible(false);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(splitter);
  connectSession();
  restore();
  resize(1080, 760);
}

TrainingWindow::~TrainingWindow() = default;

QWidget* TrainingWindow::makeLeft() {
  form_ = new TrainingForm(outputFolder_, this);
  auto* scroll = new ColumnScrollArea(form_, this);
  connect(form_, &TrainingForm::changed, this, [this] {
    keep();
    showUnfinished();
    askForEstimate();
  });
  connect(form_, &TrainingForm::exampleWanted, this, &TrainingWindow::fillExample);
  return scroll;
}

QWidget* TrainingWindow::makeRight() {
  auto* box = new QWidget(this);
  plan_ = makeTrainingLabel("trainingPlan", box);
  details_ = new QPlainTextEdit(box);
  details_->setObjectName(QStringLiteral("trainingDetails"));
  details_->setAccessibleName(tr("Details"));
  details_->setReadOnly(true);
  details_->setFixedHeight(6 * details_->fontMetrics().lineSpacing());
  progress_ = new QProgressBar(box);
  progress_->setObjectName(QStringLiteral("trainingProgress"));
  progress_->setTextVisible(false);
  state_ = makeTrainingLabel("trainingState", box);
  curve_ = new LossCurve(box);
  curve_->setObjectName(QStringLiteral("trainingCurve"));
  samples_ = new SampleStrip(box);
  samples_->setObjectName(QStringLiteral("trainingSamples"));
  connect(samples_, &SampleStrip::fileWanted, this, &TrainingWindow::fileWanted);
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(12, 10, 12, 10);
  layout->addWidget(makeUnfinishedBar());
  layout->addWidget(plan_);
  layout->addWidget(details_);
  layout->addWidget(makeButtons());
  layout->addWidget(progress_);
  layout->addWidget(state_);
  layout->addWidget(makeTrainingHeading(tr("Loss"), box));
  layout->addWidget(curve_, 3);
  layout->addWidget(makeTrainingHeading(tr("Samples"), box));
  layout->addWidget(samples_, 2);
  layout->addWidget(makeFooter());
  return box;
}

QWidget* TrainingWindow::makeUnfinishedBar() {
  unfinishedBar_ = new QFrame(this);
  unfinishedBar_->setObjectName(QStringLiteral("trainingUnfinished"));
  unfinishedText_ = makeTrainingLabel("trainingUnfinishedText", unfinishedBar_);
  auto* resume = makeTrainingButton(tr("&Resume"), "trainingResume",
                                    tr("Goes on where it was stopped, with the same result as if it never had been"),
                                    unfinishedBar_);
  itsSettings_ = makeTrainingButton(tr("&Its Settings"), "trainingItsSettings",
                                    tr("Shows in the form what it was begun with"), unfinishedBar_);
  auto* discard = makeTrainingButton(tr("Disc&ard"), "trainingDiscard",
                                     tr("Deletes what it has learned, to begin anew"), unfinishedBar_);
  auto* layout = new QHBoxLayout(unfinishedBar_);
  layout->addWidget(unfinishedText_, 1);
  for (QPushButton* button : {resume, itsSettings_, discard}) layout->addWidget(button);
  connect(resume, &QPushButton::clicked, this, &TrainingWindow::resume);
  connect(itsSettings_, &QPushButton::clicked, this, [this] {
    form_->showSetup(unfinished_->setup);
    keep();
    showUnfinished();
    askForEstimate();
  });
  connect(discard, &QPushButton::clicked, this, [this] {
    session_.discard(unfinished_->setup.request.output);
    askForEstimate();
  });
  return unfinishedBar_;
}

QWidget* TrainingWindow::makeButtons() {
  auto* box = new QWidget(this);
  start_ = makeTrainingButton(tr("&Start"), "trainingStart", tr("Begins to learn"), box);
  pause_ = makeTrainingButton(tr("&Pause"), "trainingPause",
                              tr("Gives the processor back at once, and keeps everything in memory"), box);
  pause_->setCheckable(true);
  stop_ = makeTrainingButton(tr("S&top"), "trainingStop",
                             tr("Stops at once and keeps what was learned on disk, to be resumed"), box);
  auto* layout = new QHBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addStretch(1);
  for (QPushButton* button : {start_, pause_, stop_}) layout->addWidget(button);
  connect(start_, &QPushButton::clicked, this, &TrainingWindow::start);
  connect(pause_, &QPushButton::toggled, &session_, &TrainingSession::setPaused);
  connect(stop_, &QPushButton::clicked, &session_, &TrainingSession::stop);
  return box;
}

QWidget* TrainingWindow::makeFooter() {
  auto* box = new QWidget(this);
  use_ = makeTrainingButton(tr("Add to Stac&k"), "trainingUse", tr("Uses what was learned in the main window"), box);
  showFolder_ = makeTrainingButton(tr("Show in &Folder"), "trainingFolderButton",
                                   tr("Opens the folder that holds the result"), box);
  auto* layout = new QHBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addStretch(1);
  layout->addWidget(use_);
  layout->addWidget(showFolder_);
  connect(use_, &QPushButton::clicked, this, [this] { emit resultWanted(session_.report().output); });
  connect(showFolder_, &QPushButton::clicked, this, [this] { emit folderWanted(session_.report().output); });
  return box;
}

void TrainingWindow::connectSession() {
  connect(&estimator_, &TrainingEstimator::answered, this, &TrainingWindow::showForecast);
  connect(&session_, &TrainingSession::stateChanged, this, &TrainingWindow::showState);
  connect(&session_, &TrainingSession::progressed, this, &TrainingWindow::showProgress);
  connect(&session_, &TrainingSession::samplesChanged, this, [this] { samples_->setSamples(session_.samples()); });
  connect(&session_, &TrainingSession::previewed, this, [this] { samples_->setPreview(session_.preview()); });
  connect(&session_, &TrainingSession::finished, this, [this](const TrainingReport& report) {
    if (report.status == Status::Done && !report.failed) form_->proposeOutput();
    keep();
    if (!report.failed) return askForEstimate();
    showPlan(report.sentence, "problem", report.details);
    canStart_ = true;  // the reason may be gone
    showState();
  });
}

/// The form as it was left, or that of the training which runs.
void TrainingWindow::restore() {
  const QByteArray kept = settings_.trainingSetup();
  TrainingSetup setup = trainingSetupFromJson(kept);
  if (kept.isEmpty()) {
    setup.request.sampleEvery = 50;
    setup.request.steps = 500;
  }
  if (session_.isRunning()) setup = session_.setup();
  form_->showSetup(setup);
  samples_->setSamples(session_.samples());
  showState();
  showProgress();
}

void TrainingWindow::setModel(const QString& path, const QString& name, QSize nativeSize) {
  form_->setNativeSize(nativeSize);
  model_ = toPath(path);
  modelName_ = name;
  showState();
  askForEstimate();
}

TrainingSetup TrainingWindow::setup() const {
  TrainingSetup setup = form_->setup();
  setup.request.model = model_;
  return setup;
}

void TrainingWindow::keep() { settings_.setTrainingSetup(toJson(form_->setup())); }

void TrainingWindow::askForEstimate() {
  canStart_ = false;
  start_->setEnabled(false);
  if (session_.isRunning()) return estimator_.cancel();
  const TrainingSetup wanted = setup();
  if (wanted.request.data.folder.empty()) {
    estimator_.cancel();
    return showPlan(tr("Choose a folder of pictures, or drop one here. Around 20 pictures are enough for a style."),
                    "quiet");
  }
  showPlan(tr("Looking at the pictures …"), "quiet");
  estimator_.ask(requestOf(wanted));
}

void TrainingWindow::showForecast(const TrainingForecast& forecast) {
  if (session_.isRunning()) return;
  canStart_ = forecast.problem.isEmpty();
  if (canStart_)
    showPlan(describe(forecast.estimate), forecast.estimate.warnings.empty() ? "" : "warning");
  else
    showPlan(forecast.problem, "problem", forecast.details);
  showState();
}

void TrainingWindow::showPlan(const QString& text, const char* role, const QString& details) {
  plan_->setText(text);
  setTrainingRole(plan_, role);
  details_->setPlainText(details);
  details_->setVisible(details.contains(QLatin1Char('\n')));
}

/// What lies beside the output that the form names comes first, then what was begun last.
void TrainingWindow::showUnfinished() {
  unfinished_.reset();
  if (!session_.isRunning()) {
    const std::optional<UnfinishedTraining> begun = session_.unfinished();
    TrainingSetup setup = form_->setup();
    try {
      if (const auto saved = findSavedTraining(setup.request.output)) unfinished_ = {setup, saved->steps};
    } catch (const Error&) {  // no state of ours: the estimate or the start tells
    }
    if (begun && (!unfinished_ || begun->setup.request.output == setup.request.output)) unfinished_ = begun;
  }
  unfinishedBar_->setVisible(unfinished_.has_value());
  if (!unfinished_) return;
  unfinishedText_->setText(tr("“%1” was stopped at step %L2 of %L3.")
                               .arg(unfinished_->name())
                               .arg(unfinished_->steps)
                               .arg(unfinished_->setup.request.steps));
  itsSettings_->setVisible(toJson(unfinished_->setup) != toJson(setup()));
}

void TrainingWindow::showState() {
  const RunState state = session_.state();
  const bool isRunning = session_.isRunning();
  form_->setEnabled(!isRunning);
  form_->setModelName(isRunning ? pathToQString(session_.setup().request.model.stem()) : modelName_);
  if (isRunning && session_.setup().request.model.empty()) form_->setModelName(modelName_);
  showUnfinished();
  const bool isTaken = unfinished_ && unfinished_->setup.request.output == form_->setup().request.output;
  start_->setEnabled(!isRunning && canStart_ && !isTaken);
  pause_->setEnabled(isRunning && state != RunState::Stopping);
  pause_->setChecked(state == RunState::Paused);
  pause_->setText(state == RunState::Paused ? tr("&Go On") : tr("&Pause"));
  stop_->setEnabled(isRunning && state != RunState::Stopping);
  const QString output = session_.report().output;
  use_->setVisible(!isRunning && !output.isEmpty());
  use_->setText(session_.setup().request.kind == TrainingKind::Lora ? tr("Add to Stac&k") : tr("Use in Pro&mpts"));
  showFolder_->setVisible(use_->isVisibleTo(this));
  if (isRunning) {
    estimator_.cancel();
    canStart_ = false;
  }
  showProgress();
}

void TrainingWindow::showProgress() {
  if (session_.isRunning() && session_.plan().pictures > 0 && !showsRunningPlan_) {
    showPlan(describe(session_.plan()), "");
    showsRunningPlan_ = true;
  }
  showsRunningPlan_ = showsRunningPlan_ && session_.isRunning();
  const TrainingProgress& progress = session_.progress();
  const bool isRunning = session_.isRunning();
  progress_->setVisible(isRunning);
  const bool isPreparing = progress.stage == TrainingStage::Loading;
  progress_->setRange(0, isPreparing ? 0 : std::max(1, progress.total));
  progress_->setValue(progress.done);
  state_->setText(describe(session_));
  state_->setVisible(!state_->text().isEmpty());
  curve_->setLosses(session_.losses());
}

void TrainingWindow::start() {
  keep();
  session_.start(setup());
}

/// Of a training that the form does not show, its own settings are taken; else the form's, so that steps and samples
/// may be changed.
void TrainingWindow::resume() {
  TrainingSetup wanted = setup();
  if (wanted.request.output != unfinished_->setup.request.output) {
    wanted = unfinished_->setup;
    form_->showSetup(wanted);
  }
  if (session_.unfinished() && session_.unfinished()->setup.request.output == wanted.request.output)
    wanted.request.model = unfinished_->setup.request.model;
  keep();
  session_.resume(wanted);
}

void TrainingWindow::fillExample() {
  const TrainingSetup example = exampleTraining();
  form_->showSetup(example);
  keep();
  showUnfinished();
  askForEstimate();
}

void TrainingWindow::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) {
    close();
    return;
  }
  QWidget::keyPressEvent(event);
}

void TrainingWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (!session_.isRunning() && !draggedFolder(event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void TrainingWindow::dropEvent(QDropEvent* event) {
  const QString folder = draggedFolder(event->mimeData());
  if (session_.isRunning() || folder.isEmpty()) return;
  event->acceptProposedAction();
  form_->usePictures(folder);
}

}  // namespace lorikeet
