#pragma once
#include "schedulers/sampler_options.h"
#include "schedulers/sigma_scheduler.h"

namespace lorikeet {

/// Base of samplers whose model calls are not one per entry of the table of noise levels: calls inside a step, steps
/// of different order, ways that turn back. A derived class lists its calls with addCall.
class StagedScheduler : public SigmaScheduler {
 public:
  int stepsDone(int callsDone) const override;
  int firstCall(double strength) const override;

 protected:
  struct Call {
    double sigma;  ///< noise level at which the model looks
    int step;      ///< steps complete before the call
    int stage;     ///< what it is for, the sampler's own count
  };
  /// Where the table begins: WholeTable keeps it, and a run from a picture starts somewhere inside; FromStart drops
  /// what a run of options.strength passes over, for samplers that plan with the first noise level of the run.
  enum class Table { Whole, FromStart };

  StagedScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, Table table, double strength);
  /// Appends a call. timestep: for noise levels of the table, which know theirs exactly.
  void addCall(double sigma, int step, int stage = 0);
  void addTableCall(int entry, int step, int stage = 0);
  const Call& callAt(int call) const { return calls_[static_cast<size_t>(call)]; }
  int tableSteps() const { return static_cast<int>(sigmas_.size()) - 1; }
  double sigmaAtCall(int call) const override { return callAt(call).sigma; }

 private:
  std::vector<Call> calls_;
  std::vector<float> tableTimesteps_;
  Table table_;
};

}  // namespace lorikeet
