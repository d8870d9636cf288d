#include "io/gguf.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <cstring>
#include <optional>
#include <vector>

#include "core/thread_pool.h"
#include "io/byte_reader.h"
#include "io/gguf_blocks.h"
#include "io/mapped_file.h"
#include "io/tensor_values.h"
#include "io/utf8.h"

namespace lorikeet {
namespace {

constexpr std::string_view kMagic = "GGUF";
constexpr uint32_t kMaxDims = 8;
constexpr int kMaxArrayDepth = 4;
constexpr uint64_t kDefaultAlignment = 32;

/// Types of metadata values.
enum ValueType : uint32_t { kString = 8, kArray = 9 };

/// Bytes of a value of fixed size, 0 for text, lists and unknown types.
uint64_t valueSize(uint32_t type) {
  constexpr uint64_t kSizes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
  return type < std::size(kSizes) ? kSizes[type] : 0;
}

std::optional<DType> plainType(uint32_t id) {
  switch (id) {
    case 0:
      return DType::F32;
    case 1:
      return DType::F16;
    case 24:
      return DType::I8;
    case 25:
      return DType::I16;
    case 26:
      return DType::I32;
    case 27:
      return DType::I64;
    case 28:
      return DType::F64;
    case 30:
      return DType::BF16;
    default:
      return std::nullopt;
  }
}

/// A tensor whose values are still to be looked up.
struct GgufEntry {
  std::string name;
  Shape shape;
  uint32_t type = 0;
  uint64_t offset = 0;
};

class GgufReader {
 public:
  explicit GgufReader(const std::filesystem::path& path)
      : file_(MappedFile::open(path)), rest_(file_->bytes()), source_(fmt::format("\"{}\"", path.string())) {}

  GgufFile read() {
    take(kMagic.size());
    const uint32_t version = number<uint32_t>();
    if (version != 2 && version != 3)
      throw Error(ErrorKind::Unsupported,
                  fmt::format("{} is a GGUF file of version {}; versions 2 and 3 are read.", source_, version));
    const uint64_t tensors = number<uint64_t>(), values = number<uint64_t>();
    for (uint64_t i = 0; i < values; ++i) readValue();
    for (uint64_t i = 0; i < tensors; ++i) readEntry();
    alignRest();
    for (const GgufEntry& entry : entries_) place(entry);
    return std::move(result_);
  }

 private:
  [[noreturn]] void fail(const std::string& reason) const {
    throw Error(ErrorKind::Corrupt, fmt::format("{} is not a readable GGUF file: {}.", source_, reason));
  }

  std::span<const std::byte> take(uint64_t count) {
    if (count > rest_.size()) fail("it breaks off in its header");
    const auto bytes = rest_.first(count);
    rest_ = rest_.subspan(count);
    return bytes;
  }

  template <class Number>
  Number number() {
    return littleEndian<Number>(take(sizeof(Number)));
  }

  std::string text() { return std::string(asText(take(number<uint64_t>()))); }

  void readValue() {
    const std::string key = text();
    const uint32_t type = number<uint32_t>();
    if (type == kString) {
      result_.metadata[key] = text();
    } else if (key == "general.alignment" && type == 4) {
      alignment_ = number<uint32_t>();
      if (alignment_ == 0 || (alignment_ & (alignment_ - 1)) != 0 || alignment_ > 65536)
        fail(fmt::format("its alignment is {}", alignment_));
    } else {
      skipValue(type, 0);
    }
  }

  void skipValue(uint32_t type, int depth) {
    if (const uint64_t size = valueSize(type); size > 0) {
      take(size);
    } else if (type == kString) {
      take(number<uint64_t>());
    } else if (type == kArray && depth < kMaxArrayDepth) {
      const uint32_t elementType = number<uint32_t>();
      const uint64_t count = number<uint64_t>(), elementSize = valueSize(elementType);
      if (count > rest_.size()) fail("a list in it is longer than the file");
      if (elementSize > 0)
        take(count * elementSize);
      else
        for (uint64_t i = 0; i < count; ++i) skipValue(elementType, depth + 1);
    } else {
      fail(fmt::format("it has metadata of the unknown type {}", type));
    }
  }

