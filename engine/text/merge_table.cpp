#include "text/merge_table.h"

#include <bit>
#include <utility>

namespace lorikeet {

void MergeTable::reserve(size_t count) {
  const size_t wanted = std::bit_ceil(2 * count + 16);
  if (wanted <= slots_.size()) return;
  std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(wanted));
  count_ = 0;
  for (const Slot& slot : old)
    if (slot.merge.rank >= 0)
      add(static_cast<int>(slot.key >> 32), static_cast<int>(slot.key & 0xffffffffU), slot.merge);
}

void MergeTable::add(int left, int right, Merge merge) {
  if (2 * (count_ + 1) > slots_.size()) reserve(2 * count_ + 16);
  const uint64_t key = keyOf(left, right);
  size_t i = slotOf(key);
  while (slots_[i].merge.rank >= 0) {
    if (slots_[i].key == key) return;
    i = (i + 1) & (slots_.size() - 1);
  }
  slots_[i] = {key, merge};
  ++count_;
}

}  // namespace lorikeet
