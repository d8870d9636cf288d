#include "cli/adapter_options.h"

#include <charconv>
#include <optional>

#include "lorikeet/adapter_tags.h"

namespace lorikeet::cli {
namespace {

/// Takes ":0.75" off the end of a text; empty if it does not end in a colon and a number.
std::optional<double> takeNumber(std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [read, failed] = std::from_chars(text.data() + colon + 1, end, value);
  if (failed != std::errc() || read != end) return std::nullopt;
  text.resize(colon);
  return value;
}

AdapterUse readAdapter(std::string text) {
  AdapterUse use;
  const std::optional<double> last = takeNumber(text);
  const std::optional<double> first = last ? takeNumber(text) : std::nullopt;
  if (first) use.textWeight = last;
  use.weight = first ? *first : last.value_or(1);
  use.file = text;
  return use;
}

}  // namespace

void addAdapterOptions(CLI::App& command, AdapterOptions& options) {
  command
      .add_option(
          "-l,--lora", options.files,
          "Adapter (LoRA and its relatives), FILE or FILE:WEIGHT or FILE:WEIGHT:TEXTWEIGHT; repeat it for several")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command.add_option("-a,--lora-weight", options.weights, "Weights of the adapters in their order")
      ->type_name("WEIGHT")
      ->allow_extra_args(false);
  command.add_option("--lora-dir", options.folder, "Folder in which <lora:name:weight> in a prompt is looked up")
      ->type_name("DIR");
}

std::vector<AdapterUse> adaptersFor(const AdapterOptions& options, std::string& prompt) {
  std::vector<AdapterUse> adapters;
  for (const std::string& file : options.files) adapters.push_back(readAdapter(file));
  if (options.weights.size() > adapters.size())
    throw Error(ErrorKind::InvalidArgument, "There are more weights (-a) than adapters (-l).");
  for (size_t i = 0; i < options.weights.size(); ++i) adapters[i].weight = options.weights[i];
  prompt = takeAdapterTags(prompt, options.folder, adapters);
  validate(adapters);
  return adapters;
}

}  // namespace lorikeet::cli
