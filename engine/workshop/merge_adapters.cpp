#include <fmt/format.h>
#include <lorikeet/error.h>
#include <lorikeet/request_json.h>

#include <algorithm>
#include <cmath>

#include "adapters/adapter_format.h"
#include "core/execution_context.h"
#include "io/tensor_values.h"
#include "workshop/adapter_writer.h"
#include "workshop/fitted_module.h"
#include "workshop/low_rank_fit.h"
#include "workshop/module_journal.h"
#include "workshop/module_loop.h"
#include "workshop/recipe.h"
#include "workshop/weight_changes.h"
#include "workshop/workshop_memory.h"

namespace lorikeet {
namespace {

constexpr std::string_view kMerging = "Merging", kResizing = "Resizing";

/// A module that one or more adapters change, and what becomes of it.
struct MergedModule : FittedModule {
  ModulePlace place;
  std::vector<MergedPart> parts;
};

bool isJoinable(const MergedModule& module) {
  return std::all_of(module.parts.begin(), module.parts.end(),
                     [](const MergedPart& part) { return isLowRank(*part.module); });
}

/// All low-rank parts side by side: up [outputs, ranks], down [ranks, depth].
LowRankFactors joined(const MergedModule& module) {
  std::vector<LowRankFactors> all;
  int64_t rank = 0;
  for (const MergedPart& part : module.parts) {
    all.push_back(lowRankFactors(*part.module));
    rank += all.back().down.dim(0);
  }
  const int64_t outputs = all.front().up.dim(0), depth = all.front().down.dim(1);
  LowRankFactors sum{Tensor({outputs, rank}), Tensor({rank, depth}), 1};
  int64_t offset = 0;
  for (size_t p = 0; p < all.size(); ++p) {
    const LowRankFactors& one = all[p];
    const int64_t own = one.down.dim(0);
    const double scale = one.scale * module.parts[p].multiplier;
    std::copy_n(one.down.data(), own * depth, sum.down.data() + offset * depth);
    for (int64_t o = 0; o < outputs; ++o)
      for (int64_t r = 0; r < own; ++r)
        sum.up[static_cast<size_t>(o * rank + offset + r)] =
            static_cast<float>(scale * one.up[static_cast<size_t>(o * own + r)]);
    offset += own;
  }
  return sum;
}

void putFactors(MergedModule& module, const Tensor& up, const Tensor& down, DType type) {
  const Shape& weight = module.place.shape;
  const int64_t rank = down.dim(0);
  const bool isConvolution = weight.rank() == 4;
  const Shape downShape = isConvolution ? Shape{rank, weight[1], weight[2], weight[3]} : Shape{rank, weight[1]};
  const Shape upShape = isConvolution ? Shape{weight[0], rank, 1, 1} : Shape{weight[0], rank};
  auto& tensors = module.result.tensors;
  tensors["down"] = rawFromFloats(downShape, down.values(), type);
  tensors["up"] = rawFromFloats(upShape, up.values(), type);
  const float alpha = static_cast<float>(rank);
  tensors["alpha"] = rawFromFloats({}, std::span(&alpha, 1), type);
  module.result.alpha = alpha;
}

void putFit(MergedModule& module, const LowRankFit& fit, DType type) {
  module.error = fit.error;
  module.norm = fit.norm;
  if (fit.norm == 0) return;
  module.fit = {module.place.label(), fit.rank(), fit.error / fit.norm};
  putFactors(module, fit.up, fit.down, type);
}

void mergeWeight(MergedModule& module, const RankRule& rule, DType type, const std::stop_token& stop) {
  if (isJoinable(module)) {
    const LowRankFactors factors = joined(module);
    if (!rule.isSet()) return putFactors(module, factors.up, factors.down, type);
    if (2 * factors.down.dim(0) < std::min(factors.up.dim(0), factors.down.dim(1)))
      return putFit(module, fitProduct(factors.up, factors.down, rule), type);
  }
  Tensor change = weightChanges(module.parts, module.place, stop);
  if (change.empty()) return;
  const Shape& weight = module.place.shape;
  if (rule.isSet() && weight.rank() >= 2) {
    const Tensor matrix = std::move(change).reshaped({weight[0], weight.elementCount() / weight[0]});
    return putFit(module, fitMatrix(matrix, rule, stop), type);
  }
  module.result.tensors[weight.rank() == 1 ? "w_norm" : "diff"] = rawFromFloats(weight, change.values(), type);
}

void mergeOne(MergedModule& module, const RankRule& rule, DType type, const std::stop_token& stop) {
  module.result.part = module.place.part;
  module.result.name = module.place.name;
  module.result.key = module.place.label();
  mergeWeight(module, rule, type, stop);
  const Tensor bias = biasChanges(module.parts, module.place);
  if (!bias.empty())
    module.result.tensors[module.place.shape.rank() == 1 ? "b_norm" : "diff_b"] =
        rawFromFloats(bias.shape(), bias.values(), type);
}

std::vector<MergedModule> gather(const NamedAdapters& opened, const std::vector<AdapterUse>& uses) {
  std::vector<MergedModule> list;
  for (auto& [key, parts] : partsByModule(opened, uses)) {
    MergedModule& module = list.emplace_back();
    module.place = placeOf(*opened.names, key.first, key.second);
    module.parts = parts;
  }
  return list;
}

/// Moves the merged modules into a draft and fills the parts of the report that come from them.
void collect(std::vector<MergedModule>& modules, AdapterDraft& draft, WorkshopResult& report) {
  double error = 0, norm = 0;
  int whole = 0;
  for (MergedModule& module : modules) {
    error += module.error * module.error;
    norm += module.norm * module.norm;
    if (module.fit.rank > 0) report.fits.push_back(module.fit);
    whole += module.result.has("diff") ? 1 : 0;
    if (!module.result.tensors.empty()) draft.modules.push_back(std::move(module.result));
  }
  report.relativeError = norm > 0 ? std::sqrt(error / norm) : 0;
  if (whole > 0)
    report.notes.push_back(
        fmt::format("{} modules were written as whole differences, because not all of their adapters are LoRA; a rank "
                    "would make them LoRA.",
                    whole));
}

void validateMerge(const MergeAdaptersRequest& request) {
  validate(request.adapters);
  if (request.adapters.empty()) throw Error(ErrorKind::InvalidArgument, "There is no adapter to merge.");
  validateRank(request.rank);
  std::vector<std::filesystem::path> inputs;
  for (const AdapterUse& use : request.adapters) inputs.push_back(use.file);
  requireApart(request.output, inputs);
}

/// Bytes that become of a module, and that it takes while it is worked on.
std::pair<int64_t, int64_t> bytesOf(const MergedModule& module, const RankRule& rule, WeightType type) {
  constexpr int64_t kDenseBytes = 12;  // the sum, a change, and a factor of it
  const Shape& weight = module.place.shape;
  const int64_t elements = weight.elementCount(), outputs = weight[0], inputs = elements / outputs;
  int64_t rank = 0;
  for (const MergedPart& part : module.parts)
    if (const RawTensor* down = part.module->find("down")) rank += down->shape[0];
  const int64_t joinedBytes = rank * (outputs + inputs) * 4, valueBytes = type == WeightType::F32 ? 4 : 2;
  const bool isDense = weight.rank() < 2 || !isJoinable(module);
  if (!rule.isSet())
    return isDense ? std::pair(elements * valueBytes, elements * (kDenseBytes + valueBytes))
                   : std::pair(rank * (outputs + inputs) * valueBytes, joinedBytes);
  if (weight.rank() < 2) return {elements * valueBytes, elements * 8};
  const bool isProduct = !isDense && 2 * rank < std::min(outputs, inputs);
  return {factorBytes(weight, rule, type, isProduct ? rank : 0),
          isProduct ? 4 * joinedBytes : decompositionBytes(elements, rule)};
}

WorkshopEstimate mergeEstimate(const MergeAdaptersRequest& request, const std::vector<MergedModule>& modules,
                               const WorkshopControl& control, std::string_view verb) {
  int64_t kept = 0, working = 0;
  for (const MergedModule& module : modules) {
    const auto [own, passing] = bytesOf(module, request.rank, request.type);
    kept += own;
    working = std::max(working, passing);
  }
  std::vector<std::filesystem::path> files;
  for (const AdapterUse& use : request.adapters) files.push_back(use.file);
  return fittingEstimate(verb, static_cast<int64_t>(modules.size()),
                         bytesOnDisk(files) + copiesOf(request.form) * kept + working * threadsOf(control), control);
}

MergeAdaptersRequest mergeOf(const ResizeAdapterRequest& request) {
  if (!request.rank.isSet())
    throw Error(ErrorKind::InvalidArgument, "Say how to resize the adapter: a rank, an energy or a ratio.");
  AdapterUse use;
  use.file = request.input.file;
  use.variant = request.input.variant;
  return {{use}, request.output, request.form, request.model, request.rank, request.type, request.partial};
}

/// All that decides what comes out, for a journal.
std::string settingsOf(const MergeAdaptersRequest& request, std::string_view operation) {
  const RankRule& rule = request.rank;
  std::string text = fmt::format("{} {} {} {} {} {}\n{}", operation, static_cast<int>(request.type), request.partial,
                                 rule.rank, rule.energy, rule.ratio, markOf(request.model));
  for (const AdapterUse& use : request.adapters) text += markOf(use.file);
  GenerateRequest rows;
  rows.adapters = request.adapters;
  return text + toRequestJson(rows);
}

/// Works on all modules. What an earlier run has finished is taken from the journal, which may be null.
void mergeAll(std::vector<MergedModule>& modules, const MergeAdaptersRequest& request, const WorkshopControl& control,
              ModuleJournal* journal) {
  const auto at = [&](int64_t i) -> MergedModule& { return modules[static_cast<size_t>(i)]; };
  forEachModule(
      control, static_cast<int64_t>(modules.size()), [&](int64_t i) { return at(i).place.label(); },
      [&](int64_t i) {
        MergedModule& one = at(i);
        if (const std::string* found = journal != nullptr ? journal->find(i) : nullptr)
          return readFittedRecord(*found, one.place.part, one.place.name, one.place.label(), one);
        mergeOne(one, request.rank, dtypeOf(request.type), control.stop);
        if (journal != nullptr) journal->add(i, fittedRecord(one));
      });
  throwIfStopped(control.stop);
}

WorkshopEstimate estimateMerge(const MergeAdaptersRequest& request, const WorkshopControl& control,
                               std::string_view verb) {
  validateMerge(request);
  const NamedAdapters opened = openAdapters(sourcesOf(request.adapters), request.model, request.partial);
  return mergeEstimate(request, gather(opened, request.adapters), control, verb);
}

WorkshopResult merge(const MergeAdaptersRequest& request, const WorkshopControl& control, std::string_view operation) {
  validateMerge(request);
  const NamedAdapters opened = openAdapters(sourcesOf(request.adapters), request.model, request.partial);
  std::vector<MergedModule> modules = gather(opened, request.adapters);
  mergeEstimate(request, modules, control, operation == "merge" ? kMerging : kResizing);
  std::optional<ModuleJournal> kept;  // without a rank it is done as fast as a journal is read
  if (control.keepsPartial && request.rank.isSet())
    kept.emplace(journalOf(request.output), settingsOf(request, operation));
  ModuleJournal* journal = kept ? &*kept : nullptr;
  return keepingJournal(journal, [&] {
    mergeAll(modules, request, control, journal);
    AdapterDraft draft;
    WorkshopResult report;
    collect(modules, draft, report);
    for (const MatchedAdapter& adapter : opened.adapters)
      draft.embeddings.insert(adapter.embeddings.begin(), adapter.embeddings.end());
    draft.metadata = recipeMetadata(operation, opened, request.adapters, request.rank, draft.modules);
    WorkshopResult written = writeAdapter(draft, request.form, *opened.names, request.output);
    written.fits = std::move(report.fits);
    written.relativeError = report.relativeError;
    written.notes.insert(written.notes.end(), report.notes.begin(), report.notes.end());
    return written;
  });
}

}  // namespace

WorkshopResult mergeAdapters(const MergeAdaptersRequest& request, const WorkshopControl& control) {
  return merge(request, control, "merge");
}

WorkshopResult resizeAdapter(const ResizeAdapterRequest& request, const WorkshopControl& control) {
  return merge(mergeOf(request), control, "resize");
}

WorkshopEstimate estimateWorkshop(const MergeAdaptersRequest& request, const WorkshopControl& control) {
  return estimateMerge(request, control, kMerging);
}

WorkshopEstimate estimateWorkshop(const ResizeAdapterRequest& request, const WorkshopControl& control) {
  return estimateMerge(mergeOf(request), control, kResizing);
}

}  // namespace lorikeet
