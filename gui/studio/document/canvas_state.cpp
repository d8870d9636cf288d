#include "studio/document/canvas_state.h"

#include <lorikeet/error.h>

#include <QBuffer>
#include <QDataStream>

namespace lorikeet {
namespace {

constexpr int kFastPng = 85;  // Qt's quality that means zlib level 1

HistoryRecord record(HistoryKind kind, QSize size, HistoryPayload::Encoder encoder) {
  HistoryRecord made;
  made.kind = kind;
  made.size = size;
  made.payload = std::make_shared<HistoryPayload>(std::move(encoder));
  return made;
}

void apply(CanvasState& state, const HistoryRecord& step) {
  switch (step.kind) {
    case HistoryKind::Picture:
    case HistoryKind::BasePicture:
      if (step.size != state.mask.size()) state.mask = MaskImage(step.size);
      state.pictureStep = step.payload;
      return;
    case HistoryKind::Mask:
    case HistoryKind::BaseMask:
      MaskDelta::fromBytes(step.payload->bytes()).applyTo(state.mask);
      return;
    case HistoryKind::Index:
      return;
  }
}

}  // namespace

void CanvasState::setPicture(const QImage& next, const HistoryPayloadPtr& step) {
  picture = next;
  pictureStep = step;
  if (mask.size() != next.size()) mask = next.isNull() ? MaskImage() : MaskImage(next.size());
}

QByteArray encodePictureStep(const QImage& picture, const MaskDelta& removedMask) {
  QBuffer png;
  png.open(QIODevice::WriteOnly);
  picture.save(&png, "png", kFastPng);
  QByteArray payload;
  QDataStream stream(&payload, QIODevice::WriteOnly);
  stream << removedMask.toBytes() << png.data();
  return payload;
}

QImage pictureOfStep(const QByteArray& payload) {
  QByteArray removedMask;
  QByteArray png;
  QDataStream stream(payload);
  stream >> removedMask >> png;
  const QImage picture = QImage::fromData(png, "png");
  if (picture.isNull()) throw Error(ErrorKind::Corrupt, "A picture of the canvas history cannot be read.");
  return picture.convertToFormat(picture.hasAlphaChannel() ? QImage::Format_ARGB32 : QImage::Format_RGB32);
}

MaskDelta removedMaskOfStep(const QByteArray& payload) {
  QByteArray removedMask;
  QDataStream stream(payload);
  stream >> removedMask;
  return MaskDelta::fromBytes(removedMask);
}

CanvasState stateAfter(const LoadedHistory& history, int count) {
  CanvasState state;
  for (const HistoryRecord& base : history.base) apply(state, base);
  for (int i = 0; i < count; ++i) apply(state, history.steps[i]);
  if (state.pictureStep) state.picture = pictureOfStep(state.pictureStep->bytes());
  return state;
}

std::vector<HistoryRecord> baseRecords(const CanvasState& state) {
  std::vector<HistoryRecord> records;
  if (state.picture.isNull()) return records;
  const QSize size = state.picture.size();
  records.push_back(record(HistoryKind::BasePicture, size,
                           [picture = state.picture] { return encodePictureStep(picture, MaskDelta()); }));
  const MaskDelta painted = MaskDelta::between(MaskImage(size), state.mask.image(), state.mask.bounds());
  records.push_back(record(HistoryKind::BaseMask, size, [painted] { return painted.toBytes(); }));
  return records;
}

bool compactHistory(HistoryStore& store, const LoadedHistory& history, qint64 maxBytes) {
  if (store.byteSize() <= maxBytes) return false;
  int first = static_cast<int>(history.steps.size());
  qint64 kept = 0;
  while (first > 0) {
    kept += history.steps[first - 1].payload->bytes().size();
    if (first <= history.index && kept > maxBytes / 2) break;
    --first;
  }
  std::vector<HistoryRecord> records = baseRecords(stateAfter(history, first));
  records.insert(records.end(), history.steps.begin() + first, history.steps.end());
  HistoryRecord index;
  index.kind = HistoryKind::Index;
  index.index = history.index - first;
  records.push_back(index);
  store.rewrite(records);
  return true;
}

}  // namespace lorikeet
