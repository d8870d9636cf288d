#include "pipeline/prompt_choices.h"

#include <lorikeet/adapter_tags.h>

#include <string>

#include "text/prompt_place.h"
#include "text/wildcards.h"

namespace lorikeet {
namespace {

constexpr uint64_t kNegativeStream = 1;

WildcardFolder openWildcards(const GenerateRequest& request) {
  const auto& folder = request.prompting.wildcardFolder;
  return folder.empty() ? WildcardFolder() : WildcardFolder(folder);
}

bool holdsChoices(const std::string& prompt) {
  WildcardFolder none;
  const WildcardExpansion expansion = expandWildcards(prompt, none, 0);
  return expansion.changed || !expansion.issues.empty();
}

std::string expanded(std::string_view what, const std::string& prompt, WildcardFolder& folder, uint64_t seed,
                     uint64_t stream, std::string& kept) {
  checkPromptLength(what, prompt);
  WildcardExpansion expansion = expandWildcards(prompt, folder, seed, stream);
  throwIfUnusable(what, prompt, expansion.issues);
  if (expansion.changed) kept = prompt;
  return std::move(expansion.text);
}

GenerateRequest single(const GenerateRequest& request, int imageIndex, WildcardFolder& folder) {
  GenerateRequest result = request;
  const PictureSeeds seeds = seedsOf(request, imageIndex);
  result.seed = seeds.seed;
  result.variation.seed = seeds.variation;
  result.imageCount = 1;
  if (!request.prompting.choices) return result;
  PromptOptions& kept = result.prompting;
  result.prompt = expanded("prompt", request.prompt, folder, result.seed, 0, kept.promptTemplate);
  result.negativePrompt =
      expanded("negative prompt", request.negativePrompt, folder, result.seed, kNegativeStream, kept.negativeTemplate);
  // Chosen texts that make new choices together, as "{a" and "|b}" would, stand for themselves.
  const bool changed = result.prompt != request.prompt || result.negativePrompt != request.negativePrompt;
  if (changed && (holdsChoices(result.prompt) || holdsChoices(result.negativePrompt))) kept.choices = false;
  return result;
}

}  // namespace

PictureSeeds seedsOf(const GenerateRequest& request, int imageIndex) {
  const auto index = static_cast<uint64_t>(imageIndex);
  const bool varies = request.variation.strength > 0;  // A1111 counts one of the two on
  return {request.seed + (varies ? 0 : index), request.variation.seed + (varies ? index : 0)};
}

GenerateRequest requestOfPicture(const GenerateRequest& request, int imageIndex) {
  WildcardFolder folder = openWildcards(request);
  return single(request, imageIndex, folder);
}

std::vector<AdapterUse> adaptersOfPicture(const GenerateRequest& picture) {
  checkPromptLength("prompt", picture.prompt);
  return adaptersInPrompt(picture.prompt, picture.prompting.adapterFolders);
}

void checkChoices(const GenerateRequest& request) {
  if (!request.prompting.choices) {
    adaptersOfPicture(request);
    return;
  }
  constexpr size_t kMaxCheckedBytes = size_t(1) << 20;  // later pictures are checked when their turn comes
  WildcardFolder folder = openWildcards(request);
  size_t checkedBytes = 0;
  for (int i = 0; i < request.imageCount && checkedBytes < kMaxCheckedBytes; ++i) {
    const GenerateRequest picture = single(request, i, folder);
    adaptersOfPicture(picture);
    if (picture.prompt == request.prompt && picture.negativePrompt == request.negativePrompt) return;  // no choices
    for (const std::string* text : {&request.prompt, &request.negativePrompt, &picture.prompt, &picture.negativePrompt})
      checkedBytes += text->size();
  }
}

}  // namespace lorikeet
