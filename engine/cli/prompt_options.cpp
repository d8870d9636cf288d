#include "cli/prompt_options.h"

#include <charconv>
#include <random>

namespace lorikeet::cli {
namespace {

uint64_t seedFromText(const std::string& text) {
  if (text == "random") return std::random_device()();
  uint64_t seed = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (failed != std::errc() || end != text.data() + text.size())
    throw CLI::ValidationError("The seed \"" + text + "\" is neither a whole number from 0 to 2^64-1 nor \"random\".",
                               CLI::ExitCodes::ValidationError);
  return seed;
}

}  // namespace

void addPromptOptions(CommandLine& line, CLI::App& command, GenerateRequest& request) {
  PromptOptions& options = request.prompting;
  addChoice(line, command, "--emphasis", options.emphasis, emphasisFromName, emphasisNames(),
            "What weights like (word:1.2) do: original, no_norm, ignore, or none for brackets as text (default: "
            "original)");
  addOption(command, "--wildcards", options.wildcardFolder,
            "Folder of wildcards: __NAME__ in a prompt becomes a line of NAME.txt, chosen by the picture's seed")
      ->type_name("DIR");
  addFlag(command, "!--no-choices", options.choices, "Leave {a|b} and __NAME__ in prompts as they stand");
  addOption(command, "--embedding", request.embeddings,
            "Textual inversion that the prompts name by its token or file name; repeat it for several")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  addOption(
      command, "--embedding-dir", options.embeddingFolder,
      "Folder of textual inversions; those that the prompts name are used (default: with the starter model, those "
      "that come with it)")
      ->type_name("DIR");
  addOption(
      command, "--lora-dir", options.adapterFolders,
      "Folder of adapters in which <lora:NAME:WEIGHT> and <lora:NAME:TEXTWEIGHT:UNETWEIGHT> in prompts are "
      "looked up; repeat it for several (default: lorikeet/adapters in $XDG_DATA_HOME or ~/.local/share, then the "
      "starter model's)")
      ->type_name("DIR")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void addSeedOption(CLI::App& command, uint64_t& seed) {
  addTextOption(
      command, "-s,--seed", [&seed](const std::string& text) { seed = seedFromText(text); },
      "Start of the random numbers, or \"random\" (default: 42)")
      ->type_name("SEED");
}

}  // namespace lorikeet::cli
