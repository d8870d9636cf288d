#pragma once
#include <QUndoCommand>

#include "studio/document/history_payload.h"

namespace lorikeet {

class CanvasDocument;

/// A step that changed the mask: a stroke, a shape, an inversion. Made after the change was applied.
class MaskCommand : public QUndoCommand {
 public:
  MaskCommand(CanvasDocument& document, const QString& text, HistoryPayloadPtr delta);
  void undo() override;
  void redo() override;

 private:
  void apply();

  CanvasDocument& document_;
  HistoryPayloadPtr delta_;
  bool applied_ = true;
};

}  // namespace lorikeet
