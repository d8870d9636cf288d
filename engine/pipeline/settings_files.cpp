#include "lorikeet/settings_files.h"

#include <fmt/format.h>
#include <lorikeet/error.h>
#include <lorikeet/prompt.h>
#include <lorikeet/starter_parts.h>

#include <algorithm>
#include <optional>

#include "pipeline/adapter_folders.h"
#include "pipeline/settings_readers.h"
#include "text/prompt_grammar.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;

using HashList = PictureFacts::Hashes;

/// "ink: 0123456789ab, neon: ..." of the settings, as hashList() writes it.
HashList readHashList(const PictureSettings& settings, std::string_view key) {
  HashList hashes;
  const std::string list = findText(settings.other, key).value_or("");
  for (size_t begin = 0; begin < list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    const std::string_view entry = std::string_view(list).substr(begin, end - begin);
    if (const size_t colon = entry.find(':'); colon != std::string_view::npos)
      hashes.emplace_back(trimmed(entry.substr(0, colon)), trimmed(entry.substr(colon + 1)));
    begin = end + 1;
  }
  return hashes;
}

std::string hashNamed(const HashList& hashes, std::string name) {
  std::erase_if(name, [](char c) { return c == ':' || c == ','; });
  for (const auto& [key, hash] : hashes)
    if (key == name) return hash;
  return {};
}

/// Programs cut hashes to different lengths.
bool isSameHash(const std::string& a, const std::string& b) {
  constexpr size_t kShortest = 8;
  const size_t length = std::min(a.size(), b.size());
  return length >= kShortest && a.compare(0, length, b, 0, length) == 0;
}

std::vector<fs::path> existing(std::vector<fs::path> folders) {
  std::erase_if(folders, [](const fs::path& folder) {
    std::error_code ignored;
    return !fs::is_directory(folder, ignored);
  });
  return folders;
}

/// One search for the files of a request.
class Search {
 public:
  Search(GenerateRequest& request, const PictureSettings& settings, const SettingsFolders& folders, FileHashes& hashes,
         std::vector<std::string>& notes, const std::stop_token& stop)
      : request_(request),
        folders_(folders),
        hashes_(hashes),
        notes_(notes),
        stop_(stop),
        adapterHashes_(readHashList(settings, "Lora hashes")),
        embeddingHashes_(readHashList(settings, "TI hashes")) {}

  void findAdapters();
  void findEmbeddings();
  void findNetworks();
  void findPictures();

 private:
  std::optional<fs::path> adapter(const std::string& name);
  const std::vector<NamedAdapter>& adapters();
  void findTags();
  fs::path network(const fs::path& name, const char* what);
  template <class Pixels>
  void findPicture(PixelSource<Pixels>& source, const char* what);

  GenerateRequest& request_;
  const SettingsFolders& folders_;
  FileHashes& hashes_;
  std::vector<std::string>& notes_;
  std::stop_token stop_;
  HashList adapterHashes_, embeddingHashes_;
  std::optional<std::vector<NamedAdapter>> adapters_;
};

const std::vector<NamedAdapter>& Search::adapters() {
  if (adapters_) return *adapters_;
  std::vector<fs::path> folders = existing(adapterFoldersOf(folders_.adapters));
  if (const fs::path starter = starterAdapterFolder(); folders_.adapters.empty() && !starter.empty())
    folders.push_back(starter);
  adapters_ = folders.empty() ? std::vector<NamedAdapter>() : listAdapters(folders);
  return *adapters_;
}

/// `name` with or without extension.
std::optional<fs::path> Search::adapter(const std::string& name) {
  const std::string stem = fs::path(name).stem().string();
  std::string wanted = hashNamed(adapterHashes_, name);
  if (wanted.empty()) wanted = hashNamed(adapterHashes_, stem);
  const auto hashOf = [&](const NamedAdapter& candidate) -> std::string {
    try {
      return hashes_.adapter(candidate.file, stop_);
    } catch (const Error&) {
      return {};  // broken, or no adapter at all
    }
  };
  std::vector<NamedAdapter> named = adaptersNamed(adapters(), name);
  if (named.empty()) named = adaptersNamed(adapters(), stem);
  if (!named.empty() && wanted.empty()) return named.front().file;
  for (const NamedAdapter& candidate : named)
    if (isSameHash(hashOf(candidate), wanted)) return candidate.file;
  if (!wanted.empty())
    for (const NamedAdapter& candidate : adapters())
      if (isSameHash(hashOf(candidate), wanted)) return candidate.file;
  if (named.empty()) return std::nullopt;
  notes_.push_back(
      fmt::format("The adapter \"{}\" is another file than the one that the picture was made with.", name));
  return named.front().file;
}

void Search::findAdapters() {
  findTags();
  std::vector<AdapterUse> found;
  for (AdapterUse& use : std::exchange(request_.adapters, {})) {
    if (!use.file.has_parent_path()) {
      const auto file = adapter(use.file.string());
      if (!file) {
        notes_.push_back(
            fmt::format("The adapter \"{}\" was not found; its tag is left in the prompt.", use.file.stem().string()));
        request_.prompt += adapterTags({use});
        continue;
      }
      use.file = *file;
    }
    found.push_back(std::move(use));
  }
  request_.adapters = std::move(found);
}

