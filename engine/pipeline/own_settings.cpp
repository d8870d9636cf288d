#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "io/json_text.h"
#include "lorikeet/adapter_tags.h"
#include "lorikeet/error.h"
#include "pipeline/infotext_text.h"
#include "pipeline/request_values.h"
#include "pipeline/settings_readers.h"

namespace lorikeet {
namespace {

using Json = nlohmann::ordered_json;

/// The fields of `wanted` that `read` has otherwise; null stands for what `wanted` leaves at its default.
Json difference(const Json& wanted, const Json& read) {
  Json result = Json::object();
  for (const auto& [key, value] : wanted.items()) {
    const auto found = read.find(key);
    if (found != read.end() && value.is_object() && found->is_object()) {
      Json parts = difference(value, *found);
      if (!parts.empty()) result[key] = std::move(parts);
    } else if (found == read.end() || *found != value) {
      result[key] = value;
    }
  }
  for (const auto& [key, value] : read.items())
    if (!wanted.contains(key)) result[key] = nullptr;
  return result;
}

template <class Pixels>
void strip(PixelSource<Pixels>& source) {
  source = PixelSource<Pixels>(bareName(source.file));
}

/// The request without what is of this machine alone: the model has fields of its own, pictures in memory have no name.
GenerateRequest withoutFolders(GenerateRequest request) {
  request.model.clear();
  request.vae = bareName(request.vae);
  for (auto& file : request.embeddings) file = bareName(file);
  request.prompting.wildcardFolder.clear();
  request.prompting.embeddingFolder.clear();
  request.prompting.adapterFolders.clear();
  std::erase_if(request.adapters, [](const AdapterUse& use) { return !use.enabled; });
  for (AdapterUse& use : request.adapters) use.file = bareName(use.file);
  strip(request.init);
  strip(request.mask);
  for (ControlUnit& unit : request.controls) {
    strip(unit.picture);
    unit.model = bareName(unit.model);
    unit.lines.network = bareName(unit.lines.network);
  }
  request.hires.upscaler.network = bareName(request.hires.upscaler.network);
  return request;
}

GenerateRequest requestOfImage(const GenerateRequest& request, int imageIndex, const PictureFacts& facts) {
  GenerateRequest single = withoutFolders(request);
  const PictureSeeds seeds = seedsOf(request, imageIndex);
  single.seed = seeds.seed;
  single.imageCount = 1;
  if (request.variation.strength > 0)
    single.variation.seed = seeds.variation;
  else
    single.variation = {};
  const PassSize size = firstPassSize(request, facts);
  const bool mayHoldChoices = (single.prompt + single.negativePrompt).find_first_of("{_") != std::string::npos;
  if (!mayHoldChoices) single.prompting.choices = true;  // they were made; there is nothing that could be read as one
  if (request.init.empty()) {                            // 0 means the model's own size, and that is it
    single.width = size.width;
    single.height = size.height;
  }
  return single;
}

/// The tags that stand behind the prompt for A1111 are those of the list of adapters here.
void removeTags(std::string& prompt, const std::vector<AdapterUse>& adapters) {
  const std::string tags = adapterTags(adapters);
  if (prompt.ends_with(tags)) prompt.resize(prompt.size() - tags.size());
}

bool standsElsewhere(const std::string& name, const Json& value) {
  if (name == "prompt" || name == "negative_prompt") return true;
  if (!name.starts_with("adapters[")) return false;
  const std::string part = name.substr(name.find('.') + 1);
  return part == "file" || part == "weight" || part == "text_weight" || part == "enabled" ||
         (part == "begin" && value == 0) || (part == "end" && value == 1);
}

void listValues(const std::string& name, const Json& value, ImageText& list) {
  if (value.is_object()) {
    const std::string prefix = name.empty() ? name : name + ".";
    for (const auto& [key, part] : value.items()) listValues(prefix + key, part, list);
  } else if (value.is_array() && !value.empty() && value.front().is_object()) {
    for (size_t i = 0; i < value.size(); ++i) listValues(fmt::format("{}[{}]", name, i), value[i], list);
  } else if (!standsElsewhere(name, value)) {
    list.emplace_back(name, value.is_string() ? value.get<std::string>() : dumpJson(value));
  }
}

/// Names that early versions used.
void renameOldFields(Json& own) {
  const auto move = [&](const char* from, const Json::json_pointer& to) {
    const auto found = own.find(from);
    if (found == own.end()) return;
    const Json value = *found;
    own.erase(from);
    own[to] = value;
  };
  move("sde_noise", Json::json_pointer("/sampling/sde_noise"));
  move("choices", Json::json_pointer("/prompting/choices"));
  if (const auto found = own.find("seamless"); found != own.end() && found->is_string()) {
    const bool isX = *found == "x";
    *found = {{"x", isX}, {"y", !isX}};
  }
}

}  // namespace

std::filesystem::path bareName(const std::filesystem::path& file) {
  return file.has_filename() ? file.filename() : file.parent_path().filename();
}

PassSize firstPassSize(const GenerateRequest& request, const PictureFacts& facts) {
  if (!request.hires.enabled()) return {facts.width, facts.height};
  const auto first = [&](int wanted, int finished) {
    return wanted > 0 ? wanted : static_cast<int>(std::lround(finished / request.hires.scale / 8)) * 8;
  };
  return {first(request.width, facts.width), first(request.height, facts.height)};
}

std::string ownSettings(const GenerateRequest& request, int imageIndex, const PictureFacts& facts,
                        const std::string& text) {
  GenerateRequest read;
  if (const auto settings = parseInfotext(text)) read = toRequest(*settings).request;
  const GenerateRequest wanted = requestOfImage(request, imageIndex, facts);
  removeTags(read.prompt, wanted.adapters);
  const Json own = difference(requestToValue(wanted), requestToValue(read));
  return own.empty() ? std::string() : dumpJson(own);
}

ImageText ownSettingsOf(const PictureSettings& settings) {
  ImageText list;
  const auto own = findText(settings.other, "Lorikeet");
  if (own && parseJsonObject(*own).is_object()) listValues("", parseOrderedJson(*own), list);
  return list;
}

void takeOwnSettings(const std::string& text, GenerateRequest& request, std::vector<std::string>& notes) {
  const nlohmann::json checked = parseJsonObject(text);
  if (!checked.is_object()) return;
  Json own = parseOrderedJson(text);
  try {
    renameOldFields(own);
  } catch (const Json::exception&) {
    // Not ours after all; the reader says which fields it does not know.
  }
  GenerateRequest listed;
  std::vector<std::string> ignored;
  readRequestValue(own, listed, ignored);
  removeTags(request.prompt, listed.adapters);
  readRequestValue(own, request, notes);
}

}  // namespace lorikeet
