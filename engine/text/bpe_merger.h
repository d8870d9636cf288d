#pragma once
#include <cstddef>
#include <vector>

#include "text/merge_table.h"

namespace lorikeet {

/// Merges the tokens ids[begin..] in place as OpenAI's byte-pair loop does: again and again the pair of lowest rank,
/// everywhere it stands, from left to right. Short words are scanned; long ones use a queue, O(n log n).
void mergePairs(const MergeTable& merges, std::vector<int>& ids, size_t begin);

}  // namespace lorikeet
