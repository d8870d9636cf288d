#include <fmt/format.h>
#include <fmt/ranges.h>
#include <lorikeet/adapter_tags.h>
#include <lorikeet/error.h>
#include <lorikeet/user_folders.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "io/nearest_names.h"
#include "text/prompt_grammar.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;

std::string lowerExtension(const fs::path& file) {
  std::string extension = file.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

/// Which of several files that differ by their extension alone is taken; -1: not an adapter's.
int rankOfExtension(const fs::path& file) {
  constexpr std::string_view kExtensions[] = {".safetensors", ".pt", ".bin", ".ckpt", ".lora"};
  const auto* const found = std::find(std::begin(kExtensions), std::end(kExtensions), lowerExtension(file));
  return found == std::end(kExtensions) ? -1 : static_cast<int>(found - std::begin(kExtensions));
}

/// PEFT and diffusers keep an adapter as a folder of files whose names say nothing.
bool isAdapterFolder(const fs::path& folder) {
  std::error_code ignored;
  for (const char* part : {"", "unet", "text_encoder"})
    for (const char* name : {"adapter_model.safetensors", "adapter_model.bin", "pytorch_lora_weights.safetensors",
                             "pytorch_lora_weights.bin"})
      if (fs::is_regular_file(folder / part / name, ignored)) return true;
  return false;
}

fs::path chosenFolder(const fs::path& folder) { return folder.empty() ? defaultAdapterFolder() : folder; }

/// Names that tags may give an adapter: its own, with extension, and both with the path below the library folder.
bool goesBy(const NamedAdapter& adapter, const fs::path& folder, const std::string& wanted) {
  if (adapter.name == wanted || adapter.file.filename() == wanted) return true;
  const fs::path relative = adapter.file.lexically_relative(folder);
  return relative == wanted || (relative.parent_path() / adapter.name) == wanted;
}

[[noreturn]] void refuseMissing(const std::vector<NamedAdapter>& all, const fs::path& folder,
                                const std::string& wanted) {
  std::vector<std::string_view> names;
  names.reserve(all.size());
  for (const NamedAdapter& adapter : all) names.push_back(adapter.name);
  throw Error(ErrorKind::NotFound, fmt::format("The prompt asks for <lora:{}>, but there is no adapter of that name in "
                                               "\"{}\"{}.",
                                               wanted, folder.string(), suggestion(wanted, names)));
}

fs::path findAdapter(const std::vector<NamedAdapter>& all, const fs::path& folder, const std::string& wanted) {
  std::vector<const NamedAdapter*> found;
  for (const NamedAdapter& adapter : all)
    if (goesBy(adapter, folder, wanted)) found.push_back(&adapter);
  if (found.empty()) refuseMissing(all, folder, wanted);
  // ink.safetensors and ink.pt side by side are one adapter in two forms.
  std::stable_sort(found.begin(), found.end(), [](const NamedAdapter* a, const NamedAdapter* b) {
    return rankOfExtension(a->file) < rankOfExtension(b->file);
  });
  std::vector<std::string> places;
  for (const NamedAdapter* adapter : found) {
    const std::string place = (adapter->file.lexically_relative(folder).parent_path() / adapter->name).string();
    if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
  }
  if (places.size() > 1)
    throw Error(ErrorKind::InvalidArgument, fmt::format("The prompt asks for <lora:{}>, but \"{}\" holds several: name "
                                                        "one of {}.",
                                                        wanted, folder.string(), fmt::join(places, ", ")));
  return found.front()->file;
}

AdapterUse useOf(const LoraTag& tag, fs::path file) {
  AdapterUse use;
  use.file = std::move(file);
  use.weight = tag.unetWeight;
  if (tag.textEncoderWeight != tag.unetWeight) use.textWeight = tag.textEncoderWeight;
  return use;
}

}  // namespace

fs::path defaultAdapterFolder() { return userDataFolder() / "adapters"; }

std::vector<NamedAdapter> listAdapters(const fs::path& chosen) {
  const fs::path folder = chosenFolder(chosen);
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw Error(ErrorKind::NotFound, fmt::format("The adapter folder \"{}\" does not exist.", folder.string()));
  std::vector<NamedAdapter> found;
  fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
  for (; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    const bool isFolder = it->is_directory(ignored);
    if (isFolder && isAdapterFolder(it->path())) {
      found.push_back({it->path().filename().string(), it->path()});
      it.disable_recursion_pending();
    } else if (!isFolder && rankOfExtension(it->path()) >= 0) {
      found.push_back({it->path().stem().string(), it->path()});
    }
  }
  if (error)
    throw Error(ErrorKind::Io,
                fmt::format("The adapter folder \"{}\" could not be listed: {}", folder.string(), error.message()));
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  return found;
}

std::vector<AdapterUse> adaptersInPrompt(const std::string& prompt, const fs::path& chosen) {
  const fs::path folder = chosenFolder(chosen);
  std::optional<std::vector<NamedAdapter>> all;
  std::vector<AdapterUse> uses;
  for (const ExtraNetwork& network : parsePrompt(prompt, PromptRole::Positive).networks) {
    if (network.kind != "lora" && network.kind != "lyco") continue;
    const LoraTag tag = loraTag(network);
    try {
      if (!all) all = listAdapters(folder);
    } catch (const Error& error) {
      throw Error(error.kind(), fmt::format("The prompt asks for <lora:{}>. {}", tag.name, error.what()));
    }
    uses.push_back(useOf(tag, findAdapter(*all, folder, tag.name)));
  }
  validate(uses);
  return uses;
}

}  // namespace lorikeet
