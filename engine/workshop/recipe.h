#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "core/dtype.h"
#include "workshop/model_names.h"

namespace lorikeet {

/// Metadata of an adapter that was made from others: the recipe ("lorikeet.recipe", JSON: operation, adapters with
/// name, hash and weights, rank), and in kohya's entries base model, trigger words, rank and alpha.
std::map<std::string, std::string> recipeMetadata(std::string_view operation, const NamedAdapters& opened,
                                                  std::span<const AdapterUse> uses, const RankRule& rank,
                                                  std::span<const AdapterModule> modules);

/// kohya's entries of rank and alpha for these modules.
void addNetworkMetadata(std::span<const AdapterModule> modules, std::map<std::string, std::string>& metadata);

/// Throws Error(InvalidArgument) for settings out of range.
void validateRank(const RankRule& rank);

DType dtypeOf(WeightType type);

}  // namespace lorikeet
