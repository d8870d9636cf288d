#include "canvas/canvas_actions.h"

#include <QActionGroup>
#include <QCoreApplication>

#include "canvas/paint_canvas.h"
#include "studio/document/canvas_document.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

struct Row {
  CanvasActionId id;
  const char* name;
  const char* text;
  const char* icon;
  const char* shortcuts;  ///< separated by blanks
  const char* toolTip;
};

constexpr const char* kContext = "lorikeet::CanvasActions";
using Id = CanvasActionId;

#define TEXT(text) QT_TRANSLATE_NOOP("lorikeet::CanvasActions", text)
// clang-format off
constexpr Row kRows[] = {
  {Id::Undo, "undo", TEXT("&Undo"), "undo-2", "Ctrl+Z", TEXT("Take back the last step on the canvas")},
  {Id::Redo, "redo", TEXT("&Redo"), "redo-2", "Ctrl+Shift+Z Ctrl+Y", TEXT("Do again what was taken back")},
  {Id::OpenPicture, "openPicture", TEXT("&Open Picture…"), "image-plus", "Ctrl+Shift+O",
   TEXT("Put a picture file on the canvas; dropping it there does the same")},
  {Id::PastePicture, "pastePicture", TEXT("&Paste Picture"), "clipboard-paste", "Ctrl+V",
   TEXT("Put the picture of the clipboard on the canvas")},
  {Id::Brush, "brush", TEXT("&Brush"), "brush", "B",
   TEXT("Paint the areas that will be repainted. The right button or Ctrl erases, Shift draws a straight line on from the last stroke")},
  {Id::Eraser, "eraser", TEXT("&Eraser"), "eraser", "E",
   TEXT("Take areas off the mask: they keep every pixel of the picture")},
  {Id::Lasso, "lasso", TEXT("&Lasso"), "lasso", "L",
   TEXT("Draw around an area to add it to the mask. The right button or Ctrl takes it off")},
  {Id::Rectangle, "rectangle", TEXT("Re&ctangle"), "square-dashed", "R",
   TEXT("Drag a rectangle to add it to the mask, with Shift a square. The right button or Ctrl takes it off")},
  {Id::Fill, "fill", TEXT("&Fill by Colour"), "paint-bucket", "F",
   TEXT("Click a colour of the picture to add its area to the mask. The right button or Ctrl takes it off")},
  {Id::SmallerBrush, "smallerBrush", TEXT("S&maller Brush"), "", "[", TEXT("Make the brush smaller; Ctrl+wheel does the same")},
  {Id::LargerBrush, "largerBrush", TEXT("Lar&ger Brush"), "", "]", TEXT("Make the brush larger; Ctrl+wheel does the same")},
  {Id::InvertMask, "invertMask", TEXT("&Invert Mask"), "contrast", "I",
   TEXT("Swap what is repainted and what is kept")},
  {Id::ClearMask, "clearMask", TEXT("C&lear Mask"), "trash-2", "Shift+Del", TEXT("Start over with an empty mask")},
  {Id::ReshapeMask, "reshapeMask", TEXT("&Grow, Shrink, Feather…"), "circle-dashed", "G",
   TEXT("Move the edge of the mask out or in, or soften it, and watch it on the picture")},
  {Id::Extend, "extend", TEXT("E&xtend the Picture"), "scaling", "X",
   TEXT("Show handles on the sides of the picture: drag one outward, and the new area is painted")},
  {Id::LoadMask, "loadMask", TEXT("Loa&d Mask…"), "folder-open", "",
   TEXT("Read the mask from a picture file: white is repainted, black is kept")},
  {Id::SaveMask, "saveMask", TEXT("&Save Mask…"), "save", "", TEXT("Write the mask as a grey PNG")},
  {Id::ShowMask, "showMask", TEXT("S&how Mask"), "eye", "M", TEXT("Show the mask as a coloured veil over the picture")},
  {Id::PreviousCandidate, "previousCandidate", TEXT("Previ&ous Candidate"), "chevron-left", "Left",
   TEXT("Show the candidate before this one")},
  {Id::NextCandidate, "nextCandidate", TEXT("&Next Candidate"), "chevron-right", "Right",
   TEXT("Show the candidate after this one")},
  {Id::Compare, "compare", TEXT("Co&mpare"), "square-split-horizontal", "C",
   TEXT("Drag a line over the picture: before on its left, after on its right (Shift+arrow keys move it)")},
  {Id::AcceptCandidate, "acceptCandidate", TEXT("&Accept"), "check", "Return Enter",
   TEXT("Make this candidate the picture on the canvas; undo brings the old one and the candidates back")},
  {Id::DiscardCandidates, "discardCandidates", TEXT("&Discard"), "x", "Del",
   TEXT("Keep the picture as it is and put the candidates away")},
  {Id::RotateLeft, "rotateLeft", TEXT("Turn View Le&ft"), "rotate-ccw", "4", TEXT("Turn the view, not the picture, by 15° to the left")},
  {Id::RotateRight, "rotateRight", TEXT("Turn View Righ&t"), "rotate-cw", "6", TEXT("Turn the view, not the picture, by 15° to the right")},
  {Id::ResetRotation, "resetRotation", TEXT("Straighten &View"), "", "5", TEXT("Show the picture upright again")},
};
// clang-format on
#undef TEXT

