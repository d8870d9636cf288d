#include "core/profiler.h"

#include <algorithm>

namespace lorikeet {

void Profiler::add(std::string_view name, double elapsedMs, const OperationWork& work, std::string_view layer,
                   std::string_view shape) {
  auto entry = std::find_if(entries_.begin(), entries_.end(),
                            [&](const Entry& e) { return e.name == name && e.layer == layer && e.shape == shape; });
  if (entry == entries_.end()) {
    entries_.push_back({std::string(name), 0, 0, {}, std::string(layer), std::string(shape)});
    entry = std::prev(entries_.end());
  }
  ++entry->calls;
  entry->elapsedMs += elapsedMs;
  entry->work.flops += work.flops;
  entry->work.executed += work.executed;
  entry->work.bytes += work.bytes;
}

}  // namespace lorikeet
