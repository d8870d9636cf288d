#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "adapters/dense_math.h"
#include "core/execution_context.h"
#include "io/json_text.h"
#include "io/mapped_file.h"
#include "io/tensor_values.h"
#include "workshop/adapter_writer.h"
#include "workshop/configured_layers.h"
#include "workshop/fitted_module.h"
#include "workshop/low_rank_fit.h"
#include "workshop/module_journal.h"
#include "workshop/module_loop.h"
#include "workshop/recipe.h"
#include "workshop/workshop_memory.h"

namespace lorikeet {
namespace {

/// A layer of two models, and the LoRA of their difference.
struct ExtractedLayer : FittedModule {
  AdaptableLayer layer;
  RawTensor base, tuned;
  RankRule rule;
  double scale = 1;
};

/// Equal values, also where one model is stored in another type.
bool sameValues(const RawTensor& a, const RawTensor& b) {
  if (a.dtype == b.dtype) return std::equal(a.bytes.begin(), a.bytes.end(), b.bytes.begin(), b.bytes.end());
  const Tensor x = widened(a), y = widened(b);
  return std::equal(x.values().begin(), x.values().end(), y.values().begin(), y.values().end());
}

/// The tensor of the other model. Throws Error(Mismatch).
RawTensor counterpart(const ModelNames& other, NetworkPart part, const std::string& tensor, const Shape& shape) {
  const auto found = other.weight(part, tensor);
  if (!found)
    throw Error(
        ErrorKind::Mismatch,
        fmt::format("The models are of different architectures: \"{}\" has no tensor \"{}\".", other.label(), tensor));
  if (!(found->shape == shape))
    throw Error(ErrorKind::Mismatch,
                fmt::format("The models are of different architectures: \"{}\" is {} in \"{}\" and {} "
                            "in the other one.",
                            tensor, found->shape.toString(), other.label(), shape.toString()));
  return *found;
}

std::vector<ExtractedLayer> layersOf(const ExtractAdapterRequest& request, const ModelNames& base,
                                     const ModelNames& tuned) {
  std::vector<ExtractedLayer> layers;
  const auto add = [&](const AdaptableLayer& layer, const RankRule& rule, double scale) {
    const std::string tensor = layer.module + ".weight";
    ExtractedLayer& one = layers.emplace_back();
    one.layer = layer;
    one.tuned = *tuned.weight(layer.part, tensor);
    one.base = counterpart(base, layer.part, tensor, layer.shape);
    one.rule = rule;
    one.scale = scale;
  };
  if (request.configuration.empty()) {
    for (const AdaptableLayer& layer : adaptableLayers(tuned)) {
      const bool hasKernel = layer.shape.rank() == 4 && layer.shape[2] * layer.shape[3] > 1;
      if (request.convolutions || !hasKernel) add(layer, request.rank, 1);
    }
    return layers;
  }
  for (const ConfiguredLayer& one : readConfiguredLayers(request.configuration, tuned).layers) {
    if (one.scale == 0)
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("The configuration gives {} the scale 0, with which it would change nothing.",
                              one.layer.label()));
    RankRule rule = request.rank;
    rule.rank = one.rank;
    add(one.layer, rule, one.scale);
  }
  return layers;
}

/// Compares and gives back what was read for it: both models together may be larger than memory.
bool areSame(const RawTensor& a, const RawTensor& b) {
  const bool same = sameValues(a, b);
  releasePages(a.bytes);
  releasePages(b.bytes);
  return same;
}

void extractOne(ExtractedLayer& one, DType type, const std::stop_token& stop) {
  if (areSame(one.base, one.tuned)) return;
  const Shape& shape = one.layer.shape;
  Tensor difference = widened(one.tuned);
  {
    const Tensor base = widened(one.base);
    for (size_t i = 0; i < difference.size(); ++i) difference[i] -= base[i];
  }
  releasePages(one.base.bytes);
  releasePages(one.tuned.bytes);
  const Tensor matrix = std::move(difference).reshaped({shape[0], shape.elementCount() / shape[0]});
  LowRankFit fit = fitMatrix(matrix, one.rule, stop);
  if (fit.norm == 0) return;
  if (!std::isfinite(fit.norm))
    throw Error(ErrorKind::Corrupt,
                fmt::format("{} holds values that are not finite (NaN or infinity).", one.layer.label()));
  const int64_t rank = fit.rank();
  const bool isConvolution = shape.rank() == 4;
  multiply(fit.up, 1 / one.scale);
  AdapterModule& result = one.result;
  result.part = one.layer.part;
  result.name = one.layer.module;
  result.key = one.layer.label();
  result.tensors["down"] = rawFromFloats(
      isConvolution ? Shape{rank, shape[1], shape[2], shape[3]} : Shape{rank, shape[1]}, fit.down.values(), type);
  result.tensors["up"] =
      rawFromFloats(isConvolution ? Shape{shape[0], rank, 1, 1} : Shape{shape[0], rank}, fit.up.values(), type);
  const auto alpha = static_cast<float>(one.scale * static_cast<double>(rank));
  result.tensors["alpha"] = rawFromFloats({}, std::span(&alpha, 1));
  result.alpha = alpha;
  one.fit = {one.layer.label(), rank, fit.error / fit.norm};
  one.error = fit.error;
  one.norm = fit.norm;
}

/// Differences that an adapter cannot hold, as notes.
void noteRest(const ModelNames& base, const ModelNames& tuned, const std::vector<ExtractedLayer>& layers,
              WorkshopResult& result) {
  std::set<std::pair<NetworkPart, std::string>> extracted;
  for (const ExtractedLayer& one : layers) extracted.emplace(one.layer.part, one.layer.module + ".weight");
  size_t vectors = 0, embeddings = 0, layersLeft = 0;
  for (const NetworkPart part : {NetworkPart::UNet, NetworkPart::TextEncoder}) {
    for (const auto& [name, shape] : tuned.table().shapes(part)) {
      if (extracted.count({part, name}) > 0) continue;
      const auto before = base.weight(part, name), after = tuned.weight(part, name);
      if (!before || !after || areSame(*before, *after)) continue;
      if (name.find("embeddings.") != std::string::npos)
        ++embeddings;
      else if (shape.rank() == 1)
        ++vectors;
      else
        ++layersLeft;
    }
  }
  const auto note = [&](size_t count, const char* what) {
    if (count > 0) result.notes.push_back(fmt::format("{} {} differ as well and were left out.", count, what));
  };
  note(vectors, "norms and biases");
  note(embeddings, "tables of embeddings");
  note(layersLeft, "layers that were not asked for");
}

bool sameVae(const ModelNames& base, const ModelNames& tuned) {
  const WeightStore &a = base.files()->vae, &b = tuned.files()->vae;
  for (const std::string& name : b.names()) {
    const auto before = a.root().find(name), after = b.root().find(name);
    if (!before || !areSame(*before, *after)) return false;
  }
  return true;
}

void validateExtraction(const ExtractAdapterRequest& request) {
  validateRank(request.rank);
  if (!request.rank.isSet() && request.configuration.empty())
    throw Error(ErrorKind::InvalidArgument, "Say how large the adapter may be: a rank, an energy or a ratio.");
  const std::filesystem::path inputs[] = {request.base, request.tuned};
  requireApart(request.output, inputs);
}

std::map<std::string, std::string> extractionMetadata(const ExtractAdapterRequest& request, const AdapterDraft& draft) {
  const nlohmann::ordered_json recipe{{"operation", "extract"},
                                      {"base", request.base.filename().string()},
                                      {"tuned", request.tuned.filename().string()}};
  std::map<std::string, std::string> metadata{{"lorikeet.recipe", dumpJson(recipe)}};
  addNetworkMetadata(draft.modules, metadata);
  return metadata;
}

/// All that decides what comes out, for a journal.
std::string settingsOf(const ExtractAdapterRequest& request, const std::vector<ExtractedLayer>& layers) {
  std::string text = fmt::format("extract {} {}\n{}\n{}\n", static_cast<int>(request.type), layers.size(),
                                 markOf(request.base), markOf(request.tuned));
  for (const ExtractedLayer& one : layers)
    text +=
        fmt::format("{} {} {} {} {}\n", one.layer.label(), one.rule.rank, one.rule.energy, one.rule.ratio, one.scale);
  return text;
}

/// Fills all layers. What an earlier run has finished is taken from the journal, which may be null.
void extractAll(std::vector<ExtractedLayer>& layers, DType type, const WorkshopControl& control,
                ModuleJournal* journal) {
  const auto at = [&](int64_t i) -> ExtractedLayer& { return layers[static_cast<size_t>(i)]; };
  forEachModule(
      control, static_cast<int64_t>(layers.size()), [&](int64_t i) { return at(i).layer.label(); },
      [&](int64_t i) {
        if (const std::string* found = journal != nullptr ? journal->find(i) : nullptr)
          return readFittedRecord(*found, at(i).layer.part, at(i).layer.module, at(i).layer.label(), at(i));
        extractOne(at(i), type, control.stop);
        if (journal != nullptr) journal->add(i, fittedRecord(at(i)));
      });
  throwIfStopped(control.stop);
}

/// Moves what was found into a draft and its errors into the report.
AdapterDraft collect(std::vector<ExtractedLayer>& layers, WorkshopResult& report) {
  AdapterDraft draft;
  double error = 0, norm = 0;
  for (ExtractedLayer& one : layers) {
    if (one.result.tensors.empty()) continue;
    draft.modules.push_back(std::move(one.result));
    report.fits.push_back(one.fit);
    error += one.error * one.error;
    norm += one.norm * one.norm;
  }
  if (draft.modules.empty())
    throw Error(ErrorKind::Mismatch, "The models do not differ in any of the layers; there is nothing to extract.");
  report.relativeError = std::sqrt(error / norm);
  return draft;
}

WorkshopEstimate extractionEstimate(const std::vector<ExtractedLayer>& layers, const ExtractAdapterRequest& request,
                                    const WorkshopControl& control) {
  // The models' pages go as soon as they are compared, and few threads are at their peaks at the same time.
  constexpr double kOfOne = 0.87, kBesides = 0.67;
  int64_t kept = 0, working = 0;
  for (const ExtractedLayer& one : layers) {
    kept += factorBytes(one.layer.shape, one.rule, request.type);
    working = std::max(working, decompositionBytes(one.layer.shape.elementCount(), one.rule));
  }
  const double threads = kOfOne + kBesides * (threadsOf(control) - 1);
  return fittingEstimate("Extracting", static_cast<int64_t>(layers.size()),
                         copiesOf(request.form) * kept + static_cast<int64_t>(threads * static_cast<double>(working)),
                         control);
}

}  // namespace

