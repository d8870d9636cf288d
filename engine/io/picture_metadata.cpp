#include "io/picture_metadata.h"

#include <lorikeet/error.h>

#include <cstdint>
#include <cstring>
#include <utility>

#include "core/check.h"
#include "io/utf8.h"

namespace lorikeet {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kExifHead = "Exif\0\0"sv;
constexpr std::string_view kXmpHead = "http://ns.adobe.com/xap/1.0/\0"sv;
constexpr size_t kLongestSegment = 0xffff - 2;

/// Collects bytes in network order, as EXIF with "MM" and JPEG have it.
class BigEndianWriter {
 public:
  void text(std::string_view bytes) { data_.append(bytes); }
  void u16(uint32_t value) {
    data_ += static_cast<char>(value >> 8);
    data_ += static_cast<char>(value);
  }
  void u32(uint32_t value) {
    u16(value >> 16);
    u16(value & 0xffff);
  }
  std::string take() { return std::move(data_); }

 private:
  std::string data_;
};

/// A TIFF structure of two directories, of which the second holds the comment.
std::string exifBlock(std::string_view comment) {
  constexpr uint32_t kExifDirectory = 0x8769, kUserComment = 0x9286;
  constexpr uint32_t kLong = 4, kUndefined = 7;
  constexpr uint32_t kFirst = 8, kDirectorySize = 2 + 12 + 4, kSecond = kFirst + kDirectorySize;
  BigEndianWriter value;
  value.text("UNICODE\0"sv);
  for (const char16_t unit : utf8ToUtf16(comment)) value.u16(unit);
  const std::string text = value.take();
  BigEndianWriter out;
  out.text("MM\0*"sv);
  out.u32(kFirst);
  const auto directory = [&](uint32_t tag, uint32_t type, uint32_t count, uint32_t at) {
    out.u16(1);
    out.u16(tag);
    out.u16(type);
    out.u32(count);
    out.u32(at);
    out.u32(0);  // no further directory
  };
  directory(kExifDirectory, kLong, 1, kSecond);
  directory(kUserComment, kUndefined, static_cast<uint32_t>(text.size()), kSecond + kDirectorySize);
  out.text(text);
  return out.take();
}

void append(std::vector<std::byte>& file, std::string_view bytes) {
  const auto* data = reinterpret_cast<const std::byte*>(bytes.data());
  file.insert(file.end(), data, data + bytes.size());
}

void appendSegment(std::vector<std::byte>& file, std::string_view head, std::string_view body) {
  const size_t size = head.size() + body.size();
  if (size > kLongestSegment)
    throw Error(ErrorKind::InvalidArgument,
                "The settings are too long for a JPEG; save the picture as PNG or WebP, or without its settings.");
  BigEndianWriter segment;
  segment.text("\xff\xe1");
  segment.u16(static_cast<uint32_t>(size + 2));
  segment.text(head);
  segment.text(body);
  append(file, segment.take());
}

std::vector<std::byte> jpegWith(std::span<const std::byte> file, const PictureMetadata& metadata) {
  std::vector<std::byte> result(file.begin(), file.begin() + 2);
  if (!metadata.comment.empty()) appendSegment(result, kExifHead, exifBlock(metadata.comment));
  if (!metadata.xmp.empty()) appendSegment(result, kXmpHead, metadata.xmp);
  result.insert(result.end(), file.begin() + 2, file.end());
  return result;
}

std::string chunkNumber(uint32_t value, size_t bytes) {
  std::string text;
  for (size_t i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
  return text;
}

void appendChunk(std::vector<std::byte>& file, std::string_view type, std::string_view data) {
  append(file, type);
  append(file, chunkNumber(static_cast<uint32_t>(data.size()), 4));
  append(file, data);
  if (data.size() % 2 != 0) file.push_back(std::byte{0});
}

/// Width and height of the picture chunk, which simple files begin with (RFC 9649, 2.5 and 2.6; RFC 6386, 9.1).
std::pair<uint32_t, uint32_t> webpSize(std::string_view type, std::string_view data) {
  const auto byteAt = [&](size_t at) { return static_cast<uint32_t>(static_cast<uint8_t>(data[at])); };
  if (type == "VP8 ") {
    CHECK(data.size() >= 10);
    return {(byteAt(6) | byteAt(7) << 8) & 0x3fff, (byteAt(8) | byteAt(9) << 8) & 0x3fff};
  }
  CHECK(type == "VP8L" && data.size() >= 5);
  const uint32_t bits = byteAt(1) | byteAt(2) << 8 | byteAt(3) << 16 | byteAt(4) << 24;
  return {(bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1};
}

std::vector<std::byte> webpWith(std::span<const std::byte> file, const PictureMetadata& metadata) {
  constexpr size_t kRiffHead = 12, kChunkHead = 8;
  constexpr uint32_t kHasExif = 1 << 3, kHasXmp = 1 << 2;
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const std::string_view chunks = text.substr(kRiffHead);
  const auto [width, height] = webpSize(chunks.substr(0, 4), chunks.substr(kChunkHead));
  std::vector<std::byte> result;
  append(result, text.substr(0, kRiffHead));
  const uint32_t flags = (metadata.comment.empty() ? 0 : kHasExif) | (metadata.xmp.empty() ? 0 : kHasXmp);
  appendChunk(result, "VP8X", chunkNumber(flags, 4) + chunkNumber(width - 1, 3) + chunkNumber(height - 1, 3));
  append(result, chunks);
  if (!metadata.comment.empty()) appendChunk(result, "EXIF", exifBlock(metadata.comment));
  if (!metadata.xmp.empty()) appendChunk(result, "XMP ", metadata.xmp);
  const std::string size = chunkNumber(static_cast<uint32_t>(result.size() - 8), 4);
  std::memcpy(result.data() + 4, size.data(), size.size());
  return result;
}

}  // namespace

std::string generatedPictureXmp() {
  return "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"
         "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
         "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
         "<rdf:Description rdf:about=\"\" xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\">"
         "<Iptc4xmpExt:DigitalSourceType>"
         "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
         "</Iptc4xmpExt:DigitalSourceType>"
         "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>";
}

std::vector<std::byte> withMetadata(std::span<const std::byte> file, const PictureMetadata& metadata) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const bool isJpeg = text.starts_with("\xff\xd8");
  CHECK(isJpeg || (text.starts_with("RIFF") && text.size() > 20 && text.substr(8, 4) == "WEBP"));
  if (metadata.empty()) return {file.begin(), file.end()};
  return isJpeg ? jpegWith(file, metadata) : webpWith(file, metadata);
}

}  // namespace lorikeet
