#include "io/checkpoint.h"

#include <fmt/format.h>

#include <lorikeet/error.h>
#include <string_view>
#include <vector>

#include "io/open_clip_names.h"
#include "io/unet_names.h"
#include "io/vae_names.h"

namespace lorikeet {
namespace {

std::vector<std::string> namesOf(const TensorMap& tensors) {
  std::vector<std::string> names;
  names.reserve(tensors.size());
  for (const auto& [name, tensor] : tensors) names.push_back(name);
  return names;
}

TensorMap renamed(const TensorMap& tensors, const NameTable& table) {
  TensorMap result;
  for (const auto& [name, tensor] : tensors) result.emplace(table.toCanonical(name).value_or(name), tensor);
  return result;
}

bool hasPrefix(const TensorMap& tensors, std::string_view prefix) {
  const auto first = tensors.lower_bound(std::string(prefix));
  return first != tensors.end() && first->first.starts_with(prefix);
}

}  // namespace

TensorMap withoutPrefix(const TensorMap& tensors, std::string_view prefix) {
  TensorMap result;
  for (auto item = tensors.lower_bound(std::string(prefix)); item != tensors.end() && item->first.starts_with(prefix);
       ++item)
    result.emplace(item->first.substr(prefix.size()), item->second);
  return result;
}

TensorMap canonicalUnetFromOriginal(const TensorMap& tensors) { return renamed(tensors, unetNames(namesOf(tensors))); }

TensorMap canonicalVaeFromOriginal(const TensorMap& tensors) {
  return canonicalVae(renamed(tensors, vaeNames(namesOf(tensors))));
}

TensorMap canonicalControlNetFromOriginal(const TensorMap& tensors) {
  return renamed(tensors, controlNetNames(namesOf(tensors)));
}

CheckpointParts splitCheckpoint(const TensorMap& all, const std::string& source) {
  const TensorMap tensors = withoutWrappedAdapter(all);
  if (hasPrefix(tensors, "conditioner.embedders."))
    throw Error(ErrorKind::Unsupported,
                fmt::format("{} is an SDXL checkpoint; Lorikeet runs Stable Diffusion 1.x and 2.x.", source));
  CheckpointParts parts;
  parts.unet = canonicalUnetFromOriginal(withoutPrefix(tensors, "model.diffusion_model."));
  parts.vae = canonicalVaeFromOriginal(withoutPrefix(tensors, "first_stage_model."));
  parts.textEncoder = canonicalTextEncoder(withoutPrefix(tensors, "cond_stage_model.transformer."));
  if (parts.textEncoder.empty())
    parts.textEncoder = canonicalFromOpenClip(withoutPrefix(tensors, "cond_stage_model.model."), source);
  return parts;
}

}  // namespace lorikeet
