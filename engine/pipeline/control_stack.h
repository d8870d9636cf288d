#pragma once
#include <memory>
#include <optional>

#include "lorikeet/steering.h"
#include "models/controlnet.h"

namespace lorikeet {

/// Where a model call stands in its run.
struct RunPosition {
  int call = 0;       ///< counted from the first call of the run
  int callCount = 1;  ///< of the run
  int step = 0;       ///< of the sampler, for prompts that change with the steps
};

/// The ControlNets of a job, each with its picture.
class ControlStack {
 public:
  /// map: the control map at the size that the model works at.
  void add(const ExecutionContext& context, std::shared_ptr<const ControlNet> net, const Image& map,
           const ControlUnit& unit);
  bool empty() const { return units_.empty(); }

  /// What the units that act at this call add together; nothing when none does. sample [N, h, w, C] and text [N, T,
  /// width] hold the rows that the UNet sees: [unconditional, conditional] or the latter alone.
  std::optional<ControlResiduals> operator()(const ExecutionContext& context, const Tensor& sample, float timestep,
                                             const Tensor& text, RunPosition position) const;

 private:
  struct Unit {
    std::shared_ptr<const ControlNet> net;
    Tensor embedded;  ///< [2, h, w, C], twice the same
    double scale, start, end;
    ControlMode mode;
  };
  std::vector<Unit> units_;
};

}  // namespace lorikeet
