#include "studio/commands/picture_command.h"

#include <lorikeet/error.h>

#include "studio/document/canvas_document.h"

namespace lorikeet {

PictureCommand::PictureCommand(CanvasDocument& document, const QString& text, HistoryPayloadPtr before,
                               HistoryPayloadPtr after)
    : QUndoCommand(text), document_(document), before_(std::move(before)), after_(std::move(after)) {}

void PictureCommand::undo() {
  try {
    const QImage picture = document_.pictureOf(before_);
    const MaskDelta removedMask = removedMaskOfStep(after_->bytes());
    document_.putPicture(picture, before_);
    document_.applyDelta(removedMask);
    document_.bringBackCandidates(after_);
  } catch (const Error& error) {
    document_.abandonHistory(QString::fromUtf8(error.what()));
  }
}

void PictureCommand::redo() {
  if (std::exchange(applied_, false)) return;
  try {
    document_.putPicture(document_.pictureOf(after_), after_);
  } catch (const Error& error) {
    document_.abandonHistory(QString::fromUtf8(error.what()));
  }
}

}  // namespace lorikeet
