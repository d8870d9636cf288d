#include "io/onnx_tensors.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/message_digest.h"
#include "io/byte_reader.h"
#include "io/mapped_file.h"
#include "io/protobuf_reader.h"
#include "io/tensor_values.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

/// Field numbers of onnx.proto.
enum ModelField : uint32_t { kGraph = 7, kMetadataProps = 14 };
enum GraphField : uint32_t { kNode = 1, kInitializer = 5 };
enum NodeField : uint32_t { kNodeInput = 1, kNodeOutput = 2, kNodeName = 3, kOperation = 4 };
enum TensorField : uint32_t {
  kDims = 1,
  kDataType = 2,
  kFloatData = 4,
  kInt32Data = 5,
  kInt64Data = 7,
  kName = 8,
  kRawData = 9,
  kDoubleData = 10,
  kExternalData = 13,
  kDataLocation = 14,
};

std::optional<DType> dtypeOf(uint64_t onnxType) {
  switch (onnxType) {
    case 1:
      return DType::F32;
    case 2:
      return DType::U8;
    case 3:
      return DType::I8;
    case 4:
      return DType::U16;
    case 5:
      return DType::I16;
    case 6:
      return DType::I32;
    case 7:
      return DType::I64;
    case 9:
      return DType::Bool;
    case 10:
      return DType::F16;
    case 11:
      return DType::F64;
    case 12:
      return DType::U32;
    case 13:
      return DType::U64;
    case 16:
      return DType::BF16;
    case 17:
      return DType::F8E4M3;
    case 19:
      return DType::F8E5M2;
    default:
      return std::nullopt;
  }
}

/// A TensorProto, its values still where they lie.
struct OnnxTensor {
  std::string name;
  std::vector<uint64_t> dims;
  uint64_t type = 0;
  bool isExternal = false;
  std::map<std::string, std::string> external;
  std::span<const std::byte> raw;
  bool hasRaw = false;
  std::vector<uint64_t> numbers;  ///< int32_data, int64_data
  std::vector<std::byte> packed;  ///< float_data, double_data: little-endian, as the types are stored
};

class OnnxReader {
 public:
  explicit OnnxReader(const fs::path& path)
      : file_(MappedFile::open(path)),
        folder_(path.has_parent_path() ? path.parent_path() : fs::path(".")),
        source_(fmt::format("\"{}\" is not a readable ONNX file", path.string())) {}

  OnnxTensors read() {
    ProtobufReader model(file_->bytes(), source_);
    bool hasGraph = false;
    for (ProtobufField field; model.next(field);) {
      if (field.wire != ProtobufField::Wire::Bytes) continue;
      if (field.number == kMetadataProps) addEntry(field.bytes, result_.metadata);
      if (field.number != kGraph) continue;
      hasGraph = true;
      readGraph(field.bytes);
    }
    if (!hasGraph) fail("it holds no graph");
    return std::move(result_);
  }

 private:
  [[noreturn]] void fail(const std::string& reason, ErrorKind kind = ErrorKind::Corrupt) const {
    throw Error(kind, fmt::format("{}: {}.", source_, reason));
  }

  void addEntry(std::span<const std::byte> message, std::map<std::string, std::string>& to) const {
    std::string key, value;
    ProtobufReader entry(message, source_);
    for (ProtobufField field; entry.next(field);) {
      if (field.number == 1) key = asText(field.bytes);
      if (field.number == 2) value = asText(field.bytes);
    }
    to[key] = value;
  }

  void readGraph(std::span<const std::byte> message) {
    ProtobufReader graph(message, source_);
    for (ProtobufField field; graph.next(field);) {
      if (field.wire != ProtobufField::Wire::Bytes) continue;
      if (field.number == kNode) result_.nodes.push_back(readNode(field.bytes));
      if (field.number != kInitializer) continue;
      OnnxTensor tensor = parse(field.bytes);
      const std::string name = tensor.name;
      if (!result_.tensors.emplace(name, values(std::move(tensor))).second)
        fail(fmt::format("it holds the tensor \"{}\" twice", name));
    }
  }