constexpr std::pair<Id, CanvasToolKind> kTools[] = {{Id::Brush, CanvasToolKind::Brush},
                                                    {Id::Eraser, CanvasToolKind::Eraser},
                                                    {Id::Lasso, CanvasToolKind::Lasso},
                                                    {Id::Rectangle, CanvasToolKind::Rectangle},
                                                    {Id::Fill, CanvasToolKind::Fill}};
constexpr double kRotationStep = 15;  // degrees

QString translated(const char* text) { return QCoreApplication::translate(kContext, text); }

/// Commands that work wherever the focus is in the canvas panel; the others have keys that lists and fields use too.
bool worksInWholePanel(Id id) {
  return id == Id::Undo || id == Id::Redo || id == Id::OpenPicture || id == Id::PastePicture;
}

}  // namespace

CanvasActions::CanvasActions(CanvasDocument& document, PaintCanvas& canvas)
    : QObject(&canvas), document_(document), canvas_(canvas) {
  makeActions();
  connectDocument();
  connectCanvas();
  updateEnabled();
  updateUndoTexts();
}

void CanvasActions::makeActions() {
  for (const Row& row : kRows) {
    auto* action = new QAction(translated(row.text), this);
    action->setObjectName(QStringLiteral("canvas.") + QLatin1String(row.name));
    if (*row.icon) action->setIcon(lineIcon(QLatin1String(row.icon)));
    QList<QKeySequence> keys;
    for (const QString& key : QString::fromLatin1(row.shortcuts).split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
      keys << QKeySequence(key);
    }
    action->setShortcuts(keys);
    action->setShortcutContext(worksInWholePanel(row.id) ? Qt::WidgetWithChildrenShortcut : Qt::WidgetShortcut);
    const QString toolTip = translated(row.toolTip);
    action->setToolTip(
        keys.isEmpty() ? toolTip : QStringLiteral("%1 (%2)").arg(toolTip, keys[0].toString(QKeySequence::NativeText)));
    actions_[row.id] = action;
    canvas_.addAction(action);
  }
}

void CanvasActions::connectDocument() {
  const auto on = [this](Id id, auto slot) { connect(actions_[id], &QAction::triggered, &document_, slot); };
  on(Id::Undo, &CanvasDocument::undo);
  on(Id::Redo, &CanvasDocument::redo);
  on(Id::InvertMask, &CanvasDocument::invertMask);
  on(Id::ClearMask, &CanvasDocument::clearMask);
  on(Id::PreviousCandidate, [this] { document_.setCandidateIndex(document_.candidateIndex() - 1); });
  on(Id::NextCandidate, [this] { document_.setCandidateIndex(document_.candidateIndex() + 1); });
  on(Id::AcceptCandidate, &CanvasDocument::acceptCandidate);
  on(Id::DiscardCandidates, &CanvasDocument::discardCandidates);
  connect(&document_, &CanvasDocument::pictureChanged, this, &CanvasActions::updateEnabled);
  connect(&document_, &CanvasDocument::candidatesChanged, this, &CanvasActions::updateEnabled);
  connect(document_.undoStack(), &QUndoStack::canUndoChanged, this, &CanvasActions::updateEnabled);
  connect(document_.undoStack(), &QUndoStack::canRedoChanged, this, &CanvasActions::updateEnabled);
  connect(document_.undoStack(), &QUndoStack::undoTextChanged, this, &CanvasActions::updateUndoTexts);
  connect(document_.undoStack(), &QUndoStack::redoTextChanged, this, &CanvasActions::updateUndoTexts);
}

