#include "training/tape.h"

#include "ops/elementwise.h"

namespace lorikeet {

void GradientSlot::add(const ExecutionContext& context, Tensor share) {
  if (share.empty()) return;
  if (sum_.empty())
    sum_ = std::move(share);
  else
    addInPlace(context, sum_, share);
}

Variable Variable::detached() const {
  Variable copy = *this;
  if (slot_) copy.slot_ = std::make_shared<GradientSlot>();
  return copy;
}

Variable Tape::checkpoint(std::vector<Variable> inputs, Block block) {
  if (mode_ == Mode::Forget) return block(*this, inputs);
  // Either way the block has a tape of its own, so that gradients are added up in the same order, to the same bits.
  const bool isRecorded = mode_ == Mode::Record;
  auto inner = std::make_shared<Tape>(context_, isRecorded ? Mode::Record : Mode::Forget);
  std::vector<Variable> leaves = detached(inputs);
  Variable result = block(*inner, leaves);
  if (!result.needsGradient()) return result;
  if (!isRecorded) leaves.clear();
  record([this, inner, leaves, inputs = std::move(inputs), block = std::move(block), slot = result.slot()]() mutable {
    Tensor gradient = slot->take();
    if (gradient.empty()) return;
    std::shared_ptr<GradientSlot> last = slot;
    if (leaves.empty()) {
      inner = std::make_shared<Tape>(context_, Mode::Record);
      leaves = detached(inputs);
      last = block(*inner, leaves).slot();
    }
    inner->backward(last, std::move(gradient));
    for (size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i].needsGradient()) inputs[i].slot()->add(context_, leaves[i].slot()->take());
  });
  return result;
}

std::vector<Variable> Tape::detached(std::span<const Variable> inputs) {
  std::vector<Variable> leaves;
  for (const Variable& input : inputs) leaves.push_back(input.detached());
  return leaves;
}

void Tape::backward(const std::shared_ptr<GradientSlot>& result, Tensor gradient) {
  CHECK(result != nullptr);
  result->add(context_, std::move(gradient));
  while (!steps_.empty()) {
    const std::function<void()> step = std::move(steps_.back());
    steps_.pop_back();
    step();
  }
}

}  // namespace lorikeet
