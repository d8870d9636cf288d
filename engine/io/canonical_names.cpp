#include "io/canonical_names.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "io/tensor_values.h"

namespace lorikeet {
namespace {

constexpr std::string_view kTextPrefix = "text_model.";
constexpr std::string_view kVaeAttention = ".mid_block.attentions.0.";

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kOldVaeAttention{
    {{"query", "to_q"}, {"key", "to_k"}, {"value", "to_v"}, {"proj_attn", "to_out.0"}}};

/// The new name of "encoder.mid_block.attentions.0.query.weight"; any other name as it is.
std::string vaeName(const std::string& name) {
  const size_t attention = name.find(kVaeAttention);
  if (attention == std::string::npos) return name;
  const size_t start = attention + kVaeAttention.size();
  const size_t end = name.find('.', start);
  const std::string_view layer = std::string_view(name).substr(start, end - start);
  for (const auto& [oldName, newName] : kOldVaeAttention)
    if (layer == oldName) return name.substr(0, start).append(newName).append(name.substr(std::min(end, name.size())));
  return name;
}

RawTensor linearIfPointwise(RawTensor tensor) {
  const Shape& shape = tensor.shape;
  if (shape.rank() != 4 || shape[2] != 1 || shape[3] != 1) return tensor;
  const Shape linear{shape[0], shape[1]};
  return reshaped(std::move(tensor), linear);
}

}  // namespace

TensorMap canonicalTextEncoder(TensorMap tensors) {
  TensorMap result;
  for (auto& item : tensors) {
    const std::string& name = item.first;
    if (name.ends_with("position_ids")) continue;
    const bool isBare =
        name.starts_with("embeddings.") || name.starts_with("encoder.") || name.starts_with("final_layer_norm.");
    result.emplace(isBare ? std::string(kTextPrefix) + name : name, std::move(item.second));
  }
  return result;
}

TensorMap canonicalVae(TensorMap tensors) {
  TensorMap result;
  for (auto& item : tensors) {
    const std::string& name = item.first;
    const bool inAttention = name.find(kVaeAttention) != std::string::npos;
    result.emplace(vaeName(name), inAttention ? linearIfPointwise(std::move(item.second)) : std::move(item.second));
  }
  return result;
}

TensorMap withoutWrappedAdapter(TensorMap tensors) {
  constexpr std::string_view kBase = ".base_layer.";
  const auto isWrapped = [&](const auto& item) { return item.first.find(kBase) != std::string::npos; };
  if (std::none_of(tensors.begin(), tensors.end(), isWrapped)) return tensors;
  TensorMap result;
  for (auto& [name, tensor] : tensors) {
    const size_t base = name.find(kBase);
    if (base != std::string::npos)
      result.emplace(name.substr(0, base + 1) + name.substr(base + kBase.size()), std::move(tensor));
    else if (name.find(".lora_") == std::string::npos)
      result.emplace(name, std::move(tensor));
  }
  return result;
}

}  // namespace lorikeet
