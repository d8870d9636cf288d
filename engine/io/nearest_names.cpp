#include "io/nearest_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace lorikeet {
namespace {

/// Levenshtein's distance, or anything above `bound` as soon as it is certain to exceed it.
size_t editDistance(std::string_view a, std::string_view b, size_t bound) {
  const size_t lengthDifference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (lengthDifference > bound) return bound + 1;
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    size_t smallest = row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, diagonal + 1});
      smallest = std::min(smallest, row[j + 1]);
    }
    if (smallest > bound) return bound + 1;
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> nearestNames(std::string_view wanted, std::span<const std::string_view> known, size_t limit) {
  constexpr size_t kLongestName = 512;  // beyond it a comparison costs more than it tells
  if (wanted.size() > kLongestName || limit == 0) return {};
  std::vector<std::pair<size_t, std::string_view>> best;
  size_t bound = std::max<size_t>(2, wanted.size() / 3);
  for (const std::string_view name : known) {
    const size_t distance = editDistance(wanted, name, bound);
    if (distance > bound) continue;
    best.emplace_back(distance, name);
    std::sort(best.begin(), best.end());
    if (best.size() > limit) best.pop_back();
    if (best.size() == limit) bound = best.back().first;
  }
  std::vector<std::string> names;
  names.reserve(best.size());
  for (const auto& [distance, name] : best) names.emplace_back(name);
  return names;
}

std::string suggestion(std::string_view wanted, std::span<const std::string_view> known) {
  const auto names = nearestNames(wanted, known);
  if (names.empty()) return {};
  return fmt::format(" (nearest {}: \"{}\")", names.size() == 1 ? "name" : "names", fmt::join(names, "\", \""));
}

}  // namespace lorikeet
