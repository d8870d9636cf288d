#include <algorithm>

#include "imaging/bytes.h"
#include "io/png_chunks.h"
#include "io/utf8.h"
#include "pipeline/settings_readers.h"

namespace lorikeet {
namespace {

constexpr uint32_t kExifDirectory = 0x8769, kUserComment = 0x9286;

/// The EXIF block of a file: JPEG segment APP1, WebP chunk EXIF or PNG chunk eXIf. Empty where there is none.
Bytes exifOfJpeg(Bytes file) {
  for (size_t at = 2; at + 4 <= file.size() && file[at] == 0xff && file[at + 1] != 0xda;) {
    const size_t length = be16(file, at + 2);
    if (length < 2 || at + 2 + length > file.size()) return {};
    const Bytes data = file.subspan(at + 4, length - 2);
    if (file[at + 1] == 0xe1 && hasTextAt(data, 0, std::string_view("Exif\0\0", 6))) return data.subspan(6);
    at += 2 + length;
  }
  return {};
}

Bytes exifOfWebP(Bytes file) {
  for (size_t at = 12; at + 8 <= file.size();) {
    const size_t length = le32(file, at + 4);
    if (length > file.size() - at - 8) return {};
    if (hasTextAt(file, at, "EXIF")) return file.subspan(at + 8, length);
    at += 8 + length + length % 2;
  }
  return {};
}

Bytes exifOfPng(Bytes file) {
  size_t at = kPngSignatureSize;
  while (const auto chunk = pngChunkAt(std::as_bytes(file), at)) {
    if (chunk->type == "eXIf") return {reinterpret_cast<const uint8_t*>(chunk->data.data()), chunk->data.size()};
    at = chunk->end;
  }
  return {};
}

struct Tiff {
  Bytes bytes;
  bool bigEndian = false;

  uint32_t u16(size_t at) const { return bigEndian ? be16(bytes, at) : le16(bytes, at); }
  uint32_t u32(size_t at) const { return bigEndian ? be32(bytes, at) : le32(bytes, at); }

  /// Where the entry of a tag lies in the directory at `start`; 0 where there is none.
  size_t findEntry(size_t start, uint32_t tag) const {
    if (start + 2 > bytes.size()) return 0;
    const size_t count = u16(start);
    for (size_t i = 0; i < count && start + 14 + i * 12 <= bytes.size(); ++i)
      if (u16(start + 2 + i * 12) == tag) return start + 2 + i * 12;
    return 0;
  }
};

void appendUtf8(std::string& text, uint32_t c) {
  if (c < 0x80) {
    text += static_cast<char>(c);
    return;
  }
  const int trailing = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr uint32_t kLead[] = {0, 0xc0, 0xe0, 0xf0};
  text += static_cast<char>(kLead[trailing] | (c >> (6 * trailing)));
  for (int i = trailing - 1; i >= 0; --i) text += static_cast<char>(0x80 | ((c >> (6 * i)) & 0x3f));
}

/// Halves of a surrogate pair that stand alone become U+FFFD.
std::string utf16ToUtf8(Bytes text, bool bigEndian) {
  std::string result;
  const auto unit = [&](size_t at) { return bigEndian ? be16(text, at) : le16(text, at); };
  for (size_t at = 0; at + 2 <= text.size(); at += 2) {
    uint32_t c = unit(at);
    const bool high = c >= 0xd800 && c < 0xdc00;
    if (high && at + 4 <= text.size() && unit(at + 2) >= 0xdc00 && unit(at + 2) < 0xe000) {
      c = 0x10000 + ((c - 0xd800) << 10) + (unit(at + 2) - 0xdc00);
      at += 2;
    } else if (c >= 0xd800 && c < 0xe000) {
      c = 0xfffd;
    }
    if (c == 0) break;
    appendUtf8(result, c);
  }
  return result;
}

/// UserComment begins with eight bytes that name its encoding (EXIF 2.32, table 9).
std::optional<std::string> decodedComment(const Tiff& tiff, Bytes comment) {
  if (comment.size() < 8) return std::nullopt;
  const Bytes text = comment.subspan(8);
  const bool utf16 = hasTextAt(comment, 0, std::string_view("UNICODE\0", 8));
  if (!utf16) {
    std::string plain(text.begin(), text.end());
    plain.erase(std::find(plain.begin(), plain.end(), '\0'), plain.end());
    return isValidUtf8(plain) ? plain : latin1ToUtf8(plain);
  }
  // A1111 writes big-endian whatever the block's order; a zero in the first high byte tells.
  const bool bigEndian = text.size() >= 2 ? text[0] == 0 || (tiff.bigEndian && text[1] != 0) : tiff.bigEndian;
  return utf16ToUtf8(text, bigEndian);
}

}  // namespace

std::optional<std::string> readExifComment(std::span<const std::byte> file) {
  const Bytes bytes(reinterpret_cast<const uint8_t*>(file.data()), file.size());
  Bytes exif;
  if (hasTextAt(bytes, 0, "\xff\xd8"))
    exif = exifOfJpeg(bytes);
  else if (hasTextAt(bytes, 8, "WEBP"))
    exif = exifOfWebP(bytes);
  else if (hasPngSignature(file))
    exif = exifOfPng(bytes);
  if (hasTextAt(exif, 0, std::string_view("Exif\0\0", 6))) exif = exif.subspan(6);
  if (exif.size() < 8) return std::nullopt;

  const Tiff tiff{exif, hasTextAt(exif, 0, "MM")};
  const size_t pointer = tiff.findEntry(tiff.u32(4), kExifDirectory);
  if (pointer == 0) return std::nullopt;
  const size_t entry = tiff.findEntry(tiff.u32(pointer + 8), kUserComment);
  if (entry == 0) return std::nullopt;
  const size_t length = tiff.u32(entry + 4);
  const size_t at = tiff.u32(entry + 8);
  if (length <= 4 || at > exif.size() || length > exif.size() - at) return std::nullopt;
  return decodedComment(tiff, exif.subspan(at, length));
}

}  // namespace lorikeet
