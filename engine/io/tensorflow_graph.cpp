#include "io/tensorflow_graph.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <bit>
#include <cctype>
#include <optional>
#include <vector>

#include "io/byte_reader.h"
#include "io/mapped_file.h"
#include "io/tensor_values.h"

namespace lorikeet {
namespace {

using Bytes = std::span<const std::byte>;

// Field numbers of tensorflow/core/framework/{graph,node_def,attr_value,tensor,tensor_shape}.proto.
constexpr uint32_t kGraphNode = 1, kNodeName = 1, kNodeOperation = 2, kNodeAttribute = 5;
constexpr uint32_t kEntryKey = 1, kEntryValue = 2, kAttributeTensor = 8;
constexpr uint32_t kTensorType = 1, kTensorShape = 2, kTensorContent = 4, kTensorFloats = 5;
constexpr uint32_t kShapeDimension = 2, kDimensionSize = 1;
constexpr uint64_t kFloatType = 1;
constexpr size_t kMaxDimensions = 6;
constexpr int64_t kMaxElements = int64_t{1} << 28;

enum class WireType : uint32_t { Varint = 0, Fixed64 = 1, Length = 2, Fixed32 = 5 };

struct Field {
  uint32_t number = 0;
  WireType type = WireType::Varint;
  uint64_t value = 0;  ///< of a varint
  Bytes bytes;         ///< of the other types
};

/// Walks over the fields of one protocol buffer message (protobuf.dev, "Encoding").
class Message {
 public:
  Message(Bytes bytes, const std::string& source) : bytes_(bytes), source_(source) {}

  std::optional<Field> next() {
    if (bytes_.empty()) return std::nullopt;
    Field field;
    const uint64_t tag = varint();
    field.number = static_cast<uint32_t>(tag >> 3);
    field.type = static_cast<WireType>(tag & 7);
    switch (field.type) {
      case WireType::Varint:
        field.value = varint();
        return field;
      case WireType::Fixed64:
        field.bytes = take(8);
        return field;
      case WireType::Length:
        field.bytes = take(varint());
        return field;
      case WireType::Fixed32:
        field.bytes = take(4);
        return field;
    }
    fail("a field has an unknown type");
  }
  Message child(const Field& field) const { return {field.bytes, source_}; }
  [[noreturn]] void fail(const std::string& reason) const {
    throw Error(ErrorKind::Corrupt, fmt::format("{} is not a readable TensorFlow graph: {}.", source_, reason));
  }

 private:
  Bytes take(uint64_t count) {
    if (count > bytes_.size()) fail("it ends too early");
    const Bytes taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = std::to_integer<uint64_t>(take(1)[0]);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    fail("a number is too long");
  }

  Bytes bytes_;
  const std::string& source_;
};

Shape readShape(Message message) {
  std::vector<int64_t> dims;
  while (const auto field = message.next()) {
    if (field->number != kShapeDimension) continue;
    Message dimension = message.child(*field);
    int64_t size = 0;
    while (const auto part = dimension.next())
      if (part->number == kDimensionSize) size = static_cast<int64_t>(part->value);
    if (size < 0 || size > (int64_t{1} << 24) || dims.size() == kMaxDimensions) message.fail("a shape is impossible");
    dims.push_back(size);
  }
  return Shape(dims);
}

/// A float tensor; nothing for other types. One value may stand for all elements.
std::optional<RawTensor> readTensor(Message message) {
  uint64_t type = 0;
  Shape shape;
  std::vector<float> values;
  const auto append = [&](Bytes bytes) {
    for (size_t i = 0; i + 4 <= bytes.size(); i += 4)
      values.push_back(std::bit_cast<float>(littleEndian<uint32_t>(bytes.subspan(i, 4))));
  };
  while (const auto field = message.next()) {
    if (field->number == kTensorType) type = field->value;
    if (field->number == kTensorShape) shape = readShape(message.child(*field));
    if (field->number == kTensorContent || field->number == kTensorFloats) append(field->bytes);
  }
  if (type != kFloatType) return std::nullopt;
  int64_t count = 1;
  for (const int64_t dim : shape.dims())
    if ((count *= dim) > kMaxElements) message.fail("a tensor is too large");
  if (values.size() == 1) values.resize(static_cast<size_t>(count), values.front());
  if (static_cast<int64_t>(values.size()) != count) message.fail("a tensor has fewer or more values than its shape");
  return rawFromFloats(shape, values);
}

/// The "value" of a constant node.
std::optional<RawTensor> readAttribute(Message entry) {
  std::string_view key;
  std::optional<RawTensor> tensor;
  while (const auto field = entry.next()) {
    if (field->number == kEntryKey) key = asText(field->bytes);
    if (field->number != kEntryValue) continue;
    Message value = entry.child(*field);
    while (const auto part = value.next())
      if (part->number == kAttributeTensor) tensor = readTensor(value.child(*part));
  }
  return key == "value" ? tensor : std::nullopt;
}

void readNode(Message node, TensorMap& constants) {
  std::string name, operation;
  std::vector<Field> attributes;
  while (const auto field = node.next()) {
    if (field->number == kNodeName) name = asText(field->bytes);
    if (field->number == kNodeOperation) operation = asText(field->bytes);
    if (field->number == kNodeAttribute) attributes.push_back(*field);
  }
  if (operation != "Const") return;
  for (const Field& attribute : attributes)
    if (auto tensor = readAttribute(node.child(attribute))) constants.insert_or_assign(name, std::move(*tensor));
}

}  // namespace

bool looksLikeTensorflowGraph(Bytes start) {
  // Field 1 of the graph (a node, shorter than 2^28 bytes), which begins with its field 1 (a name that is text).
  size_t at = 1;
  if (start.size() < 9 || start[0] != std::byte{0x0a}) return false;
  while (at < 5 && (start[at] & std::byte{0x80}) != std::byte{0}) ++at;
  return start[at + 1] == std::byte{0x0a} && std::isalnum(std::to_integer<unsigned char>(start[at + 3])) != 0;
}

TensorMap readTensorflowConstants(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  const std::string source = fmt::format("\"{}\"", path.string());
  Message graph(file->bytes(), source);
  TensorMap constants;
  while (const auto field = graph.next())
    if (field->number == kGraphNode) readNode(graph.child(*field), constants);
  if (constants.empty()) graph.fail("it holds no constants");
  return constants;
}

}  // namespace lorikeet
