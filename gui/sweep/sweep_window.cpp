#include "sweep/sweep_window.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QStyle>
#include <QVBoxLayout>

#include "studio/jobs/convert.h"
#include "sweep/axis_editor.h"
#include "sweep/sweep_view.h"
#include "widgets/duration_text.h"

namespace lorikeet {
namespace {

QPushButton* makeButton(const QString& text, const QString& name, const QString& toolTip, QWidget* parent) {
  auto* button = new QPushButton(text, parent);
  button->setObjectName(name);
  button->setToolTip(toolTip);
  button->setAutoDefault(false);
  return button;
}

}  // namespace

SweepWindow::SweepWindow(SweepSession& session, std::function<GenerateRequest()> request, QWidget* parent)
    : QWidget(parent, Qt::Window), session_(session), request_(std::move(request)) {
  setObjectName(QStringLiteral("sweepWindow"));
  setWindowTitle(tr("Sweep"));
  view_ = new SweepView(session, this);
  auto* scroll = new QScrollArea(this);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidget(view_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(12, 10, 12, 10);
  layout->addWidget(makeSettings());
  layout->addWidget(makeProgress());
  layout->addWidget(scroll, 1);
  layout->addWidget(makeFooter());
  connect(&session_, &SweepSession::changed, this, &SweepWindow::showProgress);
  connect(&session_, &SweepSession::changed, this, &SweepWindow::showCurrent);
  connect(view_, &SweepView::currentChanged, this, &SweepWindow::showCurrent);
  connect(view_, &SweepView::activated, this, &SweepWindow::useSettings);
  if (!session_.isEmpty()) {
    x_->setAxis(session_.record().x);
    y_->setAxis(session_.record().y);
  }
  readRequest();
  showProgress();
  showCurrent();
  resize(860, 720);
}

QWidget* SweepWindow::makeSettings() {
  auto* box = new QWidget(this);
  x_ = new AxisEditor(tr("A&cross"), false, box);
  x_->setObjectName(QStringLiteral("sweepX"));
  y_ = new AxisEditor(tr("&Down"), true, box);
  y_->setObjectName(QStringLiteral("sweepY"));
  summary_ = new QLabel(box);
  summary_->setObjectName(QStringLiteral("sweepSummary"));
  summary_->setWordWrap(true);
  summary_->setTextFormat(Qt::PlainText);
  start_ = makeButton(tr("&Start"), QStringLiteral("sweepStart"),
                      tr("Put one picture for every pair of values into the queue; the settings of the main window "
                         "stay the same for all of them"),
                      box);
  auto* line = new QHBoxLayout;
  line->addWidget(summary_, 1);
  line->addWidget(start_);
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(x_);
  layout->addWidget(y_);
  layout->addLayout(line);
  connect(x_, &AxisEditor::changed, this, &SweepWindow::showPlan);
  connect(y_, &AxisEditor::changed, this, &SweepWindow::showPlan);
  connect(start_, &QPushButton::clicked, this, &SweepWindow::start);
  return box;
}

QWidget* SweepWindow::makeProgress() {
  auto* box = new QWidget(this);
  progress_ = new QProgressBar(box);
  progress_->setObjectName(QStringLiteral("sweepProgress"));
  progress_->setTextVisible(false);
  progress_->setFixedHeight(6);
  state_ = new QLabel(box);
  state_->setObjectName(QStringLiteral("sweepState"));
  state_->setProperty("role", QStringLiteral("quiet"));
  stop_ = makeButton(tr("S&top"), QStringLiteral("sweepStop"),
                     tr("Take what is not finished off the queue; finished pictures stay"), box);
  resume_ = makeButton(tr("&Resume"), QStringLiteral("sweepResume"),
                       tr("Put what is missing or failed into the queue again"), box);
  auto* layout = new QHBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(progress_, 1);
  layout->addWidget(state_);
  layout->addWidget(stop_);
  layout->addWidget(resume_);
  connect(stop_, &QPushButton::clicked, &session_, &SweepSession::stop);
  connect(resume_, &QPushButton::clicked, &session_, &SweepSession::resume);
  return box;
}

QWidget* SweepWindow::makeFooter() {
  auto* box = new QWidget(this);
  caption_ = new QLabel(box);
  caption_->setObjectName(QStringLiteral("sweepCaption"));
  caption_->setTextFormat(Qt::PlainText);
  caption_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  use_ = makeButton(tr("&Use Its Settings"), QStringLiteral("sweepUse"),
                    tr("Fill the main window with all that made the chosen picture (double click, Return)"), box);
  openGrid_ = makeButton(tr("&Open Grid"), QStringLiteral("sweepOpenGrid"),
                         tr("Show the grid picture, with its labels, in the picture viewer"), box);
  showFolder_ = makeButton(tr("Show in &Folder"), QStringLiteral("sweepFolder"),
                           tr("Open the folder that holds the pictures and their grid"), box);
  auto* layout = new QHBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(caption_, 1);
  for (QPushButton* button : {use_, openGrid_, showFolder_}) layout->addWidget(button);
  connect(use_, &QPushButton::clicked, this, &SweepWindow::useSettings);
  connect(openGrid_, &QPushButton::clicked, this, [this] { emit fileWanted(session_.record().grid); });
  connect(showFolder_, &QPushButton::clicked, this, [this] { emit folderWanted(session_.record().grid); });
  return box;
}

void SweepWindow::setPaused(bool paused) {
  isPaused_ = paused;
  showProgress();
}

void SweepWindow::readRequest() {
  const GenerateRequest request = request_();
  x_->setRequest(request);
  y_->setRequest(request);
  showPlan();
}

void SweepWindow::showPlan() {
  QString text, problem = x_->problem().isEmpty() ? y_->problem() : x_->problem();
  if (problem.isEmpty()) {
    try {
      GenerateRequest request = request_();
      request.imageCount = 1;
      const SweepPlan plan = planSweep(request, *x_->axis(), y_->axis());
      const size_t count = plan.cells.size();
      text = y_->axis()   ? tr("%1 × %2 = %3 pictures").arg(plan.columnCount()).arg(plan.rowCount()).arg(count)
             : count == 1 ? tr("1 picture")
                          : tr("%1 pictures").arg(count);
      if (const double seconds = session_.secondsOf(plan); seconds > 0) text += tr(", %1").arg(durationText(seconds));
    } catch (const Error& error) {
      problem = toQString(error.what());
    }
  }
  summary_->setText(problem.isEmpty() ? text : problem);
  summary_->setProperty("role", problem.isEmpty() ? QString() : QStringLiteral("problem"));
  style()->unpolish(summary_);  // the role's colour is looked up again
  style()->polish(summary_);
  start_->setEnabled(problem.isEmpty() && !session_.isActive());
}

void SweepWindow::showProgress() {
  const int all = int(session_.plan().cells.size()), done = session_.count(SweepCellState::Done);
  const int failed = session_.count(SweepCellState::Failed);
  const bool isActive = session_.isActive(), isEmpty = session_.isEmpty();
  for (QWidget* widget : std::initializer_list<QWidget*>{progress_, state_}) widget->setVisible(!isEmpty);
  stop_->setVisible(isActive);
  resume_->setVisible(!isEmpty && !isActive && done < all);
  openGrid_->setEnabled(!session_.record().grid.isEmpty());
  showFolder_->setEnabled(!session_.record().grid.isEmpty());
  progress_->setRange(0, std::max(all, 1));
  progress_->setValue(done);
  QStringList parts{tr("%1 of %2").arg(done).arg(all)};
  if (failed > 0) parts << tr("%1 failed").arg(failed);
  if (const double seconds = session_.secondsLeft(); isActive && seconds > 0)
    parts << tr("%1 left").arg(durationText(seconds));
  if (isActive && isPaused_) parts << tr("the queue is paused");
  state_->setText(parts.join(QStringLiteral(" · ")));
  showPlan();
}

void SweepWindow::showCurrent() {
  const int cell = view_->current();
  const bool isThere = cell >= 0 && size_t(cell) < session_.plan().cells.size();
  use_->setEnabled(isThere);
  QString text;
  if (isThere) {
    text = toQString(session_.plan().labelOf(session_.plan().cells[size_t(cell)]));
    const SweepPicture& picture = session_.picture(size_t(cell));
    if (!picture.problem.isEmpty()) text += QStringLiteral(": ") + picture.problem;
  } else if (!session_.isEmpty()) {
    text = tr("Click a picture to use its settings");
  }
  caption_->setText(text);
  caption_->setToolTip(isThere ? text : QString());
}

void SweepWindow::start() {
  if (const std::optional<SweepAxis> x = x_->axis()) emit startWanted(*x, y_->axis());
}

void SweepWindow::useSettings() {
  const int cell = view_->current();
  if (cell >= 0) emit settingsWanted(GenerateRequest(session_.plan().cells[size_t(cell)].request));
}

bool SweepWindow::event(QEvent* event) {
  if (event->type() == QEvent::WindowActivate) readRequest();
  return QWidget::event(event);
}

void SweepWindow::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) {
    close();
  } else {
    QWidget::keyPressEvent(event);
  }
}

}  // namespace lorikeet
