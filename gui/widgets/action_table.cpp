#include "widgets/action_table.h"

#include <QActionGroup>
#include <QCoreApplication>
#include <QWidget>

#include "widgets/icons.h"

namespace lorikeet {
namespace {

struct Row {
  ActionId id;
  const char* name;
  const char* text;
  const char* icon;
  const char* shortcuts;  ///< separated by blanks
  const char* toolTip;
};

constexpr const char* kContext = "lorikeet::ActionTable";

// clang-format off
constexpr Row kRows[] = {
  {ActionId::Generate, "generate", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Generate"), "sparkles", "Ctrl+Return Ctrl+Enter",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Make the picture that the prompt describes")},
  {ActionId::Stop, "stop", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Stop"), "square", "Esc",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Stop now; finished pictures are kept")},
  {ActionId::AddToQueue, "addToQueue", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Add to the Queue"), "list-plus", "Ctrl+Shift+Return Ctrl+Shift+Enter",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Put what the form says at the end of the queue; it is made when its turn comes")},
  {ActionId::PauseQueue, "pauseQueue", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Pause After This Job"), "pause", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Finish the running job, then make no other until this is switched off")},
  {ActionId::RetryFailedJobs, "retryFailedJobs", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Retry Failed &Jobs"), "refresh-cw", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Let every failed or stopped job wait for its turn again")},
  {ActionId::EditJob, "editJob", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Edit Job"), "pencil", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Show the marked job in the form; saving puts the changes back into the queue")},
  {ActionId::SaveJob, "saveJob", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Save to &Queue"), "check", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Put what the form says back into the job that is being edited")},
  {ActionId::CancelEditJob, "cancelEditJob", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Cancel Editing"), "x", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Leave the job as it was and show the form as it was before")},
  {ActionId::DuplicateJob, "duplicateJob", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Duplicate Job"), "copy", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Put a copy behind the marked job, to be changed")},
  {ActionId::RetryJob, "retryJob", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Retry Job"), "rotate-ccw", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Let the marked job wait for its turn again")},
  {ActionId::RemoveJob, "removeJob", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Re&move Job"), "trash-2", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Take the marked job off the queue; a running one is stopped and the next begins")},
  {ActionId::MoveJobUp, "moveJobUp", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Move Job &Up"), "arrow-up", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Make the marked job earlier (Alt+Up in the list)")},
  {ActionId::MoveJobDown, "moveJobDown", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Move Job D&own"), "arrow-down", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Make the marked job later (Alt+Down in the list)")},
  {ActionId::ShowSweep, "showSweep", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "S&weep…"), "grid-3x3", "Ctrl+Shift+W",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Make a grid of pictures over ranges of seeds, weights of adapters and other settings")},
  {ActionId::ShowWorkshop, "showWorkshop", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Workshop…"), "box", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Merge, resize, extract, convert and compare adapter files")},
  {ActionId::ShowTraining, "showTraining", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Train an Adapter…"), "wand-sparkles", "Ctrl+Shift+T",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Teach the model a style or a thing from pictures of yours, on the processor")},
  {ActionId::ShowHistory, "showHistory", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Search the &History"), "search", "Ctrl+H",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Show every picture that was ever made and search in their prompts")},
  {ActionId::ComparePictures, "comparePictures", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&View and Compare"), "columns-2", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Show up to four marked pictures side by side, and what differs between their settings (Space in the history)")},
  {ActionId::UseHistorySettings, "useHistorySettings", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Use Its Settings Again"), "rotate-ccw", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Fill the form with all that made the marked picture of the history (Return in the history)")},
  {ActionId::EditHistoryPicture, "editHistoryPicture", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Edit on the Canvas"), "image-up", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Put the marked picture of the history on the canvas, to repaint parts of it")},
  {ActionId::ShowHistoryFile, "showHistoryFile", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Show in &Folder"), "external-link", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Open the folder that holds the marked picture of the history")},
  {ActionId::TrashPictures, "trashPictures", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Move to the &Trash"), "trash-2", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Move the files of the marked pictures to the desktop's trash; this can be undone (Del in the history)")},
  {ActionId::UndoTrash, "undoTrash", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Und&o Moving to the Trash"), "undo-2", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Put the pictures back that were moved to the trash last (Ctrl+Z in the history)")},
  {ActionId::RebuildHistory, "rebuildHistory", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Read All Pictures Again"), "refresh-cw", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Make the history anew from the files in the picture folder; stars are kept")},
  {ActionId::OpenModel, "openModel", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Open Model…"), "folder-open", "Ctrl+O",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Choose a checkpoint file (.safetensors, .ckpt) to make pictures with")},
  {ActionId::OpenVae, "openVae", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Open &VAE…"), "folder-open", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Choose a VAE file that turns the model's latents into pictures, in place of its own")},
  {ActionId::ChooseModelFolder, "chooseModelFolder", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Choose Model &Folder…"), "folder-search", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "List every model of a folder in the model menu")},
  {ActionId::RescanModels, "rescanModels", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Look for New Models"), "refresh-cw", "F5",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Read the model folder again")},
  {ActionId::ShowLibrary, "showLibrary", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Search the Adapter &Library"), "search", "Ctrl+J",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Show the adapters that you have and search in their names, trigger words and notes")},
  {ActionId::AddAdapterFolder, "addAdapterFolder", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Add a Folder of Adapters…"), "folder-search", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Show the LoRA files of a folder in the library; of an installation of A1111 or ComfyUI its folders of adapters are taken")},
  {ActionId::RescanAdapters, "rescanAdapters", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Look for New A&dapters"), "refresh-cw", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Read the folders of the adapter library again")},
  {ActionId::SavePictureAs, "savePictureAs", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Save Picture As…"), "save", "Ctrl+S",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Save the shown picture as a PNG with its settings")},
  {ActionId::CopyPicture, "copyPicture", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Copy Picture"), "copy", "Ctrl+Shift+C",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Copy the shown picture to the clipboard")},
  {ActionId::UseSettings, "useSettings", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Use Its Settings"), "rotate-ccw", "Ctrl+U",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Fill the form with all that made the shown picture; generating again gives the same one")},
  {ActionId::UseSeed, "useSeed", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Use Its S&eed"), "lock", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Take only the seed of the shown picture and lock it: other settings then vary the same picture")},
  {ActionId::ShowInFolder, "showInFolder", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Show in &Folder"), "external-link", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Open the folder where the shown picture was saved")},
  {ActionId::RemoveResult, "removeResult", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Remove from the Strip"), "x", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Take the picture off the strip; its file stays")},
  {ActionId::RandomSeed, "randomSeed", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&New Seed"), "dices", "Ctrl+D",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Roll a new seed: same settings, another picture")},
  {ActionId::SwapSize, "swapSize", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "S&wap Width and Height"), "arrow-left-right", "Ctrl+Shift+X",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Turn a portrait format into a landscape one and back")},
  {ActionId::FocusPrompt, "focusPrompt", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Edit &Prompt"), "square-pen", "Ctrl+L",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Go to the prompt and select it")},
  {ActionId::FollowLive, "followLive", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Show the Picture as It &Forms"), "image", "Ctrl+Shift+L",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Keep the canvas on the running job; clicking an older result switches it off")},
  {ActionId::ZoomIn, "zoomIn", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Zoom &In"), "zoom-in", "Ctrl++ Ctrl+=",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Show the picture larger")},
  {ActionId::ZoomOut, "zoomOut", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Zoom &Out"), "zoom-out", "Ctrl+-",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Show the picture smaller")},
  {ActionId::ZoomFit, "zoomFit", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Fit to Window"), "expand", "Ctrl+0",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Show the whole picture")},
  {ActionId::Zoom100, "zoom100", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Actual Size"), "scan", "Ctrl+1",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Show one picture pixel as one pixel of the screen")},
  {ActionId::FullScreen, "fullScreen", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "F&ull Screen"), "fullscreen", "F11",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Use the whole screen for the window")},
  {ActionId::CreatePage, "createPage", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "C&reate"), "sparkles", "Alt+1",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Make pictures from words alone")},
  {ActionId::EditPage, "editPage", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "E&dit"), "brush", "Alt+2",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Change a picture: paint what to repaint, extend it, compare what comes of it")},
  {ActionId::SendToCanvas, "sendToCanvas", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Edit on the Canvas"), "image-up", "Ctrl+E",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Put the shown picture on the canvas, to repaint parts of it")},
  {ActionId::PasteToCanvas, "pasteToCanvas", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Paste onto the Canvas"), "clipboard-paste", "Ctrl+Shift+V",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Put the picture of the clipboard on the canvas")},
  {ActionId::StartPage, "startPage", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Examples"), "house", "Alt+Home",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Show the page with example prompts")},
  {ActionId::ThemeSystem, "themeSystem", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "As the &System"), "sun-moon", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Light or dark as the desktop is")},
  {ActionId::ThemeLight, "themeLight", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Light"), "sun", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Dark text on a light window")},
  {ActionId::ThemeDark, "themeDark", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Dark"), "moon", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Light text on a dark window, so that pictures stand out")},
  {ActionId::Preferences, "preferences", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Preferences…"), "settings", "Ctrl+,",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Folders, saving, theme and threads")},
  {ActionId::About, "about", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&About Lorikeet"), "info", "",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Version and licences")},
  {ActionId::Quit, "quit", QT_TRANSLATE_NOOP("lorikeet::ActionTable", "&Quit"), "log-out", "Ctrl+Q",
   QT_TRANSLATE_NOOP("lorikeet::ActionTable", "Stop what runs, keep the form and close the window")},
};
// clang-format on

