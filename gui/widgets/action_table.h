#pragma once
#include <QAction>
#include <QObject>
#include <map>

namespace lorikeet {

/// Every command of the window.
enum class ActionId {
  Generate,
  Stop,
  AddToQueue,
  PauseQueue,
  RetryFailedJobs,
  EditJob,
  SaveJob,
  CancelEditJob,
  DuplicateJob,
  RetryJob,
  RemoveJob,
  MoveJobUp,
  MoveJobDown,
  ShowSweep,
  ShowWorkshop,
  ShowTraining,
  ShowHistory,
  ComparePictures,
  UseHistorySettings,
  EditHistoryPicture,
  ShowHistoryFile,
  TrashPictures,
  UndoTrash,
  RebuildHistory,
  OpenModel,
  OpenVae,
  ChooseModelFolder,
  RescanModels,
  ShowLibrary,
  AddAdapterFolder,
  RescanAdapters,
  SavePictureAs,
  CopyPicture,
  UseSettings,
  UseSeed,
  ShowInFolder,
  RemoveResult,
  RandomSeed,
  SwapSize,
  FocusPrompt,
  FollowLive,
  ZoomIn,
  ZoomOut,
  ZoomFit,
  Zoom100,
  FullScreen,
  CreatePage,
  EditPage,
  SendToCanvas,
  PasteToCanvas,
  StartPage,
  ThemeSystem,
  ThemeLight,
  ThemeDark,
  Preferences,
  About,
  Quit
};

/// The commands as actions, made from one table of id, text, icon, shortcut and explanation. An action's objectName is
/// its name in the table. The features take from here what they need; the window connects it.
class ActionTable : public QObject {
  Q_OBJECT
 public:
  explicit ActionTable(QObject* parent = nullptr);

  QAction* operator[](ActionId id) const { return actions_.at(id); }
  void addAllTo(QWidget* window) const;

 private:
  std::map<ActionId, QAction*> actions_;
};

}  // namespace lorikeet
