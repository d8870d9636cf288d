#pragma once
#include <functional>

#include "adapters/adapter_stack.h"
#include "lorikeet/result.h"
#include "pipeline/conditioning.h"

namespace lorikeet {

/// The adapters of one running job: those of its request, then whatever the caller's callback hands over between two
/// steps. Encodes the prompts again when a text encoder weight changed.
class LiveAdapters {
 public:
  using Encode = std::function<PromptConditioning()>;

  /// Everything handed over must outlive it.
  LiveAdapters(const ExecutionContext& context, AdapterStack& stack, const GenerateCallbacks& callbacks)
      : context_(context), stack_(stack), callbacks_(callbacks) {}

  /// Brings the request's stack into effect. Throws Error for a row that cannot be used, unless the caller has an
  /// adapterProblem callback.
  void start(const std::vector<AdapterUse>& uses);
  /// Before a step: asks for changes, switches rows whose range of steps begins or ends.
  void beforeStep(int step, int stepCount, const Encode& encode, PromptConditioning& conditioning);

  /// Time spent so far, for the report.
  Timing timing() const { return timing_; }

 private:
  void load(bool mayThrow);
  AdapterChange apply(double progress);

  const ExecutionContext& context_;
  AdapterStack& stack_;
  const GenerateCallbacks& callbacks_;
  std::vector<AdapterUse> uses_;
  Timing timing_{"adapters", 0, 0, 0};
};

}  // namespace lorikeet
