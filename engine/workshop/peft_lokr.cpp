#include "workshop/peft_lokr.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "adapters/adapter_format.h"
#include "io/tensor_values.h"
#include "workshop/peft_ranks.h"

namespace lorikeet {
namespace {

/// A weight [l * k, m * n, taps] as [l, m] times [k, n * taps], and how the two are stored.
struct LokrModule {
  AdapterModule* module = nullptr;
  Shape weight;
  int64_t l = 0, m = 0, k = 0, n = 0;
  bool firstIsWhole = true, secondIsWhole = true, hasCore = false;
  int64_t rank = 0;  ///< of what is a product; 0 where both are whole or their ranks differ

  bool isWhole() const { return firstIsWhole && secondIsWhole; }
};

struct LokrChoice {
  bool decomposesBoth = false;
  bool usesCores = false;
};

LokrModule layoutOf(AdapterModule& module, const Shape& weight) {
  LokrModule one{&module, weight};
  const auto shapeOf = [&](const char* role) -> const Shape& { return module.get(role).shape; };
  one.firstIsWhole = module.has("lokr_w1");
  one.secondIsWhole = module.has("lokr_w2");
  one.hasCore = module.has("lokr_t2");
  one.l = one.firstIsWhole ? shapeOf("lokr_w1")[0] : shapeOf("lokr_w1_a")[0];
  one.m = one.firstIsWhole ? shapeOf("lokr_w1")[1] : shapeOf("lokr_w1_b")[1];
  one.k = weight[0] / one.l;
  one.n = weight[1] / one.m;
  const int64_t first = one.firstIsWhole ? 0 : shapeOf("lokr_w1_b")[0];
  const int64_t second = one.secondIsWhole ? 0 : shapeOf("lokr_w2_b")[0];
  one.rank = first == 0 || second == 0 || first == second ? std::max(first, second) : 0;
  return one;
}

/// PEFT's factorization(): two numbers whose product is the dimension, the first near the factor.
std::pair<int64_t, int64_t> factorization(int64_t dimension, int64_t factor) {
  if (factor > 0 && dimension % factor == 0) return {factor, dimension / factor};
  if (factor == -1) factor = dimension;
  int64_t first = 1, second = dimension;
  const int64_t length = first + second;
  while (first < second) {
    int64_t next = first + 1;
    while (dimension % next != 0) ++next;
    if (next + dimension / next > length || next > factor) break;
    first = next;
    second = dimension / next;
  }
  return {std::min(first, second), std::max(first, second)};
}

bool isSplitBy(const LokrModule& one, int64_t factor) {
  return factorization(one.weight[0], factor) == std::pair(one.l, one.k) &&
         factorization(one.weight[1], factor) == std::pair(one.m, one.n);
}

/// The decompose_factor that gives every module its sizes.
int64_t commonFactor(const std::vector<LokrModule>& modules) {
  int64_t largest = 1;
  for (const LokrModule& one : modules) largest = std::max({largest, one.l, one.m, one.k, one.n});
  const auto splitsAll = [&](int64_t factor) {
    return std::ranges::all_of(modules, [&](const LokrModule& one) { return isSplitBy(one, factor); });
  };
  for (int64_t factor = -1; factor <= largest; ++factor)
    if (factor != 0 && splitsAll(factor)) return factor;
  const LokrModule& first = modules.front();
  throw Error(
      ErrorKind::Unsupported,
      fmt::format("PEFT cannot hold these LoKr modules: no decompose_factor of it splits all their weights into "
                  "factors of their sizes (the first, {}, has {}x{} and {}x{}).",
                  first.module->key, first.l, first.m, first.k, first.n));
}

/// Whether PEFT stores the module as it is.
bool isKept(const LokrModule& one, const LokrChoice& choice) {
  if (one.isWhole()) return true;
  if (one.rank == 0) return false;
  const bool firstIsWhole = !choice.decomposesBoth || 2 * one.rank >= std::max(one.l, one.m);
  const bool secondIsWhole = 2 * one.rank >= std::max(one.k, one.n);
  const bool hasCore = choice.usesCores && tapsOf(one.weight) > 1;
  return one.firstIsWhole == firstIsWhole && one.secondIsWhole == secondIsWhole &&
         (secondIsWhole || one.hasCore == hasCore);
}

LokrChoice choiceOf(const std::vector<LokrModule>& modules) {
  const auto kept = [&](const LokrChoice& choice) {
    return std::ranges::count_if(modules, [&](const LokrModule& one) { return isKept(one, choice); });
  };
  LokrChoice best;
  for (const LokrChoice& choice : {LokrChoice{true, false}, LokrChoice{false, true}, LokrChoice{true, true}})
    if (kept(choice) > kept(best)) best = choice;
  return best;
}

Shape wholeSecond(const LokrModule& one) {
  return one.weight.rank() == 4 ? Shape{one.k, one.n, one.weight[2], one.weight[3]} : Shape{one.k, one.n};
}

void multiplyOut(LokrModule& one) {
  auto& tensors = one.module->tensors;
  const LokrFactors factors = lokrFactors(*one.module);
  const RawTensor like = tensors.begin()->second;
  std::erase_if(tensors, [](const auto& entry) { return entry.first.starts_with("lokr_"); });
  tensors["lokr_w1"] = inTypeOf(like, {one.l, one.m}, {factors.first.values().begin(), factors.first.values().end()});
  tensors["lokr_w2"] =
      inTypeOf(like, wholeSecond(one), {factors.second.values().begin(), factors.second.values().end()});
  one.firstIsWhole = one.secondIsWhole = true;
  one.hasCore = false;
}

/// Of a module whose factors are both whole any rank will do that lets PEFT keep them so.
int64_t freeRank(const LokrModule& one, const LokrChoice& choice) {
  int64_t least = (std::max(one.k, one.n) + 1) / 2;
  if (choice.decomposesBoth) least = std::max(least, (std::max(one.l, one.m) + 1) / 2);
  constexpr double kMostRank = 1e9;
  const double alpha = one.module->alpha.value_or(0);
  const bool isRank = one.module->statedScale == 1.0 && alpha == std::floor(alpha) && alpha <= kMostRank;
  if (isRank && alpha >= static_cast<double>(least)) return static_cast<int64_t>(alpha);
  return std::max(least, one.module->configuredRank);
}

}  // namespace

nlohmann::ordered_json peftLokrSettings(std::vector<AdapterModule>& modules, const ModelNames& names,
                                        FormChanges& changes) {
  std::vector<LokrModule> layouts;
  for (AdapterModule& module : modules)
    layouts.push_back(layoutOf(module, *names.shapeOf(module.part, module.name + ".weight")));
  const int64_t factor = commonFactor(layouts);
  const LokrChoice choice = choiceOf(layouts);
  PeftRanks ranks;
  for (LokrModule& one : layouts) {
    if (!isKept(one, choice)) {
      multiplyOut(one);
      ++changes.joinedFactors;
    }
    if (one.secondIsWhole) {
      RawTensor& second = one.module->tensors.find("lokr_w2")->second;
      second = reshaped(second, wholeSecond(one));
    }
    const int64_t rank = one.isWhole() ? freeRank(one, choice) : one.rank;
    ranks.add(one.module->name, rank, one.module->statedScale.value_or(1) * static_cast<double>(rank));
  }
  nlohmann::ordered_json settings = ranks.fields("alpha");
  settings.update({{"decompose_both", choice.decomposesBoth},
                   {"decompose_factor", factor},
                   {"use_effective_conv2d", choice.usesCores},
                   {"rank_dropout", 0.0},
                   {"rank_dropout_scale", false},
                   {"module_dropout", 0.0},
                   {"init_weights", true}});
  return settings;
}

}  // namespace lorikeet