constexpr ActionId kCheckable[] = {ActionId::PauseQueue, ActionId::CreatePage, ActionId::EditPage,
                                   ActionId::FollowLive, ActionId::FullScreen, ActionId::ThemeSystem,
                                   ActionId::ThemeLight, ActionId::ThemeDark};

QList<QKeySequence> shortcutsOf(const Row& row) {
  QList<QKeySequence> keys;
  const QStringList names = QString::fromLatin1(row.shortcuts).split(QLatin1Char(' '), Qt::SkipEmptyParts);
  for (const QString& name : names) keys << QKeySequence(name);
  return keys;
}

QString toolTipOf(const QString& text, const QList<QKeySequence>& keys) {
  if (keys.isEmpty()) return text;
  return QStringLiteral("%1 (%2)").arg(text, keys.front().toString(QKeySequence::NativeText));
}

}  // namespace

ActionTable::ActionTable(QObject* parent) : QObject(parent) {
  for (const Row& row : kRows) {
    auto* action =
        new QAction(lineIcon(QLatin1String(row.icon)), QCoreApplication::translate(kContext, row.text), this);
    const QString toolTip = QCoreApplication::translate(kContext, row.toolTip);
    action->setObjectName(QLatin1String(row.name));
    action->setShortcuts(shortcutsOf(row));
    action->setToolTip(toolTipOf(toolTip, action->shortcuts()));
    actions_[row.id] = action;
  }
  for (const ActionId id : kCheckable) actions_[id]->setCheckable(true);
  for (const auto& choice : std::initializer_list<std::initializer_list<ActionId>>{
           {ActionId::ThemeSystem, ActionId::ThemeLight, ActionId::ThemeDark},
           {ActionId::CreatePage, ActionId::EditPage}}) {
    auto* group = new QActionGroup(this);
    for (const ActionId id : choice) group->addAction(actions_[id]);
  }
}

void ActionTable::addAllTo(QWidget* window) const {
  for (const auto& [id, action] : actions_) window->addAction(action);
}

}  // namespace lorikeet
