#include "imaging/bmp_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "core/execution_context.h"

namespace lorikeet {
namespace {

constexpr uint32_t kOs2Header = 12, kPlain = 0, kRunLengths8 = 1, kRunLengths4 = 2, kBitFields = 3, kAlphaBitFields = 6;

using Color = std::array<uint8_t, 3>;

/// What the headers say beyond the size.
struct Layout {
  int width = 0, height = 0;
  bool topDown = false;
  uint32_t bits = 0, compression = kPlain;
  size_t pixels = 0, rowBytes = 0;   ///< offset of the first stored row, and from row to row
  std::array<uint32_t, 4> fields{};  ///< masks of red, green, blue and opacity
  std::vector<Color> palette;
};

bool hasPalette(const Layout& layout) { return layout.bits == 1 || layout.bits == 4 || layout.bits == 8; }
bool hasBitFields(const Layout& layout) {
  return layout.compression == kBitFields || layout.compression == kAlphaBitFields;
}
bool hasRunLengths(const Layout& layout) {
  return (layout.compression == kRunLengths8 && layout.bits == 8) ||
         (layout.compression == kRunLengths4 && layout.bits == 4);
}

std::vector<Color> readPalette(Bytes bytes, size_t at, size_t entryBytes, size_t count) {
  std::vector<Color> palette(size_t{256});  // an index beyond the file's palette is black
  for (size_t i = 0; i < std::min<size_t>(count, 256) && at + 3 <= bytes.size(); ++i, at += entryBytes)
    palette[i] = {bytes[at + 2], bytes[at + 1], bytes[at]};
  return palette;
}

Layout readLayout(Bytes bytes, const PictureHeader& header, const std::string& name) {
  Layout layout;
  layout.width = header.info.width;
  layout.height = header.info.height;
  layout.pixels = le32(bytes, 10);
  const uint32_t headerBytes = le32(bytes, 14);
  const bool os2 = headerBytes == kOs2Header;
  layout.bits = le16(bytes, os2 ? 24 : 28);
  layout.rowBytes = (size_t{layout.bits} * header.info.width + 31) / 32 * 4;
  size_t colors = layout.bits <= 8 ? size_t{1} << layout.bits : 0;
  if (!os2) {
    layout.topDown = static_cast<int32_t>(le32(bytes, 22)) < 0;
    layout.compression = le32(bytes, 30);
    if (const uint32_t used = le32(bytes, 46); used > 0) colors = std::min<size_t>(colors, used);
  }
  layout.fields = layout.bits == 16 ? std::array<uint32_t, 4>{0x7c00, 0x3e0, 0x1f, 0}
                                    : std::array<uint32_t, 4>{0xff0000, 0xff00, 0xff, 0};
  if (hasBitFields(layout)) {
    if (bytes.size() < 70) throwTruncated(name, "it ends inside the header");
    for (size_t i = 0; i < 4; ++i) layout.fields[i] = i < 3 || header.alphaIsMeant ? le32(bytes, 54 + 4 * i) : 0;
  } else if (header.alphaIsMeant && layout.bits == 32) {
    layout.fields[3] = le32(bytes, 66);
  }
  layout.palette = readPalette(bytes, size_t{14} + headerBytes, os2 ? 3 : 4, colors);
  return layout;
}

/// The bits of a mask, spread over 0..255.
uint8_t field(uint32_t value, uint32_t mask) {
  if (mask == 0) return 0;
  const uint64_t most = mask >> std::countr_zero(mask);
  const uint64_t part = (value & mask) >> std::countr_zero(mask);
  if (most == 255) return static_cast<uint8_t>(part);  // the usual case needs no division
  return static_cast<uint8_t>((part * 255 + most / 2) / most);
}

/// Palette indices by run lengths, from the lowest row upwards. What is not said stays 0.
class RunLengths {
 public:
  RunLengths(Bytes bytes, const Layout& layout, const std::string& name)
      : bytes_(bytes), layout_(layout), name_(name), at_(layout.pixels) {}

  std::vector<uint8_t> read() {
    indices_.resize(size_t{static_cast<unsigned>(layout_.width)} * static_cast<unsigned>(layout_.height));
    for (bool more = true; more;) {
      const uint8_t count = next(), value = next();
      if (count > 0)
        for (int i = 0; i < count; ++i) put(pick(value, i));
      else
        more = escape(value);
    }
    return std::move(indices_);
  }

