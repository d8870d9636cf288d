#pragma once
#include <QAction>
#include <QObject>
#include <map>

namespace lorikeet {

class CanvasDocument;
class PaintCanvas;

/// Every command of the canvas.
enum class CanvasActionId {
  Undo,
  Redo,
  OpenPicture,
  PastePicture,
  Brush,
  Eraser,
  Lasso,
  Rectangle,
  Fill,
  SmallerBrush,
  LargerBrush,
  InvertMask,
  ClearMask,
  ReshapeMask,
  Extend,
  LoadMask,
  SaveMask,
  ShowMask,
  PreviousCandidate,
  NextCandidate,
  Compare,
  AcceptCandidate,
  DiscardCandidates,
  RotateLeft,
  RotateRight,
  ResetRotation,
};

/// The commands as actions from one table of id, name, text, icon, shortcut and explanation, enabled as the document
/// allows. Those with plain keys work while the canvas has the focus. What needs a dialog (open, load, save, reshape)
/// is connected by the panel; everything else here. objectName is the name in the table, "canvas." in front.
class CanvasActions : public QObject {
  Q_OBJECT
 public:
  CanvasActions(CanvasDocument& document, PaintCanvas& canvas);

  QAction* operator[](CanvasActionId id) const { return actions_.at(id); }

 private:
  void makeActions();
  void connectDocument();
  void connectCanvas();
  void updateEnabled();
  void updateUndoTexts();

  CanvasDocument& document_;
  PaintCanvas& canvas_;
  std::map<CanvasActionId, QAction*> actions_;
};

}  // namespace lorikeet
