#include "core/profiler.h"

#include <algorithm>

namespace lorikeet {

Profiler::Entry& Profiler::entryOf(std::string_view name, std::string_view layer, std::string_view shape) {
  auto entry = std::find_if(entries_.begin(), entries_.end(),
                            [&](const Entry& e) { return e.name == name && e.layer == layer && e.shape == shape; });
  if (entry != entries_.end()) return *entry;
  return entries_.emplace_back(Entry{std::string(name), 0, 0, {}, std::string(layer), std::string(shape), {}});
}

void Profiler::add(std::string_view name, double elapsedMs, const OperationWork& work, std::string_view layer,
                   std::string_view shape) {
  Entry& entry = entryOf(name, layer, shape);
  ++entry.calls;
  entry.elapsedMs += elapsedMs;
  entry.work.flops += work.flops;
  entry.work.executed += work.executed;
  entry.work.bytes += work.bytes;
}

void Profiler::addError(std::string_view name, std::string_view layer, std::string_view shape,
                        const OperationError& error) {
  OperationError& worst = entryOf(name, layer, shape).error;
  worst = {std::max(worst.rms, error.rms), std::max(worst.largest, error.largest)};
}

}  // namespace lorikeet