 private:
  uint8_t next() {
    if (at_ >= bytes_.size()) throwTruncated(name_, "part of the BMP data is missing");
    return bytes_[at_++];
  }
  uint8_t pick(uint8_t value, int i) const {
    if (layout_.compression == kRunLengths8) return value;
    return static_cast<uint8_t>(i % 2 == 0 ? value >> 4 : value & 15);
  }
  void put(uint8_t index) {
    if (x_ < layout_.width && y_ < layout_.height)
      indices_[static_cast<size_t>(y_) * static_cast<size_t>(layout_.width) + static_cast<size_t>(x_)] = index;
    ++x_;
  }
  /// End of a row, end of the picture (false), a jump, or pixels one by one.
  bool escape(uint8_t code) {
    if (code == 1) return false;
    if (code == 0) {
      x_ = 0;
      ++y_;
    } else if (code == 2) {
      x_ += next();
      y_ += next();
    } else {
      const int bytesUsed = layout_.compression == kRunLengths8 ? code : (code + 1) / 2;
      uint8_t value = 0;
      for (int i = 0; i < code; ++i) {
        if (layout_.compression == kRunLengths8 || i % 2 == 0) value = next();
        put(pick(value, i));
      }
      if (bytesUsed % 2 != 0) next();  // they are padded to pairs
    }
    return true;
  }

  Bytes bytes_;
  const Layout& layout_;
  const std::string& name_;
  size_t at_;
  int64_t x_ = 0, y_ = 0;
  std::vector<uint8_t> indices_;
};

Color pixelOf(const uint8_t* row, size_t x, const Layout& layout, uint8_t* alpha) {
  if (layout.bits <= 8) {
    const size_t perByte = 8 / layout.bits;
    const size_t shift = 8 - layout.bits * (x % perByte + 1);
    return layout.palette[(row[x / perByte] >> shift) & ((1u << layout.bits) - 1)];
  }
  if (layout.bits == 24) return {row[3 * x + 2], row[3 * x + 1], row[3 * x]};
  const size_t size = layout.bits / 8;
  const Bytes data(row + size * x, size);
  const uint32_t value = size == 2 ? le16(data, 0) : le32(data, 0);
  if (alpha != nullptr) *alpha = field(value, layout.fields[3]);
  return {field(value, layout.fields[0]), field(value, layout.fields[1]), field(value, layout.fields[2])};
}

/// Run lengths as a bitmap of 8 bits without padding.
std::vector<uint8_t> expandRuns(Bytes bytes, Layout& layout, const std::string& name) {
  std::vector<uint8_t> indices = RunLengths(bytes, layout, name).read();
  layout.bits = 8;
  layout.pixels = 0;
  layout.rowBytes = static_cast<size_t>(layout.width);
  return indices;
}

void checkKind(const Layout& layout, const std::string& name) {
  const bool known = layout.bits == 16 || layout.bits == 24 || layout.bits == 32 || hasPalette(layout);
  const bool plain = layout.compression == kPlain || (layout.bits >= 16 && hasBitFields(layout));
  if (!known || (!plain && !hasRunLengths(layout)))
    throwUnsupportedPicture(name, fmt::format("a BMP of {} bits with compression {}", layout.bits, layout.compression));
}

}  // namespace

DecodedPixels decodeBmp(Bytes bytes, const PictureHeader& header, const std::string& name,
                        const std::stop_token& stop) {
  Layout layout = readLayout(bytes, header, name);
  checkKind(layout, name);
  std::vector<uint8_t> indices;
  if (hasRunLengths(layout)) {
    indices = expandRuns(bytes, layout, name);
    bytes = indices;
  }
  const auto width = static_cast<size_t>(layout.width), height = static_cast<size_t>(layout.height);
  if (layout.pixels + layout.rowBytes * height > bytes.size()) throwTruncated(name, "part of the BMP data is missing");
  DecodedPixels pixels;
  pixels.image = Image::create(layout.width, layout.height);
  if (layout.fields[3] != 0) pixels.alpha = Mask::create(layout.width, layout.height);
  for (size_t y = 0; y < height; ++y) {
    throwIfStopped(stop);
    const uint8_t* row = bytes.data() + layout.pixels + layout.rowBytes * (layout.topDown ? y : height - 1 - y);
    for (size_t x = 0; x < width; ++x) {
      uint8_t* alpha = pixels.alpha.empty() ? nullptr : &pixels.alpha.values[y * width + x];
      std::copy_n(pixelOf(row, x, layout, alpha).data(), 3, &pixels.image.pixels[3 * (y * width + x)]);
    }
  }
  return pixels;
}

}  // namespace lorikeet
