#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet {

/// Up to `limit` of the known names that are closest to `wanted` by edit distance, best first; names that share too
/// little with it (more than a third of its length to change) are left out.
std::vector<std::string> nearestNames(std::string_view wanted, std::span<const std::string_view> known,
                                      size_t limit = 3);

/// " (nearest names: "a", "b")" for the end of a message; empty if nothing is near.
std::string suggestion(std::string_view wanted, std::span<const std::string_view> known);

}  // namespace lorikeet
