#pragma once
#include <functional>
#include <string>
#include <vector>

#include "adapters/adapter_stack.h"
#include "lorikeet/result.h"
#include "pipeline/conditioning.h"

namespace lorikeet {

/// One adapter as it is in effect at a moment of a run.
struct EffectiveAdapter {
  std::string sha256;  ///< of its file
  std::string variant;
  double weight = 0;
  double textWeight = 0;
  AdapterBlockWeights blocks;

  bool operator==(const EffectiveAdapter&) const = default;
};
/// Sorted by contents: equal stacks have equal effects.
using EffectiveStack = std::vector<EffectiveAdapter>;
/// Different for stacks that have different effects on a text encoder.
std::string textKey(const EffectiveStack& textStack);

/// The adapters of one running job: those of its request, then whatever the caller's callback hands over between two
/// steps. Encodes the prompts again when a text encoder weight changed.
class LiveAdapters {
 public:
  /// Encodes the prompts while these adapters are in effect on the text encoder.
  using Encode = std::function<PromptConditioning(const EffectiveStack& textStack)>;

  /// Everything handed over must outlive it.
  LiveAdapters(const ExecutionContext& context, AdapterStack& stack, const GenerateCallbacks& callbacks)
      : context_(context), stack_(stack), callbacks_(callbacks) {}

  /// Brings the request's stack into effect, and the adapters that its prompt names, which stay whatever becomes of the
  /// stack. Throws Error for a row that cannot be used, unless the caller has an adapterProblem callback, and for a
  /// named adapter that cannot.
  void start(const std::vector<AdapterUse>& stack, const std::vector<AdapterUse>& named);
  /// Exchanges the named adapters, for the prompt of the next picture.
  void setNamed(const std::vector<AdapterUse>& named);
  /// Before a step: asks for changes, switches rows whose range of steps begins or ends.
  void beforeStep(int step, int stepCount, const Encode& encode, PromptConditioning& conditioning);

  /// What the present rows come to at a moment of the run. Nothing of it need be applied.
  EffectiveStack effectiveAt(double progress) const;
  /// The same for the text encoder alone, everything that it does not depend on left out.
  EffectiveStack textStackAt(double progress) const;
  /// What was in effect on the text encoder when the prompts were encoded last.
  const EffectiveStack& encodedStack() const { return encodedStack_; }
  /// Where a run is after a number of steps, 0 to 1.
  static double progressOf(int step, int stepCount);

  /// What the adapters cost so far, for the report: all changes together ("adapters"), the application at the start
  /// with the reading of files, the change between steps that came last, and their share of the steps. Empty without
  /// any.
  std::vector<Timing> timings() const;

 private:
  void takeStack(std::vector<AdapterUse> stack, bool mayThrow);
  void takeNamed(const std::vector<AdapterUse>& named);
  enum class Moment { Start, Step };
  AdapterChange apply(double progress, Moment moment);

  const ExecutionContext& context_;
  AdapterStack& stack_;
  const GenerateCallbacks& callbacks_;
  std::vector<AdapterUse> named_;
  std::vector<AdapterUse> uses_;  ///< the stack, then named_
  EffectiveStack encodedStack_;
  Timing all_{"adapters", 0, 0, 0};
  double pendingMs_ = 0;  ///< spent on files since the last application
  double startMs_ = 0;
  double lastMs_ = 0;         ///< of the last change before a step; 0: there was none
  double besideBefore_ = -1;  ///< the stack's time beside products before the first step; -1: no step yet
  int64_t steps_ = 0;
};

}  // namespace lorikeet
