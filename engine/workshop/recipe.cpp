#include "workshop/recipe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/json_text.h"

namespace lorikeet {
namespace {

using json = nlohmann::ordered_json;
using Metadata = std::map<std::string, std::string>;

constexpr EnumName<WeightType> kWeightTypes[] = {{WeightType::F32, "f32", "32-bit float"},
                                                 {WeightType::F16, "f16", "16-bit float"},
                                                 {WeightType::BF16, "bf16", "bfloat16"}};

json usedAdapter(const AdapterInfo& info, const AdapterUse& use) {
  json entry{{"name", info.name}, {"sha256", info.sha256}, {"weight", use.weight}};
  if (!use.variant.empty()) entry["variant"] = use.variant;
  if (use.textWeight) entry["text_weight"] = *use.textWeight;
  if (!(use.blocks == AdapterBlockWeights{}))
    entry["blocks"] = {
        {"text", use.blocks.text}, {"down", use.blocks.down}, {"mid", use.blocks.mid}, {"up", use.blocks.up}};
  return entry;
}

/// The entry's value where all adapters that have it say the same.
std::string common(const NamedAdapters& opened, const std::string& key) {
  std::string value;
  for (const AdapterFile& file : opened.files) {
    const auto found = file.metadata.find(key);
    if (found == file.metadata.end()) continue;
    if (!value.empty() && value != found->second) return {};
    value = found->second;
  }
  return value;
}

}  // namespace

std::span<const EnumName<WeightType>> weightTypeNames() { return kWeightTypes; }

WeightType weightTypeFromName(std::string_view text) {
  for (const auto& row : kWeightTypes)
    if (text == row.name || text == row.label) return row.value;
  throw Error(ErrorKind::InvalidArgument,
              fmt::format("There is no type called \"{}\"; the types are f32, f16, bf16.", text));
}

DType dtypeOf(WeightType type) {
  return type == WeightType::F16 ? DType::F16 : type == WeightType::BF16 ? DType::BF16 : DType::F32;
}

void validateRank(const RankRule& rank) {
  if (rank.rank < 0 || rank.rank > 16384)
    throw Error(ErrorKind::InvalidArgument, fmt::format("The rank is {}; it is 1 to 16384.", rank.rank));
  if (!(rank.energy >= 0 && rank.energy <= 1))
    throw Error(ErrorKind::InvalidArgument, fmt::format("The energy is {}; it is 0 to 1.", rank.energy));
  if (!(rank.ratio == 0 || rank.ratio >= 1))
    throw Error(ErrorKind::InvalidArgument, fmt::format("The ratio is {}; it is at least 1.", rank.ratio));
}

void addNetworkMetadata(std::span<const AdapterModule> modules, Metadata& metadata) {
  int64_t rank = 0;
  for (const AdapterModule& module : modules)
    if (const RawTensor* down = module.find("down")) rank = std::max(rank, down->shape[0]);
  if (rank == 0) return;
  metadata["ss_network_module"] = "networks.lora";
  metadata["ss_network_dim"] = metadata["ss_network_alpha"] = std::to_string(rank);
}

Metadata recipeMetadata(std::string_view operation, const NamedAdapters& opened, std::span<const AdapterUse> uses,
                        const RankRule& rank, std::span<const AdapterModule> modules) {
  json recipe{{"operation", operation}, {"adapters", json::array()}};
  std::vector<std::string> words;
  for (size_t i = 0; i < uses.size(); ++i) {
    recipe["adapters"].push_back(usedAdapter(opened.adapters[i].info, uses[i]));
    for (const std::string& word : opened.adapters[i].info.triggerWords)
      if (std::count(words.begin(), words.end(), word) == 0) words.push_back(word);
  }
  if (rank.isSet()) recipe["rank"] = {{"rank", rank.rank}, {"energy", rank.energy}, {"ratio", rank.ratio}};
  Metadata metadata{{"lorikeet.recipe", dumpJson(recipe)}};
  for (const char* key : {"ss_base_model_version", "modelspec.architecture", "ss_v2", "ss_sd_model_name"})
    if (const std::string value = common(opened, key); !value.empty()) metadata[key] = value;
  if (!words.empty()) metadata["modelspec.trigger_phrase"] = fmt::format("{}", fmt::join(words, ", "));
  addNetworkMetadata(modules, metadata);
  return metadata;
}

}  // namespace lorikeet
