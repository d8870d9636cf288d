#include <fmt/format.h>
#include <lorikeet/engine.h>

#include "core/execution_context.h"
#include "workshop/adapter_writer.h"
#include "workshop/merged_weights.h"
#include "workshop/output_folder.h"
#include "workshop/recipe.h"
#include "workshop/stored_model.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

std::optional<RawTensor> tensorIn(const TensorMap& tensors, const std::string& name) {
  const auto found = tensors.find(name);
  return found == tensors.end() ? std::nullopt : std::optional<RawTensor>(found->second);
}

std::vector<ChangedModule> changedModules(const StoredModel& stored, const NamedAdapters& opened,
                                          const std::vector<AdapterUse>& uses) {
  std::vector<ChangedModule> modules;
  for (auto& [key, parts] : partsByModule(opened, uses)) {
    ChangedModule module{placeOf(*opened.names, key.first, key.second), parts};
    const TensorMap& tensors = key.first == NetworkPart::UNet ? stored.canonicalUnet : stored.canonicalText;
    module.place.weight = tensorIn(tensors, key.second + ".weight");
    module.place.bias = tensorIn(tensors, key.second + ".bias");
    modules.push_back(std::move(module));
  }
  return modules;
}

void writeFolder(const fs::path& model, const fs::path& output, const StoredModel& stored, MergedWeights& weights,
                 const std::map<std::string, std::string>& metadata, const std::stop_token& stop) {
  OutputFolder folder(output);
  copyModelFolder(model, folder.path(), stop);
  weights.write(folder.path() / kUnetWeights, stored.unet, metadata);
  weights.write(folder.path() / kVaeWeights, stored.vae, {{"format", "pt"}});
  weights.write(folder.path() / kTextWeights, stored.textEncoder, {{"format", "pt"}});
  folder.commit();
}

void validateRequest(const MergeIntoModelRequest& request, const fs::path& model) {
  validate(request.adapters);
  if (request.adapters.empty()) throw Error(ErrorKind::InvalidArgument, "There is no adapter to merge.");
  std::vector<fs::path> inputs{model};
  for (const AdapterUse& use : request.adapters) inputs.push_back(use.file);
  requireApart(request.output, inputs);
  requireModelName(model, request.output);
}

WorkshopResult stoppedMerge() {
  WorkshopResult result;
  result.status = Status::Stopped;
  return result;
}

}  // namespace

WorkshopResult mergeIntoModel(const MergeIntoModelRequest& request, const WorkshopControl& control) {
  const fs::path model = request.model.empty() ? findResources() / "starter" : request.model;
  validateRequest(request, model);
  const NamedAdapters opened = openAdapters(sourcesOf(request.adapters), model, request.partial);
  StoredModel stored = openStoredModel(model);
  for (TensorMap* tensors : {&stored.checkpoint, &stored.unet, &stored.textEncoder})
    *tensors = withoutWrappedAdapter(std::move(*tensors));
  std::vector<ChangedModule> modules = changedModules(stored, opened, request.adapters);
  WorkshopResult result;
  result.modules = static_cast<int>(modules.size());

  auto metadata = stored.metadata;
  metadata["format"] = "pt";
  metadata["lorikeet.recipe"] = recipeMetadata("merge", opened, request.adapters, {}, {}).at("lorikeet.recipe");
  const auto total =
      static_cast<int>(stored.unet.size() + stored.textEncoder.size() + stored.vae.size() + stored.checkpoint.size());
  int done = 0;
  const auto report = [&](const std::string& tensor) {
    if (control.progress) control.progress({++done, total, tensor, 0});
  };
  const auto type = request.type ? std::optional(dtypeOf(*request.type)) : std::nullopt;
  MergedWeights weights(std::move(modules), type, control, report);
  try {
    if (stored.checkpoint.empty())
      writeFolder(model, request.output, stored, weights, metadata, control.stop);
    else
      weights.write(request.output, stored.checkpoint, metadata);
  } catch (const Stopped&) {
    return stoppedMerge();
  }
  result.output = request.output;
  result.parameters = weights.changedParameters();
  for (const MatchedAdapter& adapter : opened.adapters)
    if (!adapter.embeddings.empty())
      result.notes.push_back(
          fmt::format("The {} textual inversions of \"{}\" are no weights of a model and were left out.",
                      adapter.embeddings.size(), adapter.info.path.string()));
  return result;
}

}  // namespace lorikeet
