#pragma once
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/execution_context.h"
#include "core/tensor.h"

namespace lorikeet {

/// Where the gradient of a value is gathered on the way back: every use of the value adds its share.
class GradientSlot {
 public:
  void add(const ExecutionContext& context, Tensor share);
  /// What was gathered; empty if nothing depends on the value.
  Tensor take() { return std::move(sum_); }

 private:
  Tensor sum_;
};

/// A value that was computed on a tape. Cheap to copy; shares the tensor. Values that no trained parameter has part in
/// have no slot, and nothing is recorded for them.
class Variable {
 public:
  Variable() = default;
  explicit Variable(Tensor value, bool needsGradient = false)
      : value_(std::make_shared<const Tensor>(std::move(value))),
        slot_(needsGradient ? std::make_shared<GradientSlot>() : nullptr) {}

  const Tensor& value() const { return *value_; }
  const std::shared_ptr<const Tensor>& shared() const { return value_; }
  const Shape& shape() const { return value_->shape(); }
  bool needsGradient() const { return slot_ != nullptr; }
  const std::shared_ptr<GradientSlot>& slot() const { return slot_; }
  /// The same value with a slot of its own.
  Variable detached() const;

 private:
  std::shared_ptr<const Tensor> value_;
  std::shared_ptr<GradientSlot> slot_;
};

/// The operations of a forward pass, in order, each with its way back: layers record a function that takes the gradient
/// of their result and adds to those of their inputs and parameters. Functions are dropped as soon as they have run,
/// and with them what they kept.
class Tape {
 public:
  enum class Mode {
    Record,      ///< keep what the way back needs
    Checkpoint,  ///< keep only what goes into checkpoint()s, and compute the rest again on the way back
    Forget,      ///< values only
  };
  Tape(const ExecutionContext& context, Mode mode) : context_(context), mode_(mode) {}
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  const ExecutionContext& context() const { return context_; }
  void record(std::function<void()> back) {
    if (mode_ != Mode::Forget) steps_.push_back(std::move(back));
  }

  using Block = std::function<Variable(Tape&, std::span<const Variable>)>;
  /// A part of the network of one result, which with Mode::Checkpoint is computed twice (Chen et al., "Training Deep
  /// Nets with Sublinear Memory Cost", 2016). `block` must outlive the tape's steps.
  Variable checkpoint(std::vector<Variable> inputs, Block block);

  /// Goes back from the gradient of `result`. Once only.
  void backward(const Variable& result, Tensor gradient) { backward(result.slot(), std::move(gradient)); }

 private:
  static std::vector<Variable> detached(std::span<const Variable> inputs);
  void backward(const std::shared_ptr<GradientSlot>& result, Tensor gradient);
  const ExecutionContext& context_;
  Mode mode_;
  std::vector<std::function<void()>> steps_;
};

}  // namespace lorikeet
