#include "workshop/extracted_layer.h"

#include <lorikeet/error.h>

#include <nlohmann/json.hpp>

#include "io/json_text.h"
#include "io/tensor_values.h"

namespace lorikeet {

/// A line of JSON, and behind it the bytes of the tensors. JSON keeps doubles to the last bit.
std::string extractionRecord(const ExtractedLayer& layer) {
  nlohmann::ordered_json head{{"rank", layer.fit.rank},
                              {"relative_error", layer.fit.relativeError},
                              {"error", layer.error},
                              {"norm", layer.norm},
                              {"tensors", nlohmann::ordered_json::array()}};
  if (layer.result.alpha) head["alpha"] = *layer.result.alpha;
  std::string bytes;
  for (const auto& [role, tensor] : layer.result.tensors) {
    head["tensors"].push_back({{"role", role},
                               {"dtype", name(tensor.dtype)},
                               {"shape", std::vector<int64_t>(tensor.shape.dims().begin(), tensor.shape.dims().end())},
                               {"bytes", tensor.bytes.size()}});
    bytes.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
  }
  return dumpJson(head) + "\n" + bytes;
}

void readExtractionRecord(std::string_view record, ExtractedLayer& layer) try {
  const size_t end = record.find('\n');
  const auto head = nlohmann::json::parse(record.substr(0, end));
  std::string_view bytes = record.substr(end + 1);
  AdapterModule result;
  for (const auto& entry : head.at("tensors")) {
    const size_t size = entry.at("bytes").get<size_t>();
    const auto dims = entry.at("shape").get<std::vector<int64_t>>();
    const std::span own = std::as_bytes(std::span(bytes.substr(0, size)));
    const DType type = entry.at("dtype").get<std::string>() == name(DType::F32)   ? DType::F32
                       : entry.at("dtype").get<std::string>() == name(DType::F16) ? DType::F16
                                                                                  : DType::BF16;
    const Shape shape{std::span<const int64_t>(dims)};
    if (own.size() != size || size != static_cast<size_t>(shape.elementCount()) * byteSize(type))
      throw Error(ErrorKind::Corrupt, "What an earlier extraction left is damaged.");
    result.tensors[entry.at("role").get<std::string>()] = rawFromBytes(type, shape, {own.begin(), own.end()});
    bytes.remove_prefix(size);
  }
  if (!result.tensors.empty()) {
    result.part = layer.layer.part;
    result.name = layer.layer.module;
    result.key = layer.layer.label();
    layer.fit = {layer.layer.label(), head.at("rank").get<int64_t>(), head.at("relative_error").get<double>()};
  }
  if (head.contains("alpha")) result.alpha = head.at("alpha").get<double>();
  layer.error = head.at("error").get<double>();
  layer.norm = head.at("norm").get<double>();
  layer.result = std::move(result);
} catch (const nlohmann::json::exception&) {
  throw Error(ErrorKind::Corrupt, "What an earlier extraction left is damaged.");
}

}  // namespace lorikeet
