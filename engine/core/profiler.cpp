#include "core/profiler.h"

#include <algorithm>

namespace lorikeet {

void Profiler::add(std::string_view name, double elapsedMs, double flops) {
  auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.name == name; });
  if (entry == entries_.end()) entry = entries_.insert(entries_.end(), Entry{std::string(name)});
  ++entry->calls;
  entry->elapsedMs += elapsedMs;
  entry->flops += flops;
}

}  // namespace lorikeet
