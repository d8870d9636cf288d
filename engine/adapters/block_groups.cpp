#include "adapters/block_groups.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <cmath>

namespace lorikeet {
namespace {

constexpr double kLargestWeight = 10;

/// The factor of "down_blocks.2.resnets..." among four.
double factorAt(const std::array<double, 4>& factors, std::string_view module, size_t digit) {
  const size_t index = digit < module.size() ? static_cast<size_t>(module[digit] - '0') : 4;
  return index < factors.size() ? factors[index] : 1;
}

void requireRange(const AdapterUse& use, const char* setting, double value, double lowest, double highest) {
  if (value >= lowest && value <= highest) return;  // false for NaN
  throw Error(ErrorKind::InvalidArgument, fmt::format("{} of the adapter \"{}\" must be between {} and {}, not {}.",
                                                      setting, use.file.string(), lowest, highest, value));
}

}  // namespace

double multiplierOf(const AdapterUse& use, NetworkPart part, std::string_view module) {
  constexpr std::string_view kDown = "down_blocks.", kUp = "up_blocks.", kMid = "mid_block.";
  if (part == NetworkPart::TextEncoder) return use.textWeight.value_or(use.weight) * use.blocks.text;
  if (module.starts_with(kDown)) return use.weight * factorAt(use.blocks.down, module, kDown.size());
  if (module.starts_with(kUp)) return use.weight * factorAt(use.blocks.up, module, kUp.size());
  return module.starts_with(kMid) ? use.weight * use.blocks.mid : use.weight;
}

void validate(const std::vector<AdapterUse>& adapters) {
  for (const AdapterUse& use : adapters) {
    if (use.file.empty()) throw Error(ErrorKind::InvalidArgument, "An adapter has no file.");
    requireRange(use, "The weight", use.weight, -kLargestWeight, kLargestWeight);
    requireRange(use, "The text encoder weight", use.textWeight.value_or(0), -kLargestWeight, kLargestWeight);
    requireRange(use, "The start", use.begin, 0, 1);
    requireRange(use, "The end", use.end, 0, 1);
    for (const auto& group : {use.blocks.down, use.blocks.up})
      for (const double factor : group) requireRange(use, "A block weight", factor, -kLargestWeight, kLargestWeight);
    requireRange(use, "The middle block's weight", use.blocks.mid, -kLargestWeight, kLargestWeight);
    requireRange(use, "The text factor", use.blocks.text, -kLargestWeight, kLargestWeight);
  }
}

}  // namespace lorikeet
