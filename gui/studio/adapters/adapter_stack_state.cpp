#include "studio/adapters/adapter_stack_state.h"

#include <algorithm>

namespace lorikeet {

bool isInEffect(const AdapterStackState& state, const AdapterEntry& entry) {
  const bool anySolo = std::ranges::any_of(state.entries, &AdapterEntry::solo);
  return entry.use.enabled && !entry.muted && (!anySolo || entry.solo);
}

std::vector<AdapterUse> effectiveUses(const AdapterStackState& state) {
  std::vector<AdapterUse> uses;
  for (const AdapterEntry& entry : state.entries) {
    uses.push_back(entry.use);
    uses.back().enabled = isInEffect(state, entry);
  }
  return uses;
}

}  // namespace lorikeet
