#include "io/zip_archive.h"

#include <fmt/format.h>
#include <zlib.h>

#include <lorikeet/error.h>
#include <vector>

#include "io/byte_reader.h"

namespace lorikeet {
namespace {

constexpr uint32_t kLocalHeader = 0x04034b50;
constexpr uint32_t kCentralHeader = 0x02014b50;
constexpr uint32_t kEndRecord = 0x06054b50;
constexpr uint32_t kZip64EndRecord = 0x06064b50;
constexpr uint32_t kZip64Locator = 0x07064b50;
constexpr size_t kLocalHeaderSize = 30;
constexpr size_t kCentralHeaderSize = 46;
constexpr size_t kEndRecordSize = 22;
constexpr size_t kZip64LocatorSize = 20;
constexpr size_t kZip64EndRecordSize = 56;
constexpr uint16_t kEncryptedFlag = 1;
constexpr uint16_t kStored = 0;
constexpr uint16_t kDeflated = 8;

/// Replaces the fields that hold the escape value by those of the zip64 extra field, which come in this order.
bool applyZip64(std::span<const std::byte> extra, ZipArchive::Entry& entry) {
  while (extra.size() >= 4) {
    const auto id = littleEndian<uint16_t>(extra);
    const auto size = littleEndian<uint16_t>(extra.subspan(2));
    if (extra.size() - 4 < size) return false;
    std::span<const std::byte> field = extra.subspan(4, size);
    extra = extra.subspan(4 + size_t{size});
    if (id != 1) continue;
    for (uint64_t* value : {&entry.size, &entry.packedSize, &entry.headerOffset}) {
      if (*value != UINT32_MAX) continue;
      if (field.size() < 8) return false;
      *value = littleEndian<uint64_t>(field);
      field = field.subspan(8);
    }
  }
  return true;
}

}  // namespace

struct ZipArchive::Directory {
  uint64_t offset = 0;
  uint64_t size = 0;
  uint64_t count = 0;
};

bool ZipArchive::looksLikeZip(std::span<const std::byte> start) {
  return start.size() >= 4 && littleEndian<uint32_t>(start) == kLocalHeader;
}

ZipArchive::ZipArchive(std::shared_ptr<const MappedFile> file, std::string source)
    : file_(std::move(file)), source_(std::move(source)) {
  readDirectory(findDirectory());
}

void ZipArchive::fail(const std::string& reason, bool isUnsupported) const {
  throw Error(isUnsupported ? ErrorKind::Unsupported : ErrorKind::Corrupt, fmt::format("{}: {}.", source_, reason));
}

ZipArchive::Directory ZipArchive::findDirectory() const {
  const auto bytes = file_->bytes();
  constexpr size_t kMaxComment = 65535;
  for (size_t back = kEndRecordSize; back <= bytes.size() && back <= kEndRecordSize + kMaxComment; ++back) {
    const auto record = bytes.subspan(bytes.size() - back);
    if (littleEndian<uint32_t>(record) != kEndRecord) continue;
    if (littleEndian<uint16_t>(record.subspan(20)) != back - kEndRecordSize) continue;
    const Directory directory{littleEndian<uint32_t>(record.subspan(16)), littleEndian<uint32_t>(record.subspan(12)),
                              littleEndian<uint16_t>(record.subspan(10))};
    const bool isZip64 =
        directory.offset == UINT32_MAX || directory.size == UINT32_MAX || directory.count == UINT16_MAX;
    return isZip64 ? findZip64Directory(bytes.size() - back) : directory;
  }
  fail("it is cut off: the directory at the end of the archive is missing");
}

ZipArchive::Directory ZipArchive::findZip64Directory(size_t endRecord) const {
  const auto bytes = file_->bytes();
  if (endRecord < kZip64LocatorSize) fail("its zip64 directory is missing");
  const auto locator = bytes.subspan(endRecord - kZip64LocatorSize, kZip64LocatorSize);
  if (littleEndian<uint32_t>(locator) != kZip64Locator) fail("its zip64 directory is missing");
  const auto offset = littleEndian<uint64_t>(locator.subspan(8));
  if (bytes.size() < kZip64EndRecordSize || offset > bytes.size() - kZip64EndRecordSize)
    fail("its zip64 directory lies outside the file");
  const auto record = bytes.subspan(offset);
  if (littleEndian<uint32_t>(record) != kZip64EndRecord) fail("its zip64 directory is damaged");
  return {littleEndian<uint64_t>(record.subspan(48)), littleEndian<uint64_t>(record.subspan(40)),
          littleEndian<uint64_t>(record.subspan(32))};
}

void ZipArchive::readDirectory(const Directory& directory) {
  const auto bytes = file_->bytes();
  if (directory.size > bytes.size() || directory.offset > bytes.size() - directory.size)
    fail("its directory lies outside the file");
  auto rest = bytes.subspan(directory.offset, directory.size);
  for (uint64_t i = 0; i < directory.count; ++i) {
    if (rest.size() < kCentralHeaderSize || littleEndian<uint32_t>(rest) != kCentralHeader)
      fail(fmt::format("entry {} of its directory is damaged", i));
    const size_t nameSize = littleEndian<uint16_t>(rest.subspan(28));
    const size_t extraSize = littleEndian<uint16_t>(rest.subspan(30));
    const size_t recordSize = kCentralHeaderSize + nameSize + extraSize + littleEndian<uint16_t>(rest.subspan(32));
    if (rest.size() < recordSize) fail(fmt::format("entry {} of its directory is damaged", i));
    const std::string name(asText(rest.subspan(kCentralHeaderSize, nameSize)));
    Entry entry{littleEndian<uint32_t>(rest.subspan(42)), littleEndian<uint32_t>(rest.subspan(20)),
                littleEndian<uint32_t>(rest.subspan(24)), littleEndian<uint32_t>(rest.subspan(16)),
                littleEndian<uint16_t>(rest.subspan(10))};
    if ((littleEndian<uint16_t>(rest.subspan(8)) & kEncryptedFlag) != 0)
      fail(fmt::format("\"{}\" in it is encrypted", name), true);
    if (!applyZip64(rest.subspan(kCentralHeaderSize + nameSize, extraSize), entry))
      fail(fmt::format("the sizes of \"{}\" in its directory are damaged", name));
    if (!entries_.emplace(name, entry).second) fail(fmt::format("\"{}\" is in it twice", name));
    rest = rest.subspan(recordSize);
  }
}

std::span<const std::byte> ZipArchive::packedBytes(const std::string& name, const Entry& entry) const {
  const auto bytes = file_->bytes();
  if (bytes.size() < kLocalHeaderSize || entry.headerOffset > bytes.size() - kLocalHeaderSize)
    fail(fmt::format("\"{}\" lies outside the file", name));
  const auto header = bytes.subspan(entry.headerOffset);
  if (littleEndian<uint32_t>(header) != kLocalHeader) fail(fmt::format("the header of \"{}\" in it is damaged", name));
  const size_t start =
      kLocalHeaderSize + littleEndian<uint16_t>(header.subspan(26)) + littleEndian<uint16_t>(header.subspan(28));
  if (start > header.size() || entry.packedSize > header.size() - start)
    fail(fmt::format("\"{}\" in it reaches past the end of the file", name));
  return header.subspan(start, entry.packedSize);
}

ZipArchive::Content ZipArchive::read(const std::string& name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) fail(fmt::format("\"{}\" is missing from it", name));
  const Entry& entry = found->second;
  const auto packed = packedBytes(name, entry);
  if (entry.method == kDeflated) return unpack(name, entry, packed);
  if (entry.method != kStored)
    fail(fmt::format("\"{}\" in it is packed with the unknown method {}", name, entry.method), true);
  if (entry.size != entry.packedSize) fail(fmt::format("\"{}\" in it has two different sizes", name));
  return {packed, file_};
}