WorkshopEstimate estimateWorkshop(const ExtractAdapterRequest& request, const WorkshopControl& control) {
  validateExtraction(request);
  return extractionEstimate(layersOf(request, ModelNames(request.base), ModelNames(request.tuned)), request, control);
}

WorkshopResult extractAdapter(const ExtractAdapterRequest& request, const WorkshopControl& control) {
  validateExtraction(request);
  const ModelNames base(request.base), tuned(request.tuned);
  std::vector<ExtractedLayer> layers = layersOf(request, base, tuned);
  extractionEstimate(layers, request, control);
  std::optional<ModuleJournal> kept;
  if (control.keepsPartial) kept.emplace(journalOf(request.output), settingsOf(request, layers));
  ModuleJournal* journal = kept ? &*kept : nullptr;
  return keepingJournal(journal, [&] {
    extractAll(layers, dtypeOf(request.type), control, journal);
    WorkshopResult report;
    noteRest(base, tuned, layers, report);
    if (!sameVae(base, tuned)) report.notes.emplace_back("The autoencoders differ; an adapter cannot hold that.");
    AdapterDraft draft = collect(layers, report);
    draft.metadata = extractionMetadata(request, draft);
    WorkshopResult written = writeAdapter(draft, request.form, tuned, request.output);
    written.relativeError = report.relativeError;
    written.fits = std::move(report.fits);
    written.notes.insert(written.notes.end(), report.notes.begin(), report.notes.end());
    return written;
  });
}

}  // namespace lorikeet