  void readEntry() {
    GgufEntry entry;
    entry.name = text();
    if (!isValidUtf8(entry.name)) fail("the name of a tensor is not UTF-8 text");
    const uint32_t rank = number<uint32_t>();
    if (rank > kMaxDims) fail(fmt::format("tensor \"{}\" has {} dimensions", entry.name, rank));
    std::vector<int64_t> dims(rank);
    uint64_t elements = 1;
    for (uint32_t i = 0; i < rank; ++i) {  // innermost first
      const uint64_t dim = number<uint64_t>();
      if (dim > INT64_MAX || __builtin_mul_overflow(elements, dim, &elements) || elements > INT64_MAX / 16)
        fail(fmt::format("the shape of tensor \"{}\" is impossibly large", entry.name));
      dims[rank - 1 - i] = static_cast<int64_t>(dim);
    }
    entry.shape = Shape(std::span<const int64_t>(dims));
    entry.type = number<uint32_t>();
    entry.offset = number<uint64_t>();
    entries_.push_back(std::move(entry));
  }

  /// The values begin at the next multiple of the alignment.
  void alignRest() {
    const uint64_t at = file_->bytes().size() - rest_.size();
    const uint64_t padding = (alignment_ - at % alignment_) % alignment_;
    rest_ = rest_.subspan(std::min<uint64_t>(padding, rest_.size()));
  }

  std::span<const std::byte> valuesOf(const GgufEntry& entry, uint64_t size) const {
    if (entry.offset > rest_.size() || size > rest_.size() - entry.offset)
      fail(fmt::format("tensor \"{}\" lies at bytes {} + {} of its values, which are only {}", entry.name, entry.offset,
                       size, rest_.size()));
    return rest_.subspan(entry.offset, size);
  }

  void place(const GgufEntry& entry) {
    RawTensor tensor;
    if (const auto type = plainType(entry.type)) {
      const auto count = static_cast<uint64_t>(entry.shape.elementCount());
      tensor = {*type, entry.shape, valuesOf(entry, count * byteSize(*type)), file_};
    } else if (const GgufBlockType* blocks = ggufBlockType(entry.type)) {
      tensor = dequantized(entry, *blocks);
    } else {
      throw Error(ErrorKind::Unsupported,
                  fmt::format("{}: tensor \"{}\" has the type {} of ggml, which is not read (read are F32, F16, BF16, "
                              "F64, whole numbers, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 and Q2_K to Q6_K).",
                              source_, entry.name, entry.type));
    }
    if (!result_.tensors.emplace(entry.name, std::move(tensor)).second)
      fail(fmt::format("it holds the tensor \"{}\" twice", entry.name));
  }

  RawTensor dequantized(const GgufEntry& entry, const GgufBlockType& type) {
    const int64_t elements = entry.shape.elementCount();
    if (entry.shape.rank() == 0 || entry.shape[-1] % type.elements != 0)
      fail(fmt::format("tensor \"{}\" of shape {} does not consist of whole blocks of {}", entry.name,
                       entry.shape.toString(), type.name));
    const int64_t blocks = elements / type.elements;
    const auto values = valuesOf(entry, static_cast<uint64_t>(blocks) * type.byteSize);
    std::vector<std::byte> bytes(static_cast<size_t>(elements) * sizeof(uint16_t));
    constexpr int64_t kBlocksAPiece = 4096;
    pool_.run((blocks + kBlocksAPiece - 1) / kBlocksAPiece, [&](int64_t piece, int) {
      float wide[256];
      uint16_t narrow[256];
      const int64_t last = std::min(blocks, (piece + 1) * kBlocksAPiece);
      for (int64_t b = piece * kBlocksAPiece; b < last; ++b) {
        const std::byte* block = values.data() + static_cast<size_t>(b) * type.byteSize;
        type.dequantize(reinterpret_cast<const uint8_t*>(block), wide);
        for (int64_t i = 0; i < type.elements; ++i) narrow[i] = f32ToF16(wide[i]);
        std::memcpy(bytes.data() + b * type.elements * 2, narrow, static_cast<size_t>(type.elements) * 2);
      }
    });
    releasePages(values);
    return rawFromBytes(DType::F16, entry.shape, std::move(bytes));
  }

  std::shared_ptr<const MappedFile> file_;
  std::span<const std::byte> rest_;
  std::string source_;
  uint64_t alignment_ = kDefaultAlignment;
  std::vector<GgufEntry> entries_;
  ThreadPool pool_;
  GgufFile result_;
};

}  // namespace

GgufFile readGguf(const std::filesystem::path& path) { return GgufReader(path).read(); }

bool looksLikeGguf(std::span<const std::byte> bytes) {
  return bytes.size() >= kMagic.size() && std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) == 0;
}

}  // namespace lorikeet