ZipArchive::Content ZipArchive::unpack(const std::string& name, const Entry& entry, std::span<const std::byte> packed) {
  constexpr uint64_t kBestRatio = 1032;  // what deflate can reach
  if (entry.size > kMaxUnpackedBytes - unpackedBytes_ || entry.size / kBestRatio > packed.size())
    fail(fmt::format("\"{}\" in it claims to unpack to {} bytes", name, entry.size));
  auto buffer = std::make_shared<std::vector<std::byte>>(entry.size);
  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw Error(ErrorKind::OutOfMemory, "Not enough memory to unpack.");
  int status = Z_OK;
  constexpr size_t kMaxChunk = size_t{1} << 30;  // zlib counts in 32 bits
  size_t in = 0;
  size_t out = 0;
  while (status == Z_OK) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data() + in));
    stream.avail_in = static_cast<uInt>(std::min(packed.size() - in, kMaxChunk));
    stream.next_out = reinterpret_cast<Bytef*>(buffer->data() + out);
    stream.avail_out = static_cast<uInt>(std::min(buffer->size() - out, kMaxChunk));
    const size_t offered = stream.avail_in;
    const size_t room = stream.avail_out;
    status = inflate(&stream, Z_NO_FLUSH);
    in += offered - stream.avail_in;
    out += room - stream.avail_out;
  }
  inflateEnd(&stream);
  const uLong crc = crc32_z(0, reinterpret_cast<const Bytef*>(buffer->data()), buffer->size());
  if (status != Z_STREAM_END || out != buffer->size() || crc != entry.crc)
    fail(fmt::format("\"{}\" in it does not unpack to what its directory says", name));
  unpackedBytes_ += entry.size;
  const std::span<const std::byte> view(*buffer);
  return {view, std::move(buffer)};
}

}  // namespace lorikeet
