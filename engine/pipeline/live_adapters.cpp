#include "pipeline/live_adapters.h"

#include <lorikeet/error.h>

#include <chrono>

namespace lorikeet {
namespace {

double millisecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

void LiveAdapters::start(const std::vector<AdapterUse>& uses) {
  uses_ = uses;
  load(true);
  apply(0);
}

/// Rows that cannot be used are switched off here, so that the rest of the stack goes on.
void LiveAdapters::load(bool mayThrow) {
  const auto start = std::chrono::steady_clock::now();
  for (AdapterUse& use : uses_) {
    if (!use.enabled) continue;
    try {
      validate({use});
      stack_.open(use);
    } catch (const Error& error) {
      if (!callbacks_.adapterProblem && mayThrow) throw;
      use.enabled = false;
      if (callbacks_.adapterProblem) callbacks_.adapterProblem(use, error.what());
    }
  }
  timing_.elapsedMs += millisecondsSince(start);
}

AdapterChange LiveAdapters::apply(double progress) {
  const AdapterChange change = stack_.apply(context_, uses_, progress);
  stack_.closeUnused(uses_);
  if (change.unet || change.textEncoder) ++timing_.calls;
  timing_.elapsedMs += change.elapsedMs;
  return change;
}

void LiveAdapters::beforeStep(int step, int stepCount, const Encode& encode, PromptConditioning& conditioning) {
  if (callbacks_.adapters)
    if (std::optional<std::vector<AdapterUse>> changed = callbacks_.adapters()) {
      uses_ = std::move(*changed);
      load(false);
    }
  if (apply(static_cast<double>(step) / std::max(stepCount, 1)).textEncoder) conditioning = encode();
}

}  // namespace lorikeet
