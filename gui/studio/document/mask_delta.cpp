#include "studio/document/mask_delta.h"

#include <lorikeet/error.h>

#include <QDataStream>
#include <QIODevice>
#include <algorithm>

namespace lorikeet {
namespace {

constexpr int kFastCompression = 1;

}  // namespace

MaskDelta MaskDelta::between(const MaskImage& before, const QImage& after, const QRect& area) {
  MaskDelta delta;
  const QRect tiles = before.tilesTouching(area);
  for (int tileY = tiles.top(); tileY <= tiles.bottom(); ++tileY) {
    for (int tileX = tiles.left(); tileX <= tiles.right(); ++tileX) {
      const int tile = tileY * before.tileColumns() + tileX;
      const QRect rect = before.tileRect(tile);
      QByteArray difference(MaskImage::kTileBytes, '\0');
      for (int y = 0; y < rect.height(); ++y) {
        const uchar* oldRow = before.row(rect.top() + y) + rect.left();
        const uchar* newRow = after.constScanLine(rect.top() + y) + rect.left();
        char* out = difference.data() + y * MaskImage::kTileSide;
        for (int x = 0; x < rect.width(); ++x) out[x] = static_cast<char>(oldRow[x] ^ newRow[x]);
      }
      delta.addTile(tile, difference);
    }
  }
  return delta;
}

void MaskDelta::addTile(int tile, const QByteArray& difference) {
  const bool changed = std::any_of(difference.begin(), difference.end(), [](char byte) { return byte != 0; });
  if (!changed) return;
  tiles_.push_back(tile);
  differences_ += difference;
}

QRect MaskDelta::applyTo(MaskImage& mask) const {
  QRect changed;
  for (size_t i = 0; i < tiles_.size(); ++i) {
    if (tiles_[i] < 0 || tiles_[i] >= mask.tileCount()) {
      throw Error(ErrorKind::Corrupt, "A step of the canvas history does not fit the mask.");
    }
    const QRect rect = mask.tileRect(tiles_[i]);
    const char* difference = differences_.constData() + i * MaskImage::kTileBytes;
    for (int y = 0; y < rect.height(); ++y) {
      uchar* row = mask.row(rect.top() + y) + rect.left();
      for (int x = 0; x < rect.width(); ++x) row[x] ^= static_cast<uchar>(difference[y * MaskImage::kTileSide + x]);
    }
    mask.noteChange(rect);
    changed |= rect;
  }
  return changed;
}

QByteArray MaskDelta::toBytes() const {
  QByteArray plain;
  QDataStream stream(&plain, QIODevice::WriteOnly);
  stream << static_cast<quint32>(tiles_.size());
  for (int tile : tiles_) stream << static_cast<qint32>(tile);
  plain += differences_;
  return qCompress(plain, kFastCompression);
}

MaskDelta MaskDelta::fromBytes(const QByteArray& bytes) {
  const QByteArray plain = qUncompress(bytes);
  QDataStream stream(plain);
  quint32 count = 0;
  stream >> count;
  const qint64 listBytes = 4 + qint64(count) * 4;
  if (plain.size() != listBytes + qint64(count) * MaskImage::kTileBytes) {
    throw Error(ErrorKind::Corrupt, "A step of the canvas history is damaged.");
  }
  MaskDelta delta;
  for (quint32 i = 0; i < count; ++i) {
    qint32 tile = 0;
    stream >> tile;
    delta.tiles_.push_back(tile);
  }
  delta.differences_ = plain.mid(listBytes);
  return delta;
}

}  // namespace lorikeet
