#include "mainwindow/window_menus.h"

#include <QCoreApplication>
#include <QDockWidget>
#include <QMenuBar>

namespace lorikeet {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("MainWindow", text); }

}  // namespace

void buildMenus(QMenuBar& bar, const ActionTable& actions, const QList<QDockWidget*>& docks) {
  const auto add = [&](QMenu* menu, std::initializer_list<ActionId> ids) {
    for (const ActionId id : ids) menu->addAction(actions[id]);
    menu->setToolTipsVisible(true);
  };
  QMenu* file = bar.addMenu(tr("&File"));
  add(file, {ActionId::OpenModel, ActionId::OpenVae, ActionId::ChooseModelFolder, ActionId::RescanModels});
  file->addSeparator();
  add(file, {ActionId::ShowLibrary, ActionId::AddAdapterFolder, ActionId::RescanAdapters});
  add(file, {ActionId::ShowWorkshop, ActionId::ShowTraining});
  file->addSeparator();
  add(file, {ActionId::Preferences});
  file->addSeparator();
  add(file, {ActionId::Quit});
  QMenu* create = bar.addMenu(tr("&Create"));
  add(create, {ActionId::Generate, ActionId::AddToQueue, ActionId::ShowSweep, ActionId::Stop});
  create->addSeparator();
  add(create, {ActionId::PauseQueue, ActionId::RetryFailedJobs});
  create->addSeparator();
  add(create, {ActionId::FocusPrompt, ActionId::RandomSeed, ActionId::SwapSize});
  create->addSeparator();
  add(create, {ActionId::StartPage});
  QMenu* picture = bar.addMenu(tr("Pict&ure"));
  add(picture, {ActionId::UseSettings, ActionId::UseSeed});
  picture->addSeparator();
  add(picture, {ActionId::SendToCanvas, ActionId::PasteToCanvas});
  picture->addSeparator();
  add(picture, {ActionId::SavePictureAs, ActionId::CopyPicture, ActionId::ShowInFolder, ActionId::RemoveResult});
  picture->addSeparator();
  add(picture, {ActionId::ShowHistory, ActionId::ComparePictures, ActionId::UndoTrash, ActionId::RebuildHistory});
  QMenu* view = bar.addMenu(tr("&View"));
  add(view, {ActionId::CreatePage, ActionId::EditPage});
  view->addSeparator();
  add(view, {ActionId::ZoomIn, ActionId::ZoomOut, ActionId::ZoomFit, ActionId::Zoom100, ActionId::FollowLive});
  view->addSeparator();
  for (QDockWidget* dock : docks) view->addAction(dock->toggleViewAction());
  view->addSeparator();
  add(view->addMenu(tr("&Theme")), {ActionId::ThemeSystem, ActionId::ThemeLight, ActionId::ThemeDark});
  add(view, {ActionId::FullScreen});
  add(bar.addMenu(tr("&Help")), {ActionId::About});
}

}  // namespace lorikeet
