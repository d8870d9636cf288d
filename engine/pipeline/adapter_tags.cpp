#include <fmt/format.h>
#include <lorikeet/adapter_tags.h>
#include <lorikeet/error.h>

#include <algorithm>

#include "text/extra_networks.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;

bool mayHoldAdapter(const fs::path& file) {
  constexpr const char* kExtensions[] = {".safetensors", ".pt", ".bin", ".ckpt"};
  return std::find(std::begin(kExtensions), std::end(kExtensions), file.extension()) != std::end(kExtensions);
}

/// The first file of this name in the folder or below it.
fs::path findAdapter(const fs::path& folder, const std::string& name) {
  std::vector<fs::path> found;
  std::error_code failed;
  for (fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, failed), end;
       !failed && it != end; it.increment(failed))
    if (it->path().stem() == name && mayHoldAdapter(it->path())) found.push_back(it->path());
  if (failed)
    throw Error(ErrorKind::Io,
                fmt::format("The adapter folder \"{}\" cannot be read: {}.", folder.string(), failed.message()));
  if (found.empty())
    throw Error(ErrorKind::NotFound,
                fmt::format("The prompt asks for <lora:{}>, but \"{}\" holds no such adapter.", name, folder.string()));
  return *std::min_element(found.begin(), found.end());
}

}  // namespace

std::string takeAdapterTags(const std::string& prompt, const fs::path& folder, std::vector<AdapterUse>& adapters) {
  std::vector<ExtraNetwork> networks;
  const TracedText rest = takeExtraNetworks(TracedText(prompt), networks);
  bool hasTags = false;
  for (const ExtraNetwork& network : networks) {
    if (network.kind != "lora" && network.kind != "lyco") continue;
    hasTags = true;
    const LoraTag tag = loraTag(network);
    if (folder.empty())
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("The prompt asks for <lora:{}>, but no folder of adapters is given.", tag.name));
    AdapterUse use;
    use.file = findAdapter(folder, tag.name);
    use.weight = tag.unetWeight;
    if (tag.textEncoderWeight != tag.unetWeight) use.textWeight = tag.textEncoderWeight;
    adapters.push_back(std::move(use));
  }
  return hasTags ? rest.text() : prompt;
}

}  // namespace lorikeet
