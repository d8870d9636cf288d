#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lorikeet {

/// What two neighbouring tokens become, and how early.
struct Merge {
  int rank = -1;  ///< lower merges first; -1: the two do not merge
  int merged = -1;
};

/// A hash table with open addressing from pairs of token ids to their merge. Ids are not negative.
class MergeTable {
 public:
  void reserve(size_t count);
  /// The first rule of a pair stays.
  void add(int left, int right, Merge merge);
  Merge find(int left, int right) const {
    if (slots_.empty()) return {};
    const uint64_t key = keyOf(left, right);
    for (size_t i = slotOf(key);; i = (i + 1) & (slots_.size() - 1)) {
      if (slots_[i].merge.rank < 0) return {};
      if (slots_[i].key == key) return slots_[i].merge;
    }
  }

 private:
  struct Slot {
    uint64_t key = 0;
    Merge merge;
  };
  static uint64_t keyOf(int left, int right) {
    return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
  }
  size_t slotOf(uint64_t key) const {
    return static_cast<size_t>((key * 0x9e3779b97f4a7c15ULL) >> 20) & (slots_.size() - 1);
  }
  std::vector<Slot> slots_;  ///< a power of two, at most half full
  size_t count_ = 0;
};

}  // namespace lorikeet
