#include "cli/adapter_options.h"

#include <charconv>
#include <filesystem>
#include <optional>

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
  const std::optional<double> last = takeNumber(text);
  const std::optional<double> first = last ? takeNumber(text) : std::nullopt;
  AdapterUse use = splitVariant(text);
  if (first) use.textWeight = last;
  use.weight = first ? *first : last.value_or(1);
  return use;
}

}  // namespace

void addAdapterOptions(CLI::App& command, AdapterOptions& options) {
  addOption(command, "-l,--lora", options.files,
            "Adapter (LoRA and its relatives), FILE[#VARIANT][:WEIGHT[:TEXTWEIGHT]]; #VARIANT chooses from a file that "
            "holds several; repeat it for several files")
      ->type_name("FILE")
      ->allow_extra_args(false);
  addOption(command, "-a,--lora-weight", options.weights, "Weights of the adapters in their order")
      ->type_name("WEIGHT")
      ->allow_extra_args(false);
}

AdapterUse splitVariant(const std::string& text) {
  AdapterUse use;
  use.file = text;
  const size_t mark = text.rfind('#');
  std::error_code ignored;
  if (mark == std::string::npos || mark == 0 || std::filesystem::exists(use.file, ignored)) return use;
  use.file = text.substr(0, mark);
  use.variant = text.substr(mark + 1);
  return use;
}

std::vector<AdapterUse> adaptersFor(const AdapterOptions& options) {
  std::vector<AdapterUse> adapters;
  for (const std::string& file : options.files) adapters.push_back(readAdapter(file));
  if (options.weights.size() > adapters.size())
    throw Error(ErrorKind::InvalidArgument, "There are more weights (-a) than adapters (-l).");
  for (size_t i = 0; i < options.weights.size(); ++i) adapters[i].weight = options.weights[i];
  validate(adapters);
  return adapters;
}

}  // namespace lorikeet::cli
