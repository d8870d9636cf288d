#pragma once
#include <QMainWindow>
#include <QPointer>
#include <memory>

#include "studio/studio.h"
#include "widgets/action_table.h"

class QDockWidget;
class QStackedWidget;

namespace lorikeet {

class CanvasController;
class CanvasView;
class ControlController;
class GeneratePanel;
class HistoryController;
class MessageBar;
class PictureCommands;
class PreferencesDialog;
class QueueController;
class QueuePanel;
class RequestComposer;
class ResultStrip;
class SessionController;
class StackController;
class StartPage;
class StatusLine;
class ZoomController;

/// The window: assembles docks, menus and tool bar around the canvas and keeps its geometry. What they do is in the
/// features and in SessionController.
class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  explicit MainWindow(Studio& studio);
  ~MainWindow() override;

 public slots:
  void openModel(const QString& path);
  /// Fills the form and begins, as a click on an example does.
  void generate(const GenerateRequest& request);
  void showStartPage();
  void showCanvas();
  /// Puts a picture file on the canvas of the Edit page.
  void editPicture(const QString& file);

 protected:
  void closeEvent(QCloseEvent* event) override;

 private:
  void buildCentre();
  QDockWidget* addDockFor(QWidget* content, const QString& name, const QString& title, Qt::DockWidgetArea area);
  void buildDocks();
  void buildEditing();
  void buildHistory();
  void buildLibrary();
  void buildToolBar();
  void connectForm();
  void connectView();
  void restoreLayout();
  void showShare(double share);
  void showPreferences();

  Studio& studio_;
  ActionTable actions_;
  QStackedWidget* pages_ = nullptr;
  StartPage* start_ = nullptr;
  CanvasView* canvas_ = nullptr;
  MessageBar* messages_ = nullptr;
  GeneratePanel* form_ = nullptr;
  ResultStrip* strip_ = nullptr;
  StatusLine* status_ = nullptr;
  QueuePanel* queuePanel_ = nullptr;
  QDockWidget* stripDock_ = nullptr;
  QDockWidget* queueDock_ = nullptr;
  std::unique_ptr<RequestComposer> request_;
  SessionController* session_ = nullptr;
  QueueController* queue_ = nullptr;
  StackController* stack_ = nullptr;
  HistoryController* history_ = nullptr;
  CanvasController* editing_ = nullptr;
  ControlController* control_ = nullptr;
  ZoomController* zoom_ = nullptr;
  QList<QDockWidget*> docks_;
  QPointer<PreferencesDialog> preferences_;
};

}  // namespace lorikeet