  OnnxNode readNode(std::span<const std::byte> message) const {
    OnnxNode node;
    ProtobufReader reader(message, source_);
    for (ProtobufField field; reader.next(field);) {
      if (field.number == kNodeInput) node.inputs.emplace_back(asText(field.bytes));
      if (field.number == kNodeOutput) node.outputs.emplace_back(asText(field.bytes));
      if (field.number == kNodeName) node.name = asText(field.bytes);
      if (field.number == kOperation) node.operation = asText(field.bytes);
    }
    return node;
  }

  OnnxTensor parse(std::span<const std::byte> message) const {
    OnnxTensor tensor;
    ProtobufReader reader(message, source_);
    for (ProtobufField field; reader.next(field);) {
      switch (field.number) {
        case kDims:
          appendVarints(field, source_, tensor.dims);
          break;
        case kDataType:
          tensor.type = field.value;
          break;
        case kName:
          tensor.name = asText(field.bytes);
          break;
        case kRawData:
          tensor.raw = field.bytes;
          tensor.hasRaw = true;
          break;
        case kInt32Data:
        case kInt64Data:
          appendVarints(field, source_, tensor.numbers);
          break;
        case kFloatData:
        case kDoubleData:
          addNumbers(field, tensor.packed);
          break;
        case kExternalData:
          addEntry(field.bytes, tensor.external);
          break;
        case kDataLocation:
          tensor.isExternal = field.value == 1;
          break;
        default:
          break;
      }
    }
    return tensor;
  }

  /// Floats and doubles come packed into one field or one by one.
  static void addNumbers(const ProtobufField& field, std::vector<std::byte>& to) {
    if (field.wire == ProtobufField::Wire::Bytes) {
      to.insert(to.end(), field.bytes.begin(), field.bytes.end());
      return;
    }
    const size_t size = field.wire == ProtobufField::Wire::Fixed64 ? 8 : 4;
    for (size_t i = 0; i < size; ++i) to.push_back(static_cast<std::byte>(field.value >> (8 * i)));
  }

  RawTensor values(OnnxTensor tensor) {
    const std::optional<DType> type = dtypeOf(tensor.type);
    if (!type)
      fail(fmt::format("tensor \"{}\" has the type {}, which Lorikeet does not read", tensor.name, tensor.type),
           ErrorKind::Unsupported);
    uint64_t needed = byteSize(*type);
    if (tensor.dims.size() > Shape::kMaxRank) fail(fmt::format("tensor \"{}\" has too many dimensions", tensor.name));
    for (const uint64_t dim : tensor.dims)
      if (dim > INT64_MAX || __builtin_mul_overflow(needed, dim, &needed))
        fail(fmt::format("the shape of tensor \"{}\" is impossibly large", tensor.name));
    const std::vector<int64_t> dims(tensor.dims.begin(), tensor.dims.end());
    const Shape shape{std::span<const int64_t>(dims)};
    if (tensor.isExternal) return external(tensor, *type, shape, needed);
    if (!tensor.hasRaw) return rawFromBytes(*type, shape, widened(tensor, *type, needed));
    if (tensor.raw.size() != needed) failSize(tensor.name, needed, tensor.raw.size());
    return {*type, shape, tensor.raw, file_};
  }

  [[noreturn]] void failSize(const std::string& name, uint64_t needed, uint64_t found) const {
    fail(fmt::format("tensor \"{}\" needs {} bytes for its shape and type, but there are {}", name, needed, found));
  }

