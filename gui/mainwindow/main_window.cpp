#include "mainwindow/main_window.h"

#include <QCloseEvent>
#include <QDockWidget>
#include <QLabel>
#include <QMenuBar>
#include <QScreen>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTimer>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "adapters/adapter_panel.h"
#include "canvas/canvas_panel.h"
#include "canvas/canvas_view.h"
#include "canvas/edit_panel.h"
#include "canvas/paint_canvas.h"
#include "control/control_panel.h"
#include "gallery/result_strip.h"
#include "generate/generate_panel.h"
#include "generate/model_menu.h"
#include "history/history_panel.h"
#include "library/library_panel.h"
#include "mainwindow/about_box.h"
#include "mainwindow/canvas_controller.h"
#include "mainwindow/control_controller.h"
#include "mainwindow/dock_title.h"
#include "mainwindow/history_controller.h"
#include "mainwindow/library_controller.h"
#include "mainwindow/memory_controller.h"
#include "mainwindow/model_controller.h"
#include "mainwindow/picture_commands.h"
#include "mainwindow/preset_menu.h"
#include "mainwindow/prompt_controller.h"
#include "mainwindow/queue_controller.h"
#include "mainwindow/request_composer.h"
#include "mainwindow/session_controller.h"
#include "mainwindow/settings_controller.h"
#include "mainwindow/stack_controller.h"
#include "mainwindow/status_line.h"
#include "mainwindow/sweep_controller.h"
#include "mainwindow/theme_controller.h"
#include "mainwindow/training_controller.h"
#include "mainwindow/vae_controller.h"
#include "mainwindow/window_drops.h"
#include "mainwindow/window_menus.h"
#include "mainwindow/workshop_controller.h"
#include "mainwindow/zoom_controller.h"
#include "preferences/preferences_dialog.h"
#include "queue/queue_panel.h"
#include "start/start_page.h"
#include "widgets/action_button.h"
#include "widgets/column_scroll_area.h"
#include "widgets/icons.h"
#include "widgets/message_bar.h"
#include "widgets/task_bar.h"

