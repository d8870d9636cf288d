#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "adapters/adapter_format.h"
#include "io/json_text.h"
#include "io/tensor_values.h"
#include "workshop/adapter_writer.h"
#include "workshop/stored_model.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kBaseLayer = ".base_layer";
[[noreturn]] void refuseEmbedding(const AdapterModule& module, const std::string& reason) {
  throw Error(ErrorKind::Unsupported, fmt::format("The module {} cannot be put into a model: {}.", module.key, reason));
}

void requireEmbeddable(const AdapterModule& module, const Shape& weight) {
  if (!isLowRank(module) || changesBias(module)) refuseEmbedding(module, "only LoRA can");
  if (module.has("mid")) refuseEmbedding(module, "it has a Tucker core");
  if (weight.rank() == 4 && weight[2] * weight[3] != 1)
    refuseEmbedding(module, "lora_wrapper has no low-rank form of convolutions with a larger kernel");
}

/// The matrices under lora_wrapper's names.
void addMatrices(const AdapterModule& module, const Shape& weight, const std::string& stored, TensorMap& tensors) {
  const RawTensor &down = module.get("down"), &up = module.get("up");
  const int64_t rank = down.shape[0];
  const auto scale = static_cast<float>(module.scale(rank));
  tensors[stored + ".lora_A"] = reshaped(down, {rank, weight[1]});
  tensors[stored + ".lora_B"] = reshaped(up, {weight[0], rank});
  tensors[stored + ".lora_scale"] = rawFromFloats({}, std::span(&scale, 1));
}

/// Names of the stored tensors by where their bytes begin.
std::map<const std::byte*, std::string> namesByPlace(const TensorMap& stored) {
  std::map<const std::byte*, std::string> names;
  for (const auto& [name, tensor] : stored) names[tensor.bytes.data()] = name;
  return names;
}

void rename(TensorMap& tensors, const std::string& from, const std::string& to) {
  auto node = tensors.extract(from);
  if (node.empty()) return;
  node.key() = to;
  tensors.insert(std::move(node));
}

/// Puts the modules of one network into its stored tensors.
void embedInto(TensorMap& stored, const TensorMap& canonical, NetworkPart part,
               const std::vector<AdapterModule>& modules, WorkshopResult& result) {
  constexpr std::string_view kWeight = ".weight";
  const auto names = namesByPlace(stored);
  for (const AdapterModule& module : modules) {
    if (module.part != part) continue;
    const RawTensor& weight = canonical.at(module.name + std::string(kWeight));
    requireEmbeddable(module, weight.shape);
    const auto place = names.find(weight.bytes.data());
    if (place == names.end() || !place->second.ends_with(kWeight) ||
        stored.at(place->second).bytes.size() != weight.bytes.size())
      refuseEmbedding(module, "the model keeps its weight together with others in one tensor");
    const std::string name = place->second.substr(0, place->second.size() - kWeight.size());
    rename(stored, name + ".weight", name + ".base_layer.weight");
    rename(stored, name + ".bias", name + ".base_layer.bias");
    addMatrices(module, weight.shape, name, stored);
    ++result.modules;
    result.parameters += module.get("down").shape.elementCount() + module.get("up").shape.elementCount() + 1;
  }
}

bool holdsEmbedded(const TensorMap& tensors) {
  return std::any_of(tensors.begin(), tensors.end(),
                     [](const auto& entry) { return entry.first.find(kBaseLayer) != std::string::npos; });
}

std::string jsonOf(const std::map<std::string, std::string>& metadata) { return dumpJson(nlohmann::json(metadata)); }

}  // namespace

WorkshopResult embedAdapter(const EmbedAdapterRequest& request, const WorkshopControl& control) {
  const fs::path inputs[] = {request.model, request.adapter.file};
  requireApart(request.output, inputs);
  const NamedAdapters opened = openAdapters(std::span(&request.adapter, 1), request.model, false);
  StoredModel model = openStoredModel(request.model);
  for (const TensorMap* tensors : {&model.checkpoint, &model.unet, &model.textEncoder})
    if (holdsEmbedded(*tensors))
      throw Error(ErrorKind::InvalidArgument, fmt::format("\"{}\" holds an adapter already.", request.model.string()));
  WorkshopResult result;
  const bool isFolder = model.checkpoint.empty();
  const std::vector<AdapterModule>& modules = opened.adapters.front().modules;
  embedInto(isFolder ? model.unet : model.checkpoint, model.canonicalUnet, NetworkPart::UNet, modules, result);
  embedInto(isFolder ? model.textEncoder : model.checkpoint, model.canonicalText, NetworkPart::TextEncoder, modules,
            result);
  if (!opened.files.front().metadata.empty()) model.metadata[kEmbeddedMetadata] = jsonOf(opened.files.front().metadata);
  return writeStoredModel(model, request.model, request.output, std::move(result), control);
}

WorkshopResult removeEmbedded(const RemoveEmbeddedRequest& request, const WorkshopControl& control) {
  requireApart(request.output, std::span(&request.checkpoint, 1));
  StoredModel model = openStoredModel(request.checkpoint);
  WorkshopResult result;
  bool found = false;
  for (TensorMap* tensors : {&model.checkpoint, &model.unet, &model.textEncoder}) {
    if (!holdsEmbedded(*tensors)) continue;
    found = true;
    for (const auto& [name, tensor] : *tensors)
      if (name.ends_with(".base_layer.weight")) ++result.modules;
    *tensors = withoutWrappedAdapter(std::move(*tensors));
  }
  if (!found) throw Error(ErrorKind::Mismatch, fmt::format("\"{}\" holds no adapter.", request.checkpoint.string()));
  model.metadata.erase(kEmbeddedMetadata);
  return writeStoredModel(model, request.checkpoint, request.output, std::move(result), control);
}

}  // namespace lorikeet
