#pragma once
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lorikeet {

/// Factors on top of an adapter's weight, by group of blocks. Parts of the UNet outside the blocks have factor 1.
struct AdapterBlockWeights {
  double text = 1;
  std::array<double, 4> down{1, 1, 1, 1};  ///< from fine to coarse
  double mid = 1;
  std::array<double, 4> up{1, 1, 1, 1};  ///< in the order in which the UNet runs them, from coarse to fine

  bool operator==(const AdapterBlockWeights&) const = default;
};

/// One row of the adapter stack, as a value. Any number may be active; their order does not change the picture.
struct AdapterUse {
  std::filesystem::path file;
  std::string variant;  ///< which adapter of a file that holds several; empty: the only or first one
  bool enabled = true;
  double weight = 1;                 ///< -10..10, of the UNet and, unless textWeight is set, of the text encoder
  std::optional<double> textWeight;  ///< -10..10
  AdapterBlockWeights blocks;
  double begin = 0;  ///< active from this fraction of the steps on
  double end = 1;    ///< up to this one

  bool operator==(const AdapterUse&) const = default;
};

/// Checks ranges. Throws Error(InvalidArgument) naming file and setting.
void validate(const std::vector<AdapterUse>& adapters);

}  // namespace lorikeet
