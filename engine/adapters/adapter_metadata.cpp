#include "adapters/adapter_metadata.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/json_text.h"

namespace lorikeet {
namespace {

using Metadata = std::map<std::string, std::string>;

std::string valueOf(const Metadata& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() || found->second == "None" ? std::string() : found->second;
}

std::string trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

void addWord(AdapterInfo& info, const std::string& text) {
  const std::string word = trimmed(text);
  if (word.empty() || std::count(info.triggerWords.begin(), info.triggerWords.end(), word) > 0) return;
  info.triggerWords.push_back(word);
}

void addWords(AdapterInfo& info, const std::string& list) {
  for (size_t begin = 0; begin <= list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    addWord(info, list.substr(begin, end - begin));
    begin = end + 1;
  }
}

/// kohya names data folders "REPEATS_concept"; where there are no captions the concept is what was trained.
void addConcept(AdapterInfo& info, const std::string& folder) {
  const size_t line = folder.find('_');
  if (line == std::string::npos || line == 0 || line + 1 == folder.size()) return;
  if (std::all_of(folder.begin(), folder.begin() + static_cast<std::ptrdiff_t>(line),
                  [](unsigned char c) { return c >= '0' && c <= '9'; }))
    addWord(info, folder.substr(line + 1));
}

void readTags(AdapterInfo& info, const std::string& text) {
  const nlohmann::json folders = parseJson(text);
  if (!folders.is_object()) return;
  std::map<std::string, int> counts;
  for (const auto& [folder, tags] : folders.items()) {
    addConcept(info, folder);
    if (!tags.is_object()) continue;
    for (const auto& [tag, count] : tags.items())
      if (count.is_number_integer() && !trimmed(tag).empty()) counts[trimmed(tag)] += count.get<int>();
  }
  info.tags.assign(counts.begin(), counts.end());
  std::stable_sort(info.tags.begin(), info.tags.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
}

}  // namespace

void readAdapterMetadata(const Metadata& metadata, AdapterInfo& info) {
  info.title = valueOf(metadata, "modelspec.title");
  info.outputName = valueOf(metadata, "ss_output_name");
  if (info.title.empty()) info.title = info.outputName;
  addWords(info, valueOf(metadata, "modelspec.trigger_phrase"));
  addWords(info, valueOf(metadata, "ss_trigger_words"));
  readTags(info, valueOf(metadata, "ss_tag_frequency"));
}

std::string familyFromMetadata(const Metadata& metadata) {
  const std::string version = valueOf(metadata, "ss_base_model_version");
  const std::string architecture = valueOf(metadata, "modelspec.architecture");
  if (version.starts_with("sd_v1") || architecture.starts_with("stable-diffusion-v1")) return "SD 1.x";
  if (version.starts_with("sd_v2") || architecture.starts_with("stable-diffusion-v2")) return "SD 2.x";
  if (version.starts_with("sdxl") || architecture.starts_with("stable-diffusion-xl")) return "SDXL";
  if (version.starts_with("sd3") || architecture.starts_with("stable-diffusion-3")) return "SD 3";
  if (version.starts_with("flux") || architecture.starts_with("flux")) return "FLUX";
  // Trainers that did not state the version yet knew these two.
  const std::string isSd2 = valueOf(metadata, "ss_v2");
  return isSd2 == "True" ? "SD 2.x" : isSd2 == "False" ? "SD 1.x" : "";
}

}  // namespace lorikeet
