#include <fmt/format.h>
#include <fmt/ranges.h>
#include <lorikeet/adapter_tags.h>
#include <lorikeet/error.h>
#include <lorikeet/starter_parts.h>

#include <algorithm>
#include <optional>

#include "io/nearest_names.h"
#include "pipeline/adapter_folders.h"
#include "text/prompt_grammar.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;

/// "\"a\", \"b\" or \"c\""
std::string quotedList(const std::vector<fs::path>& folders, std::string_view last) {
  std::string text;
  for (size_t i = 0; i < folders.size(); ++i) {
    if (i > 0) text += i + 1 == folders.size() ? fmt::format(" {} ", last) : ", ";
    text += fmt::format("\"{}\"", folders[i].string());
  }
  return text;
}

/// Finds adapters of library folders by the names that tags give them.
class AdapterFinder {
 public:
  explicit AdapterFinder(const std::vector<fs::path>& folders) : folders_(adapterFoldersOf(folders)) {
    for (const fs::path& folder : folders_) {
      try {
        const std::vector<NamedAdapter> found = listAdapters({folder});
        all_.insert(all_.end(), found.begin(), found.end());
      } catch (const Error& error) {
        if (!problem_) problem_ = error;  // one that is not there does not take the others along
      }
    }
    if (const fs::path starter = starterAdapterFolder(); folders.empty() && !starter.empty())
      starters_ = listAdapters({starter});
  }

  fs::path find(const std::string& wanted) const {
    std::vector<NamedAdapter> found = adaptersNamed(all_, wanted);
    if (found.empty()) found = adaptersNamed(starters_, wanted);
    if (found.empty()) refuseMissing(wanted);
    refuseSeveral(found, wanted);
    std::erase_if(found, [first = found.front().folder](const auto& adapter) { return adapter.folder != first; });
    // ink.safetensors and ink.pt side by side are one adapter in two forms.
    const auto best = std::min_element(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return rankOfAdapterExtension(a.file) < rankOfAdapterExtension(b.file);
    });
    return best->file;
  }

 private:
  [[noreturn]] void refuseMissing(const std::string& wanted) const {
    if (all_.empty() && problem_)
      throw Error(problem_->kind(), fmt::format("The prompt asks for <lora:{}>. {}", wanted, problem_->what()));
    std::vector<std::string_view> names;
    names.reserve(all_.size() + starters_.size());
    for (const auto* adapters : {&all_, &starters_})
      for (const NamedAdapter& adapter : *adapters) names.push_back(adapter.name);
    throw Error(ErrorKind::NotFound,
                fmt::format("The prompt asks for <lora:{}>, but there is no adapter of that name in {}{}.", wanted,
                            quotedList(folders_, "or"), suggestion(wanted, names)));
  }

  void refuseSeveral(const std::vector<NamedAdapter>& found, const std::string& wanted) const {
    std::vector<std::string> places;
    for (const NamedAdapter& adapter : found)
      if (std::find(places.begin(), places.end(), adapter.place()) == places.end()) places.push_back(adapter.place());
    if (places.size() > 1)
      throw Error(
          ErrorKind::InvalidArgument,
          fmt::format("The prompt asks for <lora:{}>, but {} {} several: name one of {}.", wanted,
                      quotedList(folders_, "and"), folders_.size() == 1 ? "holds" : "hold", fmt::join(places, ", ")));
  }

  std::vector<fs::path> folders_;
  std::vector<NamedAdapter> all_;
  std::vector<NamedAdapter> starters_;  ///< the starter model's, which give way to a person's own
  std::optional<Error> problem_;
};

/// A1111 would make another picture with it: leaving it out silently would be a mistake.
[[noreturn]] void refuseHypernetwork(const ExtraNetwork& network) {
  throw Error(ErrorKind::Unsupported,
              fmt::format("The prompt asks for <hypernet:{}>, but Lorikeet has no hypernetworks; take the tag out.",
                          network.positional.empty() ? "" : network.positional.front()));
}

}  // namespace

std::vector<AdapterUse> adaptersInPrompt(const std::string& prompt, const std::vector<fs::path>& folders) {
  std::optional<AdapterFinder> finder;
  std::vector<AdapterUse> uses;
  for (const ExtraNetwork& network : parsePrompt(prompt, PromptRole::Positive).networks) {
    if (network.kind == "hypernet") refuseHypernetwork(network);
    if (network.kind != "lora" && network.kind != "lyco") continue;
    const LoraTag tag = loraTag(network);
    if (!finder) finder.emplace(folders);
    uses.push_back(adapterUseOf(tag, finder->find(tag.name)));
  }
  validate(uses);
  return uses;
}

}  // namespace lorikeet
