#include "studio/document/mask_delta.h"

#include <lorikeet/error.h>

#include <QDataStream>
#include <QIODevice>
#include <algorithm>
#include <cstring>

namespace lorikeet {
namespace {

constexpr int kFastCompression = 1;

/// out = a ^ b; whether any byte of it is not 0.
bool xorRow(const uchar* __restrict a, const uchar* __restrict b, char* __restrict out, int count) {
  uchar any = 0;
  for (int x = 0; x < count; ++x) {
    const auto difference = static_cast<uchar>(a[x] ^ b[x]);
    out[x] = static_cast<char>(difference);
    any |= difference;
  }
  return any != 0;
}

/// What differs within a tile, in rows of kTileSide; false where nothing does.
bool writeDifference(const MaskImage& before, const QImage& after, const QRect& rect, char* out) {
  if (rect.width() < MaskImage::kTileSide || rect.height() < MaskImage::kTileSide)
    std::memset(out, 0, MaskImage::kTileBytes);
  bool differs = false;
  for (int y = 0; y < rect.height(); ++y) {
    const uchar* oldRow = before.row(rect.top() + y) + rect.left();
    const uchar* newRow = after.constScanLine(rect.top() + y) + rect.left();
    if (xorRow(oldRow, newRow, out + y * MaskImage::kTileSide, rect.width())) differs = true;
  }
  return differs;
}

/// row ^= difference.
void applyRow(uchar* __restrict row, const char* __restrict difference, int count) {
  for (int x = 0; x < count; ++x) row[x] ^= static_cast<uchar>(difference[x]);
}

}  // namespace

MaskDelta MaskDelta::between(const MaskImage& before, const QImage& after, const QRect& area) {
  MaskDelta delta;
  const QRect tiles = before.tilesTouching(area);
  if (tiles.isEmpty()) return delta;
  const qsizetype most = qsizetype(tiles.width()) * tiles.height();
  delta.differences_.resize(most * MaskImage::kTileBytes);  // written in place: a large mask has thousands of tiles
  delta.tiles_.reserve(size_t(most));
  for (int tileY = tiles.top(); tileY <= tiles.bottom(); ++tileY) {
    for (int tileX = tiles.left(); tileX <= tiles.right(); ++tileX) {
      const int tile = tileY * before.tileColumns() + tileX;
      char* out = delta.differences_.data() + qsizetype(delta.tiles_.size()) * MaskImage::kTileBytes;
      if (writeDifference(before, after, before.tileRect(tile), out)) delta.tiles_.push_back(tile);
    }
  }
  delta.differences_.resize(qsizetype(delta.tiles_.size()) * MaskImage::kTileBytes);
  if (qsizetype(delta.tiles_.size()) < most / 2) delta.differences_.squeeze();
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
      applyRow(row, difference + y * MaskImage::kTileSide, rect.width());
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
