#include "io/safetensors_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

#include "io/json_text.h"
#include "io/safetensors.h"

namespace lorikeet {
namespace {

constexpr size_t kSizeOfLength = 8;  ///< of the header's length, before it
constexpr size_t kReferenceAlignment = 8;

/// The reference writer's order of types: wide ones stand first in a file, so that every tensor is aligned to its type.
int rank(DType type) {
  constexpr std::array kOrder{DType::Bool, DType::U8,  DType::I8,  DType::F8E5M2, DType::F8E4M3,
                              DType::I16,  DType::U16, DType::F16, DType::BF16,   DType::I32,
                              DType::U32,  DType::F32, DType::F64, DType::I64,    DType::U64};
  return static_cast<int>(std::find(kOrder.begin(), kOrder.end(), type) - kOrder.begin());
}

/// Wide types first, then by name.
std::vector<PlannedTensor> fileOrder(std::vector<PlannedTensor> tensors) {
  std::sort(tensors.begin(), tensors.end(), [](const PlannedTensor& a, const PlannedTensor& b) {
    return std::pair(-rank(a.type), std::string_view(a.name)) < std::pair(-rank(b.type), std::string_view(b.name));
  });
  return tensors;
}

std::string headerJson(const std::vector<PlannedTensor>& order, const std::map<std::string, std::string>& metadata,
                       size_t alignment) {
  // Joined as text: an ordered_json of many tensors would search all names for each one that is added.
  std::string json = "{";
  if (!metadata.empty()) json += "\"__metadata__\":" + dumpJson(nlohmann::json(metadata));
  size_t offset = 0;
  for (const PlannedTensor& tensor : order) {
    const nlohmann::ordered_json entry = {
        {"dtype", lorikeet::name(tensor.type)},
        {"shape", std::vector<int64_t>(tensor.shape.dims().begin(), tensor.shape.dims().end())},
        {"data_offsets", {offset, offset + tensor.byteSize()}}};
    if (json.size() > 1) json += ',';
    json += fmt::format("{}:{}", dumpJson(nlohmann::json(tensor.name)), dumpJson(entry));
    offset += tensor.byteSize();
  }
  json += '}';
  const size_t begin = kSizeOfLength + json.size();
  json.append((alignment - begin % alignment) % alignment, ' ');
  return json;
}

std::string littleEndian64(uint64_t value) {
  std::string bytes(kSizeOfLength, '\0');
  for (size_t i = 0; i < kSizeOfLength; ++i) bytes[i] = static_cast<char>((value >> (8 * i)) & 0xff);
  return bytes;
}

/// What a file begins with: the length of its header, and the header.
std::string beginningOf(const std::vector<PlannedTensor>& order, const std::map<std::string, std::string>& metadata,
                        size_t alignment = kReferenceAlignment) {
  const std::string header = headerJson(order, metadata, alignment);
  return littleEndian64(header.size()) + header;
}

bool beginsWith(const std::filesystem::path& file, const std::string& text) {
  std::ifstream stream(file, std::ios::binary);
  std::string found(text.size(), '\0');
  return stream.read(found.data(), static_cast<std::streamsize>(found.size())) && found == text;
}

/// The length of a file whose first `finished` tensors are written; 0 if the partial file is not such a one.
uint64_t validLength(const std::vector<PlannedTensor>& order, const std::string& beginning,
                     const std::filesystem::path& partial, size_t finished) {
  if (finished == 0 || finished > order.size() || !beginsWith(partial, beginning)) return 0;
  uint64_t length = beginning.size();
  for (size_t i = 0; i < finished; ++i) length += order[i].byteSize();
  return length;
}

}  // namespace

SafetensorsWriter::SafetensorsWriter(const std::filesystem::path& path, std::vector<PlannedTensor> tensors,
                                     const std::map<std::string, std::string>& metadata, size_t alignment)
    : order_(fileOrder(std::move(tensors))), file_(path) {
  file_.write(beginningOf(order_, metadata, alignment));
}

SafetensorsWriter::SafetensorsWriter(const std::filesystem::path& path, std::vector<PlannedTensor> tensors,
                                     const std::map<std::string, std::string>& metadata,
                                     const std::filesystem::path& partial, size_t finished)
    : order_(fileOrder(std::move(tensors))),
      file_(path, partial, validLength(order_, beginningOf(order_, metadata), partial, finished)) {
  if (file_.size() > 0)
    next_ = finished;
  else
    file_.write(beginningOf(order_, metadata));
}

void SafetensorsWriter::add(std::span<const std::byte> bytes) {
  CHECK(next_ < order_.size() && bytes.size() == order_[next_].byteSize());
  ++next_;
  file_.write(bytes);
}

void SafetensorsWriter::commit() {
  CHECK(next_ == order_.size());
  file_.commit();
}

void SafetensorsWriter::commitUnsynced() {
  CHECK(next_ == order_.size());
  file_.commitUnsynced();
}

void writeSafetensors(const std::filesystem::path& path, const std::map<std::string, RawTensor>& tensors,
                      const std::map<std::string, std::string>& metadata) {
  std::vector<PlannedTensor> plan;
  plan.reserve(tensors.size());
  for (const auto& [name, tensor] : tensors) plan.push_back({name, tensor.dtype, tensor.shape});
  SafetensorsWriter writer(path, std::move(plan), metadata);
  for (const PlannedTensor& planned : writer.order()) writer.add(tensors.find(planned.name)->second.bytes);
  writer.commit();
}

}  // namespace lorikeet
