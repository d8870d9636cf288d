#include "workshop/fitted_module.h"

#include <lorikeet/error.h>

#include <nlohmann/json.hpp>

#include "io/json_text.h"
#include "io/tensor_values.h"

namespace lorikeet {

/// A line of JSON, and behind it the bytes of the tensors. JSON keeps doubles to the last bit.
std::string fittedRecord(const FittedModule& module) {
  nlohmann::ordered_json head{{"rank", module.fit.rank},
                              {"relative_error", module.fit.relativeError},
                              {"error", module.error},
                              {"norm", module.norm},
                              {"tensors", nlohmann::ordered_json::array()}};
  if (module.result.alpha) head["alpha"] = *module.result.alpha;
  std::string bytes;
  for (const auto& [role, tensor] : module.result.tensors) {
    head["tensors"].push_back({{"role", role},
                               {"dtype", name(tensor.dtype)},
                               {"shape", std::vector<int64_t>(tensor.shape.dims().begin(), tensor.shape.dims().end())},
                               {"bytes", tensor.bytes.size()}});
    bytes.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
  }
  return dumpJson(head) + "\n" + bytes;
}

void readFittedRecord(std::string_view record, NetworkPart part, const std::string& name, const std::string& label,
                      FittedModule& module) try {
  const size_t end = record.find('\n');
  const auto head = nlohmann::json::parse(record.substr(0, end));
  std::string_view bytes = record.substr(end + 1);
  AdapterModule result;
  for (const auto& entry : head.at("tensors")) {
    const size_t size = entry.at("bytes").get<size_t>();
    const auto dims = entry.at("shape").get<std::vector<int64_t>>();
    const std::span own = std::as_bytes(std::span(bytes.substr(0, size)));
    const DType type = entry.at("dtype").get<std::string>() == lorikeet::name(DType::F32)   ? DType::F32
                       : entry.at("dtype").get<std::string>() == lorikeet::name(DType::F16) ? DType::F16
                                                                                            : DType::BF16;
    const Shape shape{std::span<const int64_t>(dims)};
    if (own.size() != size || size != static_cast<size_t>(shape.elementCount()) * byteSize(type))
      throw Error(ErrorKind::Corrupt, "What an earlier run left is damaged.");
    result.tensors[entry.at("role").get<std::string>()] = rawFromBytes(type, shape, {own.begin(), own.end()});
    bytes.remove_prefix(size);
  }
  if (!result.tensors.empty()) {
    result.part = part;
    result.name = name;
    result.key = label;
    module.fit = {label, head.at("rank").get<int64_t>(), head.at("relative_error").get<double>()};
  }
  if (head.contains("alpha")) result.alpha = head.at("alpha").get<double>();
  module.error = head.at("error").get<double>();
  module.norm = head.at("norm").get<double>();
  module.result = std::move(result);
} catch (const nlohmann::json::exception&) {
  throw Error(ErrorKind::Corrupt, "What an earlier run left is damaged.");
}

}  // namespace lorikeet
