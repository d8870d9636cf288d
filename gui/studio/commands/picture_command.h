#pragma once
#include <QUndoCommand>

#include "studio/document/history_payload.h"

namespace lorikeet {

class CanvasDocument;

/// A step that brought another picture (and, if the size changed, took the mask away). Made after it was applied.
class PictureCommand : public QUndoCommand {
 public:
  /// before: the step that brought the earlier picture; null where the canvas was empty.
  PictureCommand(CanvasDocument& document, const QString& text, HistoryPayloadPtr before, HistoryPayloadPtr after);
  void undo() override;
  void redo() override;

 private:
  CanvasDocument& document_;
  HistoryPayloadPtr before_;
  HistoryPayloadPtr after_;
  bool applied_ = true;
};

}  // namespace lorikeet