namespace lorikeet {
namespace {

constexpr int kLayoutVersion = 4;  ///< raised when docks change, so that an old arrangement is not forced on them

QWidget* makeStretch(QWidget* parent) {
  auto* stretch = new QWidget(parent);
  stretch->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  return stretch;
}

}  // namespace

MainWindow::MainWindow(Studio& studio) : studio_(studio), actions_(this) {
  setObjectName(QStringLiteral("mainWindow"));
  setWindowTitle(QStringLiteral("Lorikeet"));
  setWindowIcon(applicationIcon());
  setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
  actions_.addAllTo(this);
  buildCentre();
  buildDocks();
  status_ = new StatusLine(this);
  statusBar()->addWidget(status_, 1);
  statusBar()->setSizeGripEnabled(false);
  request_ = std::make_unique<RequestComposer>(studio_, *form_);
  session_ = new SessionController(studio_, actions_, {request_.get(), canvas_, strip_, status_, messages_}, this);
  queue_ = new QueueController(studio_, actions_, *request_, *queuePanel_, *messages_, this);
  new PromptController(studio_, *form_, *messages_, this);
  new SweepController(studio_, actions_, *request_, *messages_, this);
  new WorkshopController(studio_, actions_, *messages_, this);
  new TrainingController(studio_, actions_, *messages_, this);
  new PictureCommands(studio_, actions_, *session_, *form_, *request_, this);
  stack_->connectTo(*form_, *request_, *session_);
  new WindowDrops(studio_, *messages_, this);
  buildEditing();
  buildHistory();
  buildLibrary();
  buildMenus(*menuBar(), actions_, docks_);
  buildToolBar();
  new ModelController(studio_, actions_, {form_, messages_}, this);
  connectForm();
  connectView();
  new ThemeController(studio_.settings, actions_, this);
  request_->add(*editing_);  // after the form was restored: canvas and control units keep their own
  request_->add(*control_);
  editing_->restore();
  restoreLayout();
  connect(queue_, &QueueController::panelWanted, queueDock_, &QDockWidget::raise);
  QTimer::singleShot(0, queue_, &QueueController::open);
  QTimer::singleShot(0, history_, &HistoryController::open);
}

MainWindow::~MainWindow() = default;

void MainWindow::openModel(const QString& path) { studio_.models.setCurrent(path); }

void MainWindow::generate(const GenerateRequest& request) {
  request_->show(request);
  session_->generate();
}

void MainWindow::showStartPage() { pages_->setCurrentWidget(start_); }

void MainWindow::showCanvas() { pages_->setCurrentWidget(canvas_); }

void MainWindow::editPicture(const QString& file) { editing_->openPicture(file); }

void MainWindow::closeEvent(QCloseEvent* event) {
  request_->remember();
  studio_.settings.setWindowLayout({saveGeometry(), saveState(kLayoutVersion)});
  hide();  // gone at once; the engine needs up to 0.2 s to let go
  showTaskBarProgress(-1);
  studio_.shutDown();
  event->accept();
}

void MainWindow::buildCentre() {
  auto* centre = new QWidget(this);
  messages_ = new MessageBar(centre);
  pages_ = new QStackedWidget(centre);
  pages_->setObjectName(QStringLiteral("pages"));
  pages_->setMinimumSize(320, 200);  // the canvas' tool strips would otherwise make a small window impossible
  start_ = new StartPage(loadExamples(), pages_);
  canvas_ = new CanvasView(pages_);
  canvas_->setObjectName(QStringLiteral("canvas"));
  canvas_->setHint(tr("No picture yet"), tr("Write a prompt and press Ctrl+Enter"));
  pages_->addWidget(start_);
  pages_->addWidget(canvas_);
  auto* layout = new QVBoxLayout(centre);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(messages_);
  layout->addWidget(pages_, 1);
  setCentralWidget(centre);
}

QDockWidget* MainWindow::addDockFor(QWidget* content, const QString& name, const QString& title,
                                    Qt::DockWidgetArea area) {
  auto* dock = new QDockWidget(title, this);
  dock->setObjectName(name);
  dock->setWidget(content);
  dock->setTitleBarWidget(new DockTitle(dock));
  addDockWidget(area, dock);
  docks_ << dock;
  return dock;
}

void MainWindow::buildDocks() {
  setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
  setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
  form_ = new GeneratePanel;
  auto* scroll = new ColumnScrollArea(form_);
  QDockWidget* formDock =
      addDockFor(scroll, QStringLiteral("formDock"), tr("Prompt and Parameters"), Qt::LeftDockWidgetArea);
  strip_ = new ResultStrip(studio_.results, actions_);
  stripDock_ = addDockFor(strip_, QStringLiteral("stripDock"), tr("Pictures"), Qt::BottomDockWidgetArea);
  queuePanel_ = new QueuePanel(studio_.queue, actions_);
  queueDock_ = addDockFor(queuePanel_, QStringLiteral("queueDock"), tr("Queue"), Qt::BottomDockWidgetArea);
  tabifyDockWidget(stripDock_, queueDock_);
  stripDock_->raise();
  stack_ = new StackController(studio_, this);
  QDockWidget* stackDock =
      addDockFor(stack_->panel(), QStringLiteral("stackDock"), tr("LoRA Stack"), Qt::RightDockWidgetArea);
  connect(stack_, &StackController::shown, stackDock, [stackDock] {
    stackDock->show();
    stackDock->raise();
  });
  constexpr int kFormWidth = 330;
  constexpr int kStackWidth = 320;
  constexpr int kStripHeight = 156;
  resizeDocks({formDock, stackDock}, {kFormWidth, kStackWidth}, Qt::Horizontal);
  resizeDocks({stripDock_}, {kStripHeight}, Qt::Vertical);
}

void MainWindow::buildEditing() {
  editing_ = new CanvasController(studio_, actions_, {pages_, form_, session_, messages_}, this);
  QDockWidget* dock = addDockFor(new ColumnScrollArea(&editing_->panel()), QStringLiteral("editDock"), tr("Edit"),
                                 Qt::RightDockWidgetArea);
  connect(editing_, &CanvasController::editingChanged, dock, [dock](bool editing) {
    if (editing) dock->raise();
  });
  control_ = new ControlController(studio_, {form_, editing_, session_, messages_}, this);
  QDockWidget* controlDock = addDockFor(new ColumnScrollArea(&control_->panel()), QStringLiteral("controlDock"),
                                        tr("Control"), Qt::RightDockWidgetArea);
  tabifyDockWidget(dock, controlDock);
  dock->raise();
  connect(control_, &ControlController::panelUsed, controlDock, [controlDock] {
    controlDock->show();
    controlDock->raise();
  });
  auto* presets = new PresetMenu(*form_, editing_->panel(), control_->panel(), this);
  editing_->panel().setPresetMenu(presets);
  control_->panel().setPresetMenu(presets);
  zoom_ = new ZoomController(actions_, {canvas_, &editing_->page().canvas()}, this);
  connect(editing_, &CanvasController::editingChanged, zoom_, &ZoomController::follow);
}

void MainWindow::buildHistory() {
  auto* settings = new SettingsController(studio_, {request_.get(), editing_, messages_}, this);
  history_ = new HistoryController(studio_, actions_, {request_.get(), editing_, messages_, settings}, this);
  QDockWidget* dock =
      addDockFor(&history_->panel(), QStringLiteral("historyDock"), tr("History"), Qt::BottomDockWidgetArea);
  tabifyDockWidget(queueDock_, dock);
  stripDock_->raise();
  connect(history_, &HistoryController::panelWanted, dock, [dock] {
    dock->show();
    dock->raise();
  });
}

void MainWindow::buildLibrary() {
  auto* library = new LibraryController(studio_, actions_, {form_, stack_, messages_}, this);
  QDockWidget* dock =
      addDockFor(&library->panel(), QStringLiteral("libraryDock"), tr("Library"), Qt::RightDockWidgetArea);
  auto* stackDock = findChild<QDockWidget*>(QStringLiteral("stackDock"));
  tabifyDockWidget(stackDock, dock);
  stackDock->raise();
  connect(library, &LibraryController::panelWanted, dock, [dock] {
    dock->show();
    dock->raise();
  });
}

void MainWindow::buildToolBar() {
  auto* bar = new QToolBar(tr("Tool Bar"), this);
  bar->setObjectName(QStringLiteral("toolBar"));
  bar->setMovable(false);
  bar->setIconSize({18, 18});
  auto* models = new ModelMenu(studio_.models, actions_, bar);
  bar->addWidget(models);
  new VaeController(studio_, actions_, {form_, models, messages_}, this);
  new MemoryController(studio_, *request_, {form_, models, status_, messages_}, this);
  bar->addAction(actions_[ActionId::StartPage]);
  for (const ActionId id : {ActionId::CreatePage, ActionId::EditPage}) {
    bar->addAction(actions_[id]);
    auto* button = qobject_cast<QToolButton*>(bar->widgetForAction(actions_[id]));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setProperty("role", "page");
  }
  bar->addWidget(makeStretch(bar));
  for (const ActionId id : {ActionId::ZoomOut, ActionId::Zoom100, ActionId::ZoomIn, ActionId::ZoomFit})
    bar->addAction(actions_[id]);
  zoom_->showOn(qobject_cast<QToolButton*>(bar->widgetForAction(actions_[ActionId::Zoom100])));
  bar->addWidget(makeStretch(bar));
  bar->addWidget(new ActionButton(actions_[ActionId::Stop], {}, bar));
  bar->addWidget(new ActionButton(actions_[ActionId::Generate], accentIcon(QStringLiteral("sparkles")), bar));
  addToolBar(bar);
}

void MainWindow::connectForm() {
  request_->restore();
  connect(form_, &GeneratePanel::changed, this, [this] { request_->remember(); });
  connect(actions_[ActionId::RandomSeed], &QAction::triggered, form_, &GeneratePanel::rollSeed);
  connect(actions_[ActionId::SwapSize], &QAction::triggered, form_, &GeneratePanel::swapSize);
  connect(actions_[ActionId::FocusPrompt], &QAction::triggered, form_, &GeneratePanel::focusPrompt);
  connect(start_, &StartPage::chosen, this, [this](const Example& example) { generate(example.request); });
  connect(session_, &SessionController::canvasUsed, this, &MainWindow::showCanvas);
  connect(session_, &SessionController::shareChanged, this, &MainWindow::showShare);
}

void MainWindow::connectView() {
  connect(actions_[ActionId::StartPage], &QAction::triggered, this, &MainWindow::showStartPage);
  connect(actions_[ActionId::FullScreen], &QAction::toggled, this,
          [this](bool full) { full ? showFullScreen() : showNormal(); });
  connect(actions_[ActionId::Preferences], &QAction::triggered, this, &MainWindow::showPreferences);
  connect(actions_[ActionId::About], &QAction::triggered, this, [this] { showAboutBox(this); });
  connect(actions_[ActionId::Quit], &QAction::triggered, this, &MainWindow::close);
}

void MainWindow::restoreLayout() {
  const WindowLayout layout = studio_.settings.windowLayout();
  if (layout.geometry.isEmpty() || !restoreGeometry(layout.geometry)) {
    const QSize available = screen()->availableSize();
    resize(QSize(1280, 800).boundedTo(available));
  }
  restoreState(layout.docks, kLayoutVersion);
}

void MainWindow::showShare(double share) {
  showTaskBarProgress(share);
  setWindowTitle(share < 0 ? QStringLiteral("Lorikeet") : tr("%1 % – Lorikeet").arg(int(share * 100)));
}

void MainWindow::showPreferences() {
  if (!preferences_) {
    preferences_ = new PreferencesDialog(studio_.settings, studio_.spelling, this);
    preferences_->setAttribute(Qt::WA_DeleteOnClose);
  }
  preferences_->QDialog::show();
  preferences_->raise();
  preferences_->activateWindow();
}

}  // namespace lorikeet