  /// Values that the file keeps as a list of numbers; those of 8 and 16 bits lie in int32_data.
  std::vector<std::byte> widened(OnnxTensor& tensor, DType type, uint64_t needed) const {
    std::vector<std::byte> bytes = std::move(tensor.packed);
    const size_t size = byteSize(type);
    if (bytes.empty()) {
      if (tensor.numbers.size() > needed / size) failSize(tensor.name, needed, tensor.numbers.size() * size);
      bytes.reserve(tensor.numbers.size() * size);
      for (const uint64_t number : tensor.numbers)
        for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(number >> (8 * i)));
    }
    if (bytes.size() != needed) failSize(tensor.name, needed, bytes.size());
    return bytes;
  }

  uint64_t number(const OnnxTensor& tensor, const char* key, uint64_t fallback) const {
    const auto found = tensor.external.find(key);
    if (found == tensor.external.end()) return fallback;
    uint64_t value = 0;
    const char* end = found->second.data() + found->second.size();
    const auto [read, failed] = std::from_chars(found->second.data(), end, value);
    if (failed != std::errc() || read != end)
      fail(fmt::format("tensor \"{}\" has the {} \"{}\", which is no number", tensor.name, key, found->second));
    return value;
  }

  RawTensor external(const OnnxTensor& tensor, DType type, const Shape& shape, uint64_t needed) {
    const auto location = tensor.external.find("location");
    if (location == tensor.external.end() || location->second.empty())
      fail(fmt::format("tensor \"{}\" does not say which file holds its values", tensor.name));
    const auto data = externalFile(location->second, tensor.name);
    requireChecksum(tensor, location->second, *data);
    const uint64_t offset = number(tensor, "offset", 0), length = number(tensor, "length", needed);
    if (length != needed) failSize(tensor.name, needed, length);
    const uint64_t size = data->bytes().size();
    if (offset > size || length > size - offset)
      fail(fmt::format("tensor \"{}\" begins at byte {} and ends at {} of \"{}\", which has only {}", tensor.name,
                       offset, fmt::format("{} + {}", offset, length), location->second, size));
    return {type, shape, data->bytes().subspan(offset, length), data};
  }

  /// The checksum is that of the whole file; it is read once.
  void requireChecksum(const OnnxTensor& tensor, const std::string& location, const MappedFile& data) {
    const auto stated = tensor.external.find("checksum");
    if (stated == tensor.external.end() || stated->second.empty()) return;
    std::string& found = checksums_[location];
    if (found.empty()) {
      Sha1 hash;
      hash.add(data.bytes());
      found = hash.finish();
    }
    std::string wanted = stated->second;
    std::transform(wanted.begin(), wanted.end(), wanted.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 'a' - 'A') : c; });
    if (wanted != found)
      fail(
          fmt::format("\"{}\" with the values of tensor \"{}\" is damaged or another file: its SHA1 is {}, but {} is "
                      "stated",
                      location, tensor.name, found, wanted));
  }

  /// Opens a file beside this one, once. A file that somebody was sent must not make us read others.
  std::shared_ptr<const MappedFile> externalFile(const std::string& location, const std::string& name) {
    std::shared_ptr<const MappedFile>& file = files_[location];
    if (file) return file;
    const fs::path relative(location);
    const bool leadsUp = std::find(relative.begin(), relative.end(), fs::path("..")) != relative.end();
    if (relative.is_absolute() || leadsUp || location.find('\0') != std::string::npos)
      fail(fmt::format("tensor \"{}\" points to \"{}\", out of the file's folder", name, location));
    std::error_code failed;
    const fs::path folder = fs::canonical(folder_, failed);
    const fs::path target = failed ? fs::path() : fs::canonical(folder / relative, failed);
    if (failed)
      throw Error(ErrorKind::NotFound, fmt::format("{}: the values of tensor \"{}\" should be in \"{}\" beside it: {}.",
                                                   source_, name, location, failed.message()));
    const auto [end, rest] = std::mismatch(folder.begin(), folder.end(), target.begin(), target.end());
    if (end != folder.end())
      fail(fmt::format("tensor \"{}\" points to \"{}\", a link out of the file's folder", name, location));
    if (!fs::is_regular_file(target, failed))
      fail(fmt::format("tensor \"{}\" points to \"{}\", which is no plain file", name, location));
    return file = MappedFile::open(target);
  }

  std::shared_ptr<const MappedFile> file_;
  fs::path folder_;
  std::string source_;
  std::map<std::string, std::shared_ptr<const MappedFile>> files_;
  std::map<std::string, std::string> checksums_;  ///< of those that have one stated
  OnnxTensors result_;
};

}  // namespace

OnnxTensors readOnnxTensors(const fs::path& path) { return OnnxReader(path).read(); }

bool looksLikeOnnx(std::span<const std::byte> bytes) {
  try {
    ProtobufReader model(bytes, "");
    bool hasGraph = false;
    for (ProtobufField field; model.next(field);) {
      if (field.number > 32) return false;  // ModelProto has about 26
      if (field.number == kGraph) hasGraph = field.wire == ProtobufField::Wire::Bytes;
    }
    return hasGraph;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace lorikeet
