#include "workshop/peft_tuner.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "adapters/adapter_format.h"
#include "io/tensor_values.h"
#include "workshop/peft_lokr.h"
#include "workshop/peft_ranks.h"
#include "workshop/peft_settings.h"

namespace lorikeet {
namespace {

using json = nlohmann::ordered_json;

const AdapterFormat* tunerOf(const AdapterModule& module) {
  const AdapterFormat* format = formatOf(module);
  return format == &kDora ? &kLora : format;
}

json targetsOf(std::span<const AdapterModule> modules) {
  json targets = json::array();
  for (const AdapterModule& module : modules) targets.push_back(peftLayerName(module.name));
  return targets;
}

/// Multiplies the cores into the second matrices, which then have all taps.
void joinCores(AdapterModule& module) {
  const LohaFactors factors = lohaFactors(module);
  const RawTensor like = module.get("hada_w1_a");
  const auto put = [&](const char* role, const Tensor& values) {
    module.tensors[role] = inTypeOf(like, values.shape(), {values.values().begin(), values.values().end()});
  };
  put("hada_w1_a", factors.first.up);
  put("hada_w1_b", factors.first.down);
  put("hada_w2_a", factors.second.up);
  put("hada_w2_b", factors.second.down);
  module.tensors.erase("hada_t1");
  module.tensors.erase("hada_t2");
}

/// PEFT has cores in all convolutions of more than one tap or in none (peft/tuners/loha/layer.py).
json lohaSettings(std::vector<AdapterModule>& modules, const ModelNames& names, FormChanges& changes) {
  const auto hasTaps = [&](const AdapterModule& module) {
    return tapsOf(*names.shapeOf(module.part, module.name + ".weight")) > 1;
  };
  const auto hasCores = [](const AdapterModule& module) { return module.has("hada_t1") && module.has("hada_t2"); };
  const bool usesCores = std::ranges::any_of(modules, hasCores) &&
                         std::ranges::all_of(modules, [&](const auto& m) { return hasCores(m) == hasTaps(m); });
  PeftRanks ranks;
  for (AdapterModule& module : modules) {
    if (!usesCores && (module.has("hada_t1") || module.has("hada_t2"))) {
      joinCores(module);
      ++changes.joinedCores;
    }
    const int64_t rank = module.get("hada_w1_b").shape[0];
    if (module.get("hada_w2_b").shape[0] != rank)
      throw Error(ErrorKind::Unsupported,
                  fmt::format("PEFT cannot hold the LoHa module {}: its two products have the ranks {} and {}.",
                              module.key, rank, module.get("hada_w2_b").shape[0]));
    ranks.add(module.name, rank, module.statedScale.value_or(1) * static_cast<double>(rank));
  }
  json settings = ranks.fields("alpha");
  settings.update(
      {{"use_effective_conv2d", usesCores}, {"rank_dropout", 0.0}, {"module_dropout", 0.0}, {"init_weights", true}});
  return settings;
}

/// What PEFT's OFT states once for all modules.
struct OftSettings {
  int64_t size = 0, count = 0;  ///< of the blocks; 0: they differ
  bool sharesBlocks = false;
};

OftSettings oftBlocksOf(const AdapterModule& module, const ModelNames& names) {
  const Shape& weight = *names.shapeOf(module.part, module.name + ".weight");
  const int64_t size = kPeftOft.check(module, weight), depth = weight.elementCount() / weight[0];
  return {size, depth / size, module.get("oft_R").shape[0] * size != depth};
}

json oftSettings(std::span<const AdapterModule> modules, const ModelNames& names) {
  const AdapterModule& first = modules.front();
  OftSettings all = oftBlocksOf(first, names);
  for (const AdapterModule& module : modules) {
    const OftSettings one = oftBlocksOf(module, names);
    if (one.size != all.size) all.size = 0;
    if (one.count != all.count) all.count = 0;
    all.sharesBlocks = all.sharesBlocks || one.sharesBlocks;
    if (module.neumannTerms != first.neumannTerms || module.rotationLimit != first.rotationLimit)
      throw Error(ErrorKind::Unsupported, "PEFT cannot hold OFT modules of different settings in one adapter.");
  }
  const bool isMixed = all.sharesBlocks && std::ranges::any_of(modules, [](const AdapterModule& module) {
                         return module.get("oft_R").shape[0] != 1;
                       });
  if (isMixed || (all.size == 0 && all.count == 0))
    throw Error(ErrorKind::Unsupported,
                "PEFT cannot hold these OFT modules in one adapter: neither the size nor the number of their blocks is "
                "the same for all.");
  json settings{{"r", all.size > 0 ? 0 : all.count},
                {"oft_block_size", all.size},
                {"block_share", all.sharesBlocks},
                {"use_cayley_neumann", first.neumannTerms > 0},
                {"coft", first.rotationLimit > 0},
                {"target_modules", targetsOf(modules)},
                {"module_dropout", 0.0},
                {"bias", "none"},
                {"init_weights", true},
                {"peft_version", "0.18.0"}};  // since then the series is what Lorikeet computes
  if (first.neumannTerms > 0) settings["num_cayley_neumann_terms"] = first.neumannTerms;
  if (first.rotationLimit > 0) settings["eps"] = first.rotationLimit;
  return settings;
}

json ia3Settings(std::span<const AdapterModule> modules) {
  json feedForward = json::array();
  for (const AdapterModule& module : modules)
    if (scalesInputs(module)) feedForward.push_back(peftLayerName(module.name));
  return {{"target_modules", targetsOf(modules)}, {"feedforward_modules", feedForward}, {"init_ia3_weights", true}};
}

void requireOneTuner(std::span<const AdapterModule> modules) {
  const AdapterFormat* first = tunerOf(modules.front());
  const auto other = std::ranges::find_if(modules, [&](const AdapterModule& m) { return tunerOf(m) != first; });
  if (other == modules.end()) return;
  throw Error(ErrorKind::Unsupported,
              fmt::format("PEFT holds one kind of modules in an adapter, and here {} is {} and {} is {}.",
                          modules.front().key, first->name, other->key, tunerOf(*other)->name));
}

}  // namespace

std::string whyNoPeftTuner(const AdapterModule& module) {
  const AdapterFormat* format = formatOf(module);
  if (biasChange(module) != nullptr) return "it changes a bias";
  if (format == &kOft) return "it turns a layer's outputs (LyCORIS), and PEFT's OFT its inputs";
  if (format == &kIa3 && !module.has("ia3_l")) return "it is LyCORIS's (IA)3, and PEFT's scales biases, too";
  if (format == &kDora && !module.has("down")) return "it is a DoRA of another kind than LoRA";
  for (const AdapterFormat* known : {&kLora, &kDora, &kLoha, &kLokr, &kPeftOft, &kIa3})
    if (format == known) return {};
  return fmt::format("it is of the kind {}, for which PEFT has no tuner", format->name);
}

AdapterModule tunerModule(AdapterModule module) {
  const AdapterFormat* format = formatOf(module);
  if (format == &kLoha) module.statedScale = module.scale(module.get("hada_w1_b").shape[0]);
  if (format == &kLokr) module.statedScale = lokrScale(module);
  module.tensors.erase("alpha");
  return module;
}

json peftConfiguration(std::vector<AdapterModule>& modules, const ModelNames& names, FormChanges& changes) {
  requireOneTuner(modules);
  const AdapterFormat* tuner = tunerOf(modules.front());
  const auto config = [](const char* type, const json& settings) {
    json whole = {{"peft_type", type}, {"task_type", nullptr}, {"inference_mode", true}};
    whole.update(settings);
    return whole;
  };
  if (tuner == &kLoha) return config("LOHA", lohaSettings(modules, names, changes));
  if (tuner == &kLokr) return config("LOKR", peftLokrSettings(modules, names, changes));
  if (tuner == &kPeftOft) return config("OFT", oftSettings(modules, names));
  if (tuner == &kIa3) return config("IA3", ia3Settings(modules));
  return config("LORA", peftSettings(modules));
}

}  // namespace lorikeet
