#include "pipeline/adapter_folders.h"

#include <fmt/format.h>
#include <lorikeet/error.h>
#include <lorikeet/user_folders.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "adapters/output_name.h"
#include "io/lower_extension.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;

/// PEFT and diffusers keep an adapter as a folder of files whose names say nothing.
bool isAdapterFolder(const fs::path& folder) {
  std::error_code ignored;
  for (const char* part : {"", "unet", "text_encoder"})
    for (const char* name : {"adapter_model.safetensors", "adapter_model.bin", "pytorch_lora_weights.safetensors",
                             "pytorch_lora_weights.bin"})
      if (fs::is_regular_file(folder / part / name, ignored)) return true;
  return false;
}

/// Walks through one library folder; links may lead to a folder twice, or in a circle.
class FolderWalk {
 public:
  explicit FolderWalk(fs::path folder) : folder_(std::move(folder)) { isNew(folder_); }

  void collect(std::vector<NamedAdapter>& found) {
    std::error_code error;
    if (!fs::is_directory(folder_, error))
      throw Error(ErrorKind::NotFound, fmt::format("The adapter folder \"{}\" does not exist.", folder_.string()));
    constexpr auto kOptions =
        fs::directory_options::skip_permission_denied | fs::directory_options::follow_directory_symlink;
    fs::recursive_directory_iterator it(folder_, kOptions, error), end;
    for (; !error && it != end; it.increment(error)) {
      std::error_code ignored;
      const bool isFolder = it->is_directory(ignored);
      if (isFolder && isAdapterFolder(it->path())) {
        found.push_back({it->path().filename().string(), it->path(), folder_});
        it.disable_recursion_pending();
      } else if (isFolder) {
        if (!isNew(it->path())) it.disable_recursion_pending();
      } else if (rankOfAdapterExtension(it->path()) >= 0) {
        found.push_back({it->path().stem().string(), it->path(), folder_});
      }
    }
    if (error)
      throw Error(ErrorKind::Io,
                  fmt::format("The adapter folder \"{}\" could not be listed: {}", folder_.string(), error.message()));
  }

 private:
  bool isNew(const fs::path& folder) {
    std::error_code failed;
    const fs::path real = fs::canonical(folder, failed);
    return !failed && visited_.insert(real).second;
  }

  fs::path folder_;
  std::set<fs::path> visited_;
};

}  // namespace

std::vector<fs::path> adapterFoldersOf(const std::vector<fs::path>& chosen) {
  std::vector<fs::path> folders;
  for (const fs::path& folder : chosen) folders.push_back(folder.empty() ? defaultAdapterFolder() : folder);
  if (folders.empty()) folders.push_back(defaultAdapterFolder());
  return folders;
}

int rankOfAdapterExtension(const fs::path& file) {
  constexpr std::string_view kExtensions[] = {".safetensors", ".pt", ".bin", ".ckpt", ".lora"};
  const auto* const found = std::find(std::begin(kExtensions), std::end(kExtensions), lowerExtension(file));
  return found == std::end(kExtensions) ? -1 : static_cast<int>(found - std::begin(kExtensions));
}

fs::path defaultAdapterFolder() { return userDataFolder() / "adapters"; }

std::vector<NamedAdapter> listAdapters(const std::vector<fs::path>& folders) {
  std::vector<NamedAdapter> all;
  for (const fs::path& folder : adapterFoldersOf(folders)) {
    std::vector<NamedAdapter> found;
    FolderWalk(folder).collect(found);
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

std::vector<NamedAdapter> adaptersNamed(const std::vector<NamedAdapter>& all, const std::string& name) {
  std::vector<NamedAdapter> found;
  const auto take = [&](auto isMeant) {
    if (found.empty()) std::copy_if(all.begin(), all.end(), std::back_inserter(found), isMeant);
  };
  take([&](const NamedAdapter& adapter) {
    return adapter.place() == name || adapter.file.lexically_relative(adapter.folder) == name;
  });
  take([&](const NamedAdapter& adapter) { return adapter.name == name || adapter.file.filename() == name; });
  take([&](const NamedAdapter& adapter) { return outputNameOf(adapter.file) == name; });
  return found;
}

AdapterUse adapterUseOf(const LoraTag& tag, fs::path file) {
  AdapterUse use;
  use.file = std::move(file);
  use.weight = tag.unetWeight;
  if (tag.textEncoderWeight != tag.unetWeight) use.textWeight = tag.textEncoderWeight;
  return use;
}

}  // namespace lorikeet
