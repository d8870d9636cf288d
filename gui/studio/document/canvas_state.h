#pragma once
#include <QImage>

#include "studio/document/history_store.h"
#include "studio/document/mask_delta.h"
#include "studio/document/mask_image.h"

namespace lorikeet {

/// What the steps of a history change: the picture, its mask of the same size, and the step that brought the picture.
struct CanvasState {
  QImage picture;
  MaskImage mask;
  HistoryPayloadPtr pictureStep;

  /// Puts another picture in place; one of another size comes with an empty mask.
  void setPicture(const QImage& next, const HistoryPayloadPtr& step);
};

/// The payload of a picture step: the picture as PNG, and what its coming removed from the mask (nothing where the
/// size stays the same). The readers throw Error(Corrupt).
QByteArray encodePictureStep(const QImage& picture, const MaskDelta& removedMask);
QImage pictureOfStep(const QByteArray& payload);
MaskDelta removedMaskOfStep(const QByteArray& payload);

/// The state after the first `count` steps. Throws what HistoryPayload::bytes() throws.
CanvasState stateAfter(const LoadedHistory& history, int count);

/// Records that recreate `state` without any step.
std::vector<HistoryRecord> baseRecords(const CanvasState& state);

/// Rewrites a history file that grew over `maxBytes` with its newest steps alone, half as many bytes. Steps before the
/// current one go first; those that can be redone stay. Returns whether it did. Throws Error(Io).
bool compactHistory(HistoryStore& store, const LoadedHistory& history, qint64 maxBytes);

}  // namespace lorikeet
