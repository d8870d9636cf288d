#pragma once
#include <lorikeet/adapter_use.h>

#include <QtGlobal>
#include <vector>

namespace lorikeet {

/// One row of the stack. The id stays the same while values change and rows move.
struct AdapterEntry {
  quint64 id = 0;
  AdapterUse use;
  bool solo = false;   ///< while any row is solo, only solo rows have an effect
  bool muted = false;  ///< has no effect for now

  bool operator==(const AdapterEntry&) const = default;
};

/// The whole stack as a value: what undo goes back to.
struct AdapterStackState {
  std::vector<AdapterEntry> entries;
  std::vector<std::filesystem::path> embeddings;  ///< textual inversions that prompts may name

  bool operator==(const AdapterStackState&) const = default;
};

/// The rows as a request wants them: enabled says whether a row has an effect, solo and mute considered.
std::vector<AdapterUse> effectiveUses(const AdapterStackState& state);
/// True if this row has an effect.
bool isInEffect(const AdapterStackState& state, const AdapterEntry& entry);

}  // namespace lorikeet
