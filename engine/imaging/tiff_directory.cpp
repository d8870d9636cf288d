#include "imaging/tiff_directory.h"

namespace lorikeet {
namespace {

constexpr uint32_t kByte = 1, kShort = 3, kLong = 4;

struct Reader {
  Bytes bytes;
  bool bigEndian;
  uint32_t u16(size_t at) const { return bigEndian ? be16(bytes, at) : le16(bytes, at); }
  uint32_t u32(size_t at) const { return bigEndian ? be32(bytes, at) : le32(bytes, at); }
};

std::optional<uint32_t> firstValue(const Reader& reader, size_t entry) {
  const uint32_t type = reader.u16(entry + 2);
  const uint32_t count = reader.u32(entry + 4);
  if (count == 0) return std::nullopt;
  const size_t byteSize = type == kByte ? 1 : type == kShort ? 2 : type == kLong ? 4 : 0;
  if (byteSize == 0) return std::nullopt;
  const size_t at = byteSize * count <= 4 ? entry + 8 : reader.u32(entry + 8);
  if (at + byteSize > reader.bytes.size()) return std::nullopt;
  return byteSize == 1 ? reader.bytes[at] : byteSize == 2 ? reader.u16(at) : reader.u32(at);
}

}  // namespace

std::optional<TiffDirectory> TiffDirectory::read(Bytes bytes) {
  if (bytes.size() < 8) return std::nullopt;
  const bool bigEndian = hasTextAt(bytes, 0, "MM");
  if (!bigEndian && !hasTextAt(bytes, 0, "II")) return std::nullopt;
  const Reader reader{bytes, bigEndian};
  if (reader.u16(2) != 42) return std::nullopt;
  const size_t start = reader.u32(4);
  if (start + 2 > bytes.size()) return std::nullopt;
  const size_t count = reader.u16(start);
  if (start + 2 + count * 12 > bytes.size()) return std::nullopt;
  TiffDirectory directory;
  for (size_t i = 0; i < count; ++i) {
    const size_t entry = start + 2 + i * 12;
    if (const auto value = firstValue(reader, entry)) directory.values_.emplace(reader.u16(entry), *value);
  }
  return directory;
}

std::optional<uint32_t> TiffDirectory::value(uint32_t tag) const {
  const auto it = values_.find(tag);
  if (it == values_.end()) return std::nullopt;
  return it->second;
}

int exifOrientation(Bytes exif) {
  if (hasTextAt(exif, 0, std::string_view("Exif\0\0", 6))) exif = exif.subspan(6);
  const auto directory = TiffDirectory::read(exif);
  const uint32_t orientation = directory ? directory->valueOr(TiffDirectory::kOrientation, 1) : 1;
  return orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
}

}  // namespace lorikeet
