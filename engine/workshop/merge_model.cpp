#include <fmt/format.h>
#include <lorikeet/engine.h>
#include <lorikeet/request_json.h>
#include <lorikeet/starter_parts.h>

#include <chrono>
#include <functional>

#include "core/execution_context.h"
#include "workshop/adapter_writer.h"
#include "workshop/merged_weights.h"
#include "workshop/output_folder.h"
#include "workshop/recipe.h"
#include "workshop/stored_model.h"
#include "workshop/workshop_memory.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

std::optional<RawTensor> tensorIn(const TensorMap& tensors, const std::string& name) {
  const auto found = tensors.find(name);
  return found == tensors.end() ? std::nullopt : std::optional<RawTensor>(found->second);
}

/// The hidden folder in which a merged model grows.
fs::path unfinishedFolderOf(const fs::path& output) {
  fs::path folder = output;
  if (!folder.has_filename()) folder = folder.parent_path();
  return folder.parent_path() / fmt::format(".{}.unfinished", folder.filename().string());
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

/// Tells where a merge is; the time left goes by the bytes that were not there from an earlier run.
class MergeProgress {
 public:
  MergeProgress(const StoredModel& stored, const WorkshopControl& control) : control_(control) {
    for (const TensorMap* tensors : {&stored.unet, &stored.textEncoder, &stored.vae, &stored.checkpoint}) {
      total_ += static_cast<int>(tensors->size());
      for (const auto& [name, tensor] : *tensors) left_ += static_cast<double>(tensor.bytes.size());
    }
  }
  void operator()(const std::string& name, const RawTensor& tensor, bool isNew) {
    if (!control_.progress) return;
    const auto bytes = static_cast<double>(tensor.bytes.size());
    left_ -= bytes;
    if (isNew) written_ += bytes;
    const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
    control_.progress({++done_, total_, name, written_ > 0 ? elapsed / written_ * left_ : 0});
  }

 private:
  using Clock = std::chrono::steady_clock;
  const WorkshopControl& control_;
  Clock::time_point start_ = Clock::now();
  int done_ = 0, total_ = 0;
  double left_ = 0, written_ = 0;
};

/// What a merge writes, in the order in which it is written. An unfinished folder is kept under a name of its own.
void writeMerged(const MergeIntoModelRequest& request, const fs::path& model, const StoredModel& stored,
                 MergedWeights& weights, const std::map<std::string, std::string>& metadata,
                 const ModuleJournal* journal, const std::stop_token& stop) {
  if (!stored.checkpoint.empty()) return weights.write(request.output, stored.checkpoint, metadata);
  OutputFolder folder(request.output, journal != nullptr ? unfinishedFolderOf(request.output) : fs::path());
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

/// All that decides what comes out, for a journal.
std::string settingsOf(const MergeIntoModelRequest& request, const fs::path& model) {
  std::string text = fmt::format("merge {} {}\n{}", request.type ? static_cast<int>(*request.type) : -1,
                                 request.partial, markOf(model));
  for (const AdapterUse& use : request.adapters) text += markOf(use.file);
  GenerateRequest rows;
  rows.adapters = request.adapters;
  return text + toRequestJson(rows);
}

/// Removes what an earlier run left for another request; what it left for this one stays.
void removeUnfinished(const fs::path& output) {
  std::error_code ignored;
  fs::remove_all(unfinishedFolderOf(output), ignored);
  fs::path file = output;
  fs::remove(file += ".unfinished", ignored);
}

WorkshopEstimate mergeModelEstimate(const MergeIntoModelRequest& request, const StoredModel& stored,
                                    const std::vector<ChangedModule>& modules, const WorkshopControl& control) {
  const auto type = request.type ? std::optional(dtypeOf(*request.type)) : std::nullopt;
  const MergedWeights weights(modules, type, control, {});
  int64_t working = 0;
  for (const TensorMap* tensors : {&stored.unet, &stored.textEncoder, &stored.vae, &stored.checkpoint})
    working = std::max(working, weights.workingBytes(*tensors));
  std::vector<fs::path> files;
  for (const AdapterUse& use : request.adapters) files.push_back(use.file);
  return fittingEstimate("Merging", static_cast<int64_t>(modules.size()), bytesOnDisk(files) + working, control);
}

/// A model with what is changed of it.
struct PreparedMerge {
  NamedAdapters opened;
  StoredModel stored;
  std::vector<ChangedModule> modules;
  WorkshopEstimate estimate;
};

std::unique_ptr<PreparedMerge> prepare(const MergeIntoModelRequest& request, const fs::path& model,
                                       const WorkshopControl& control) {
  validateRequest(request, model);
  auto prepared = std::make_unique<PreparedMerge>();
  prepared->opened = openAdapters(sourcesOf(request.adapters), model, request.partial);
  StoredModel& stored = prepared->stored = openStoredModel(model);
  for (TensorMap* tensors : {&stored.checkpoint, &stored.unet, &stored.textEncoder})
    *tensors = withoutWrappedAdapter(std::move(*tensors));
  prepared->modules = changedModules(stored, prepared->opened, request.adapters);
  prepared->estimate = mergeModelEstimate(request, stored, prepared->modules, control);
  return prepared;
}

fs::path modelOf(const MergeIntoModelRequest& request) { return starterIfEmpty(request.model); }

}  // namespace

WorkshopEstimate estimateWorkshop(const MergeIntoModelRequest& request, const WorkshopControl& control) {
  return prepare(request, modelOf(request), control)->estimate;
}

WorkshopResult mergeIntoModel(const MergeIntoModelRequest& request, const WorkshopControl& control) {
  const fs::path model = modelOf(request);
  const auto prepared = prepare(request, model, control);
  const NamedAdapters& opened = prepared->opened;
  const StoredModel& stored = prepared->stored;
  WorkshopResult result;
  result.modules = static_cast<int>(prepared->modules.size());

  auto metadata = stored.metadata;
  metadata["format"] = "pt";
  metadata["lorikeet.recipe"] = recipeMetadata("merge", opened, request.adapters, {}, {}).at("lorikeet.recipe");
  MergeProgress progress(stored, control);
  const auto type = request.type ? std::optional(dtypeOf(*request.type)) : std::nullopt;
  MergedWeights weights(std::move(prepared->modules), type, control, std::ref(progress));
  std::optional<ModuleJournal> kept;
  if (control.keepsPartial) {
    kept.emplace(journalOf(request.output), settingsOf(request, model));
    if (kept->records().empty()) removeUnfinished(request.output);
    weights.continueWith(*kept);
  }
  ModuleJournal* journal = kept ? &*kept : nullptr;
  return keepingJournal(journal, [&] {
    try {
      writeMerged(request, model, stored, weights, metadata, journal, control.stop);
    } catch (const Error& error) {
      if (journal != nullptr && error.kind() != ErrorKind::Io) removeUnfinished(request.output);
      throw;
    }
    result.output = request.output;
    result.parameters = weights.changedParameters();
    for (const MatchedAdapter& adapter : opened.adapters)
      if (!adapter.embeddings.empty())
        result.notes.push_back(
            fmt::format("The {} textual inversions of \"{}\" are no weights of a model and were left out.",
                        adapter.embeddings.size(), adapter.info.path.string()));
    return result;
  });
}

}  // namespace lorikeet