void CanvasActions::connectCanvas() {
  auto* tools = new QActionGroup(this);
  for (const auto& [id, kind] : kTools) {
    actions_[id]->setCheckable(true);
    tools->addAction(actions_[id]);
    connect(actions_[id], &QAction::triggered, &canvas_, [this, tool = kind] { canvas_.setTool(tool); });
  }
  actions_[Id::ShowMask]->setCheckable(true);
  actions_[Id::Compare]->setCheckable(true);
  actions_[Id::Extend]->setCheckable(true);
  const auto followOptions = [this](const ToolOptions& options) {
    for (const auto& [id, kind] : kTools) actions_[id]->setChecked(kind == options.tool);
    actions_[Id::ShowMask]->setChecked(options.maskVisible);
  };
  followOptions(canvas_.options());
  connect(&canvas_, &PaintCanvas::optionsChanged, this, followOptions);
  connect(&canvas_, &PaintCanvas::comparingChanged, actions_[Id::Compare], &QAction::setChecked);
  connect(&canvas_, &PaintCanvas::extendingChanged, actions_[Id::Extend], &QAction::setChecked);
  const auto on = [this](Id id, auto slot) { connect(actions_[id], &QAction::triggered, &canvas_, slot); };
  on(Id::SmallerBrush, [this] { canvas_.stepBrush(-1); });
  on(Id::LargerBrush, [this] { canvas_.stepBrush(1); });
  on(Id::ShowMask, [this](bool shown) {
    ToolOptions options = canvas_.options();
    options.maskVisible = shown;
    canvas_.setOptions(options);
  });
  on(Id::Compare, &PaintCanvas::setComparing);
  on(Id::Extend, &PaintCanvas::setExtending);
  on(Id::RotateLeft, [this] { canvas_.rotateBy(-kRotationStep); });
  on(Id::RotateRight, [this] { canvas_.rotateBy(kRotationStep); });
  on(Id::ResetRotation, &PaintCanvas::resetRotation);
}

void CanvasActions::updateEnabled() {
  const bool picture = !document_.isEmpty();
  const bool candidates = !document_.candidates().isEmpty();
  for (const auto& [id, action] : actions_) action->setEnabled(picture);
  for (const Id id : {Id::OpenPicture, Id::PastePicture, Id::ShowMask}) actions_[id]->setEnabled(true);
  for (const auto& [id, kind] : kTools) actions_[id]->setEnabled(true);
  for (const Id id : {Id::Compare, Id::AcceptCandidate, Id::DiscardCandidates}) {
    actions_[id]->setEnabled(picture && candidates);
  }
  const bool several = document_.candidates().size() > 1;
  actions_[Id::PreviousCandidate]->setEnabled(several);
  actions_[Id::NextCandidate]->setEnabled(several);
  actions_[Id::Undo]->setEnabled(document_.undoStack()->canUndo());
  actions_[Id::Redo]->setEnabled(document_.undoStack()->canRedo());
}

void CanvasActions::updateUndoTexts() {
  const QUndoStack* stack = document_.undoStack();
  const QString undo = stack->undoText();
  const QString redo = stack->redoText();
  actions_[Id::Undo]->setText(undo.isEmpty() ? tr("&Undo") : tr("&Undo %1").arg(undo));
  actions_[Id::Redo]->setText(redo.isEmpty() ? tr("&Redo") : tr("&Redo %1").arg(redo));
}

}  // namespace lorikeet
