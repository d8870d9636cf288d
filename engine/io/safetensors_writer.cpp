#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "io/atomic_file.h"
#include "io/safetensors.h"

namespace lorikeet {
namespace {

using NamedTensor = const std::pair<const std::string, RawTensor>*;

/// The reference writer's order of types: wide ones stand first in a file, so that every tensor is aligned to its type.
int rank(DType type) {
  constexpr std::array kOrder{DType::Bool, DType::U8,  DType::I8,  DType::F8E5M2, DType::F8E4M3,
                              DType::I16,  DType::U16, DType::F16, DType::BF16,   DType::I32,
                              DType::U32,  DType::F32, DType::F64, DType::I64,    DType::U64};
  return static_cast<int>(std::find(kOrder.begin(), kOrder.end(), type) - kOrder.begin());
}

/// Wide types first, then by name.
std::vector<NamedTensor> fileOrder(const std::map<std::string, RawTensor>& tensors) {
  std::vector<NamedTensor> order;
  order.reserve(tensors.size());
  for (const auto& item : tensors) order.push_back(&item);
  std::stable_sort(order.begin(), order.end(),
                   [](NamedTensor a, NamedTensor b) { return rank(a->second.dtype) > rank(b->second.dtype); });
  return order;
}

/// Bytes that are not UTF-8 become U+FFFD.
std::string jsonText(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string headerJson(const std::vector<NamedTensor>& order, const std::map<std::string, std::string>& metadata) {
  // Joined as text: an ordered_json of many tensors would search all names for each one that is added.
  std::string json = "{";
  if (!metadata.empty()) json += "\"__metadata__\":" + jsonText(metadata);
  size_t offset = 0;
  for (const NamedTensor item : order) {
    const auto& [name, tensor] = *item;
    const nlohmann::ordered_json entry = {
        {"dtype", lorikeet::name(tensor.dtype)},
        {"shape", std::vector<int64_t>(tensor.shape.dims().begin(), tensor.shape.dims().end())},
        {"data_offsets", {offset, offset + tensor.bytes.size()}}};
    if (json.size() > 1) json += ',';
    json += fmt::format("{}:{}", jsonText(name), entry.dump());
    offset += tensor.bytes.size();
  }
  json += '}';
  json.resize((json.size() + 7) / 8 * 8, ' ');
  return json;
}

std::string littleEndian64(uint64_t value) {
  std::string bytes(8, '\0');
  for (size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>((value >> (8 * i)) & 0xff);
  return bytes;
}

}  // namespace

void writeSafetensors(const std::filesystem::path& path, const std::map<std::string, RawTensor>& tensors,
                      const std::map<std::string, std::string>& metadata) {
  const std::vector<NamedTensor> order = fileOrder(tensors);
  const std::string header = headerJson(order, metadata);
  AtomicFile file(path);
  file.write(littleEndian64(header.size()));
  file.write(header);
  for (const NamedTensor item : order) file.write(item->second.bytes);
  file.commit();
}

}  // namespace lorikeet
