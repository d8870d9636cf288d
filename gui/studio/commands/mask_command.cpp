#include "studio/commands/mask_command.h"

#include <lorikeet/error.h>

#include "studio/document/canvas_document.h"

namespace lorikeet {

MaskCommand::MaskCommand(CanvasDocument& document, const QString& text, HistoryPayloadPtr delta)
    : QUndoCommand(text), document_(document), delta_(std::move(delta)) {}

void MaskCommand::undo() { apply(); }

void MaskCommand::redo() {
  if (!applied_) apply();
  applied_ = false;  // QUndoStack::push() calls redo() once for what is already there
}

void MaskCommand::apply() {
  applied_ = false;
  try {
    document_.applyDelta(document_.deltaOf(delta_));
  } catch (const Error& error) {
    document_.abandonHistory(QString::fromUtf8(error.what()));
  }
}

}  // namespace lorikeet
