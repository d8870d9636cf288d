#include "io/safetensors.h"

#include <fmt/format.h>

#include <lorikeet/error.h>
#include <algorithm>
#include <cstring>
#include <optional>

#include "io/byte_reader.h"
#include "io/mapped_file.h"
#include "io/safetensors_header.h"

namespace lorikeet {
namespace {

constexpr size_t kHeaderLengthBytes = 8;
constexpr uint64_t kMaxHeaderBytes = 100'000'000;

std::optional<DType> dtypeFromName(std::string_view text) {
  for (int i = 0; i <= static_cast<int>(DType::F64); ++i)
    if (name(static_cast<DType>(i)) == text) return static_cast<DType>(i);
  return std::nullopt;
}

/// Bytes that the shape needs; empty on overflow.
std::optional<uint64_t> bytesNeeded(const std::vector<uint64_t>& shape, DType type) {
  uint64_t bytes = byteSize(type);
  for (const uint64_t dim : shape) {
    if (dim > INT64_MAX || __builtin_mul_overflow(bytes, dim, &bytes)) return std::nullopt;
  }
  return bytes;
}

class Reader {
 public:
  explicit Reader(const std::filesystem::path& path)
      : file_(MappedFile::open(path)),
        source_(fmt::format("\"{}\" is not a readable safetensors file", path.string())) {}

  SafetensorsFile read() {
    SafetensorsHeader header = parseSafetensorsHeader(headerText(), source_);
    data_ = file_->bytes().subspan(kHeaderLengthBytes + headerSize_);
    std::sort(header.entries.begin(), header.entries.end(),
              [](const auto& a, const auto& b) { return a.offsets < b.offsets; });
    SafetensorsFile result;
    for (const SafetensorsEntry& entry : header.entries) result.tensors.emplace(entry.name, tensor(entry));
    checkCoverage(header.entries);
    result.metadata = std::move(header.metadata);
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& reason, ErrorKind kind = ErrorKind::Corrupt) const {
    throw Error(kind, fmt::format("{}: {}.", source_, reason));
  }

  std::string_view headerText() {
    const auto bytes = file_->bytes();
    if (bytes.size() < kHeaderLengthBytes) fail(fmt::format("it has {} bytes, too few for a header", bytes.size()));
    headerSize_ = littleEndian<uint64_t>(bytes);
    if (headerSize_ > kMaxHeaderBytes)
      fail(fmt::format("its header claims to be {} bytes long, more than the limit of 100 MB", headerSize_));
    if (headerSize_ > bytes.size() - kHeaderLengthBytes)
      fail(fmt::format("its header should be {} bytes long, but the file ends after {}", headerSize_,
                       bytes.size() - kHeaderLengthBytes));
    return {reinterpret_cast<const char*>(bytes.data()) + kHeaderLengthBytes, static_cast<size_t>(headerSize_)};
  }

  RawTensor tensor(const SafetensorsEntry& entry) const {
    const auto type = dtypeFromName(entry.dtype);
    if (!type)
      fail(fmt::format("tensor \"{}\" has the type \"{}\", which Lorikeet does not read", entry.name, entry.dtype),
           ErrorKind::Unsupported);
    const uint64_t begin = entry.offsets[0];
    const uint64_t end = entry.offsets[1];
    const auto needed = bytesNeeded(entry.shape, *type);
    if (!needed) fail(fmt::format("the shape of tensor \"{}\" is impossibly large", entry.name));
    if (begin > end || end - begin != *needed)
      fail(fmt::format("tensor \"{}\" needs {} bytes for its shape and type, but its data_offsets are {} and {}",
                       entry.name, *needed, begin, end));
    if (end > data_.size())
      fail(fmt::format("the file is cut off: tensor \"{}\" ends at byte {} of the data, but there are only {}",
                       entry.name, end, data_.size()));
    const std::vector<int64_t> dims(entry.shape.begin(), entry.shape.end());
    return {*type, Shape(std::span(dims)), data_.subspan(begin, end - begin), file_};
  }

  void checkCoverage(const std::vector<SafetensorsEntry>& sorted) const {
    uint64_t covered = 0;
    for (size_t i = 0; i < sorted.size(); ++i) {
      const uint64_t begin = sorted[i].offsets[0];
      if (begin < covered) fail(fmt::format("tensors \"{}\" and \"{}\" overlap", sorted[i - 1].name, sorted[i].name));
      if (begin > covered)
        fail(fmt::format("{} bytes before tensor \"{}\" belong to no tensor", begin - covered, sorted[i].name));
      covered = sorted[i].offsets[1];
    }
    if (covered != data_.size()) fail(fmt::format("{} bytes at its end belong to no tensor", data_.size() - covered));
  }

  std::shared_ptr<const MappedFile> file_;
  std::string source_;
  uint64_t headerSize_ = 0;
  std::span<const std::byte> data_;
};

}  // namespace

SafetensorsFile readSafetensors(const std::filesystem::path& path) { return Reader(path).read(); }

bool looksLikeSafetensors(std::span<const std::byte> start) {
  if (start.size() <= kHeaderLengthBytes) return false;
  const uint64_t size = littleEndian<uint64_t>(start);
  const auto first = static_cast<char>(start[kHeaderLengthBytes]);
  return size >= 2 && size <= kMaxHeaderBytes &&
         (first == '{' || first == ' ' || first == '\t' || first == '\n' || first == '\r');
}

}  // namespace lorikeet
