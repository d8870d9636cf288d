#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "io/json_file.h"
#include "io/json_text.h"
#include "io/nearest_names.h"
#include "workshop/configured_layers.h"

namespace lorikeet {
namespace {

/// One row of the file.
struct ConfiguredKey {
  std::string key;
  int64_t rank = 0;
  double scale = 1;
  bool trainsScale = false;
  int uses = 0;
};

bool endsWithName(std::string_view name, std::string_view key) {
  if (!name.ends_with(key)) return false;
  return name.size() == key.size() || name[name.size() - key.size() - 1] == '.';
}

/// 0 and 1, as lora_wrapper writes them, or false and true.
bool flag(const nlohmann::json& row, const char* field, const std::string& place, bool fallback) {
  const auto found = row.find(field);
  if (found == row.end()) return fallback;
  if (found->is_boolean()) return found->get<bool>();
  if (found->is_number_integer())
    if (const auto value = found->get<int64_t>(); value == 0 || value == 1) return value == 1;
  throw Error(ErrorKind::Corrupt,
              fmt::format("\"{}\" of {} should be 0 or 1, but is {}.", field, place, dumpJson(*found)));
}

void refuseUnknown(const nlohmann::json& row, const std::string& place) {
  constexpr std::array<std::string_view, 4> kFields{"r", "scale", "trainable_scale", "hard"};
  for (const auto& [field, value] : row.items())
    if (std::count(kFields.begin(), kFields.end(), field) == 0)
      throw Error(ErrorKind::Corrupt,
                  fmt::format("\"{}\" is no setting of {}; the settings are r, scale, trainable_scale and hard{}.",
                              field, place, suggestion(field, kFields)));
}

ConfiguredKey readRow(const std::string& key, const nlohmann::json& row, const std::string& source) {
  const std::string place = fmt::format("\"{}\" in {}", key, source);
  if (!row.is_object())
    throw Error(ErrorKind::Corrupt, fmt::format("{} should be an object such as {{\"r\": 8, \"scale\": 1}}, but is {}.",
                                                place, dumpJson(row)));
  refuseUnknown(row, place);
  const JsonFields fields(&row, place);
  ConfiguredKey result{key, fields.integer("r", 1), fields.number("scale", 1),
                       flag(row, "trainable_scale", place, false), 0};
  flag(row, "hard", place, true);
  if (result.rank < 1 || result.rank > 16384)
    throw Error(ErrorKind::Corrupt, fmt::format("\"r\" of {} is {}; it is 1 to 16384.", place, result.rank));
  return result;
}

/// The names of a layer that a key may end: today's and, of the UNet, the original one.
std::vector<std::string> spellingsOf(const ModelNames& names, NetworkPart part, const std::string& module) {
  std::vector<std::string> spellings{module};
  if (part == NetworkPart::UNet)
    if (auto original = names.originalName(module)) spellings.push_back(*std::move(original));
  return spellings;
}

ConfiguredKey* bestKey(std::vector<ConfiguredKey>& keys, const std::vector<std::string>& spellings) {
  ConfiguredKey* best = nullptr;
  for (ConfiguredKey& row : keys) {
    const bool fits = std::any_of(spellings.begin(), spellings.end(),
                                  [&](const std::string& name) { return endsWithName(name, row.key); });
    if (!fits) continue;
    ++row.uses;
    if (best == nullptr || row.key.size() > best->key.size()) best = &row;
  }
  return best;
}

void requireUsed(const std::vector<ConfiguredKey>& keys, const std::vector<AdaptableLayer>& layers,
                 const std::string& source) {
  std::set<std::string> endings;
  for (const AdaptableLayer& layer : layers)
    for (size_t dot = layer.module.rfind('.'); dot != std::string::npos && dot > 0;
         dot = layer.module.rfind('.', dot - 1))
      endings.insert(layer.module.substr(dot + 1));
  const std::vector<std::string_view> known(endings.begin(), endings.end());
  for (const ConfiguredKey& row : keys)
    if (row.uses == 0)
      throw Error(ErrorKind::Mismatch, fmt::format("\"{}\" in {} names no linear layer or convolution of the model{}.",
                                                   row.key, source, suggestion(row.key, known)));
}

}  // namespace

std::vector<AdaptableLayer> adaptableLayers(const ModelNames& names) {
  constexpr std::string_view kWeight = ".weight";
  std::vector<AdaptableLayer> layers;
  for (const NetworkPart part : {NetworkPart::UNet, NetworkPart::TextEncoder})
    for (const auto& [name, shape] : names.table().shapes(part)) {
      const bool isMatrix = name.ends_with(kWeight) && (shape.rank() == 2 || shape.rank() == 4);
      if (isMatrix && name.find("embeddings.") == std::string::npos)
        layers.push_back({part, name.substr(0, name.size() - kWeight.size()), shape});
    }
  return layers;
}

ConfiguredLayers readConfiguredLayers(const std::filesystem::path& file, const ModelNames& names) {
  const auto rows = readJsonObject(file);
  const std::string source = fmt::format("\"{}\"", file.string());
  ConfiguredLayers result;
  std::vector<ConfiguredKey> keys;
  for (const auto& [key, value] : rows->items()) {
    if (key == "trainable_model")
      result.trainsModel = flag(*rows, "trainable_model", source, false);
    else
      keys.push_back(readRow(key, value, source));
  }
  const std::vector<AdaptableLayer> layers = adaptableLayers(names);
  for (const AdaptableLayer& layer : layers) {
    const ConfiguredKey* row = bestKey(keys, spellingsOf(names, layer.part, layer.module));
    if (row != nullptr) result.layers.push_back({layer, row->rank, row->scale, row->trainsScale});
  }
  requireUsed(keys, layers, source);
  if (result.layers.empty()) throw Error(ErrorKind::Corrupt, fmt::format("{} names no layers.", source));
  return result;
}

LoraConfiguration readLoraConfiguration(const std::filesystem::path& file, const std::filesystem::path& model) {
  const ModelNames names = model.empty() ? ModelNames(kStableDiffusion1, "Stable Diffusion 1.x") : ModelNames(model);
  const ConfiguredLayers configured = readConfiguredLayers(file, names);
  LoraConfiguration result;
  result.trainsModel = configured.trainsModel;
  for (const ConfiguredLayer& one : configured.layers) {
    const Shape& shape = one.layer.shape;
    const int64_t parameters = one.rank * (shape[0] + shape.elementCount() / shape[0]) + (one.trainsScale ? 1 : 0);
    result.modules.push_back({one.layer.label(), one.rank, one.scale, parameters});
    result.parameters += parameters;
  }
  return result;
}

}  // namespace lorikeet
