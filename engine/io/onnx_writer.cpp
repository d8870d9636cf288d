#include "io/onnx_writer.h"

#include <fmt/format.h>

#include <lorikeet/error.h>
#include <string_view>

#include "io/atomic_file.h"

namespace lorikeet {
namespace {

constexpr uint64_t kMaxMessageBytes = (uint64_t{1} << 31) - 1;

std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(value | 0x80));
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

std::string numberEntry(uint32_t field, uint64_t value) { return varint(field << 3) + varint(value); }

/// The beginning of a field of bytes; they follow.
std::string bytesHead(uint32_t field, uint64_t size) { return varint(field << 3 | 2) + varint(size); }

std::string textEntry(uint32_t field, std::string_view text) { return bytesHead(field, text.size()).append(text); }

/// onnx.proto: TensorProto.DataType.
uint64_t onnxType(DType type) {
  switch (type) {
    case DType::F32:
      return 1;
    case DType::U8:
      return 2;
    case DType::I8:
      return 3;
    case DType::U16:
      return 4;
    case DType::I16:
      return 5;
    case DType::I32:
      return 6;
    case DType::I64:
      return 7;
    case DType::Bool:
      return 9;
    case DType::F16:
      return 10;
    case DType::F64:
      return 11;
    case DType::U32:
      return 12;
    case DType::U64:
      return 13;
    case DType::BF16:
      return 16;
    case DType::F8E4M3:
      return 17;
    case DType::F8E5M2:
      return 19;
  }
  return 0;
}

/// A TensorProto up to its values.
std::string tensorHead(const std::string& name, const RawTensor& tensor) {
  std::string head;
  for (const int64_t dim : tensor.shape.dims()) head += numberEntry(1, static_cast<uint64_t>(dim));
  return head + numberEntry(2, onnxType(tensor.dtype)) + textEntry(8, name) + bytesHead(9, tensor.bytes.size());
}

}  // namespace

void writeOnnxTensors(const std::filesystem::path& path, const std::map<std::string, RawTensor>& tensors,
                      const std::map<std::string, std::string>& metadata) {
  const std::string graphName = textEntry(2, "adapter");
  std::map<std::string, std::string> heads;
  uint64_t graphSize = graphName.size();
  for (const auto& [name, tensor] : tensors) {
    std::string head = tensorHead(name, tensor);
    const uint64_t size = head.size() + tensor.bytes.size();
    head.insert(0, bytesHead(5, size));
    graphSize += head.size() + tensor.bytes.size();
    heads.emplace(name, std::move(head));
  }
  if (graphSize > kMaxMessageBytes)
    throw Error(ErrorKind::Unsupported,
                fmt::format("\"{}\" would have {} bytes; an ONNX file holds at most 2 GiB.", path.string(), graphSize));
  AtomicFile file(path);
  file.write(numberEntry(1, 8) + textEntry(2, "Lorikeet") + bytesHead(7, graphSize) + graphName);
  for (const auto& [name, tensor] : tensors) {
    file.write(heads.at(name));
    file.write(tensor.bytes);
  }
  file.write(textEntry(8, numberEntry(2, 14)));
  for (const auto& [key, value] : metadata) file.write(textEntry(14, textEntry(1, key) + textEntry(2, value)));
  file.commit();
}

}  // namespace lorikeet