/// Tags whose adapter is found become adapters of the list.
void Search::findTags() {
  std::vector<ExtraNetwork> networks = parsePrompt(request_.prompt, PromptRole::Positive).networks;
  std::stable_sort(networks.begin(), networks.end(),
                   [](const ExtraNetwork& a, const ExtraNetwork& b) { return a.position > b.position; });
  std::vector<AdapterUse> uses;
  for (const ExtraNetwork& network : networks) {  // from the last on, so that places stay true
    if (network.kind != "lora" && network.kind != "lyco") continue;
    const LoraTag tag = loraTag(network);
    const auto file = adapter(tag.name);
    if (!file) {
      notes_.push_back(fmt::format("The adapter \"{}\" was not found; its tag is left in the prompt.", tag.name));
      continue;
    }
    uses.insert(uses.begin(), adapterUseOf(tag, *file));
    const size_t blank = network.position > 0 && request_.prompt[network.position - 1] == ' ' ? 1 : 0;
    request_.prompt.erase(network.position - blank, network.length + blank);
  }
  request_.adapters.insert(request_.adapters.begin(), uses.begin(), uses.end());
}

void Search::findEmbeddings() {
  const HashList& wanted = embeddingHashes_;
  if (wanted.empty() && request_.embeddings.empty()) return;
  std::vector<EmbeddingInfo> known;
  for (const fs::path& folder : existing(folders_.embeddings))
    for (EmbeddingInfo& info : listEmbeddings(folder)) known.push_back(std::move(info));
  const auto find = [&](const std::string& name, const std::string& hash) -> const EmbeddingInfo* {
    for (const EmbeddingInfo& info : known)
      if (info.name == name || info.path.filename() == name) return &info;
    for (const EmbeddingInfo& info : known)
      if (info.problem.empty() && !hash.empty() && isSameHash(hashes_.embedding(info.path, stop_), hash)) return &info;
    return nullptr;
  };
  std::vector<fs::path> listed;
  for (const fs::path& file : request_.embeddings) {
    if (file.has_parent_path()) listed.push_back(file);
    if (file.has_parent_path()) continue;
    if (const EmbeddingInfo* info = find(file.string(), hashNamed(wanted, file.stem().string())))
      listed.push_back(info->path);
    else
      notes_.push_back(fmt::format("The embedding \"{}\" was not found.", file.string()));
  }
  request_.embeddings = std::move(listed);
  for (const auto& [name, hash] : wanted) {
    const EmbeddingInfo* info = find(name, hash);
    if (!info) {
      notes_.push_back(fmt::format("The embedding \"{}\" was not found.", name));
    } else if (std::find(request_.embeddings.begin(), request_.embeddings.end(), info->path) ==
               request_.embeddings.end()) {
      request_.embeddings.push_back(info->path);
    }
  }
}

fs::path Search::network(const fs::path& name, const char* what) {
  if (name.empty() || name.has_parent_path()) return name;
  std::error_code ignored;
  for (const fs::path& file : folders_.networkFiles)
    if (file.filename() == name && fs::exists(file, ignored)) return file;
  constexpr int kDeepest = 6;
  for (const fs::path& folder : existing(folders_.networks)) {
    std::error_code failed;
    fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, failed), end;
    for (; !failed && it != end; it.increment(failed)) {
      if (it->path().filename() == name) return it->path();
      if (it.depth() >= kDeepest) it.disable_recursion_pending();
    }
  }
  notes_.push_back(fmt::format("The {} \"{}\" was not found; choose it.", what, name.string()));
  return {};
}

void Search::findNetworks() {
  const fs::path upscaler = request_.hires.upscaler.network;
  request_.hires.upscaler.network = network(upscaler, "upscaler");
  if (!upscaler.empty() && request_.hires.upscaler.network.empty()) request_.hires.upscaler = HiresOptions().upscaler;
  for (ControlUnit& unit : request_.controls) unit.model = network(unit.model, "ControlNet");
  request_.vae = network(request_.vae, "autoencoder");
}

template <class Pixels>
void Search::findPicture(PixelSource<Pixels>& source, const char* what) {
  if (source.file.empty() || source.file.has_parent_path()) return;
  std::error_code ignored;
  for (const fs::path& folder : folders_.pictures)
    if (fs::is_regular_file(folder / source.file, ignored)) {
      source = PixelSource<Pixels>(folder / source.file);
      return;
    }
  notes_.push_back(fmt::format("The {} \"{}\" was not found; choose it again.", what, source.file.string()));
  source = {};
}

void Search::findPictures() {
  const bool hadInit = !request_.init.empty();
  findPicture(request_.init, "start picture");
  findPicture(request_.mask, "mask");
  for (ControlUnit& unit : request_.controls) findPicture(unit.picture, "control picture");
  if (!hadInit || !request_.init.empty()) return;
  request_.mask = {};  // both mean nothing without the picture
  request_.outpaint = {};
}

}  // namespace

void findSettingsFiles(GenerateRequest& request, const PictureSettings& settings, const SettingsFolders& folders,
                       FileHashes& hashes, std::vector<std::string>& notes, const std::stop_token& stop) {
  Search search(request, settings, folders, hashes, notes, stop);
  search.findAdapters();
  search.findEmbeddings();
  search.findNetworks();
  search.findPictures();
}

}  // namespace lorikeet
