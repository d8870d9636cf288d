#include "training/graph_layers.h"

#include "ops/activation_gradient.h"
#include "ops/attention.h"
#include "ops/attention_gradient.h"
#include "ops/convolution_gradient.h"
#include "ops/elementwise.h"
#include "ops/matmul.h"
#include "ops/normalization.h"
#include "ops/normalization_gradient.h"
#include "ops/rearrange.h"

namespace lorikeet {
namespace {

using Slot = std::shared_ptr<GradientSlot>;
using Values = std::shared_ptr<const Tensor>;

PackedWeights withTerm(const PackedWeights& weight, const LowRankLayer* lowRank) {
  PackedWeights changed = weight;
  changed.setTerms(lowRank != nullptr ? WeightTerms{lowRank->term()} : WeightTerms());
  return changed;
}

Slot slotOf(const Variable* value) { return value == nullptr ? nullptr : value->slot(); }

}  // namespace

const PackedWeights& GraphSource::weight() const {
  const auto* parameter = dynamic_cast<const MatrixParameter*>(find("weight"));
  CHECK(parameter != nullptr);
  return parameter->packed();
}

const float* GraphSource::values(const std::string& name) const {
  const auto* parameter = dynamic_cast<const ValueParameter*>(find(name));
  CHECK(parameter != nullptr);
  return parameter->data();
}

const float* GraphSource::bias() const { return find("bias") == nullptr ? nullptr : values("bias"); }

LowRankLayer* GraphSource::lowRank() const {
  return layers_.find(part_, prefix_.substr(0, prefix_.empty() ? 0 : prefix_.size() - 1));
}

Variable GraphLinear::operator()(Tape& tape, const Variable& x, const Options& options) const {
  ProductEpilogue epilogue;
  epilogue.bias = bias_;
  if (options.residual != nullptr) epilogue.residual = options.residual->value().data();
  Tensor result = matmul(tape.context(), x.value(), withTerm(weight_, lowRank_), epilogue);
  if (options.shape.rank() > 0) result = std::move(result).reshaped(options.shape);
  const Slot residual = slotOf(options.residual);
  Variable y(std::move(result), x.needsGradient() || lowRank_ != nullptr || residual != nullptr);
  if (!y.needsGradient()) return y;
  const Values kept = lowRank_ != nullptr ? x.shared() : nullptr;
  tape.record([this, &tape, kept, residual, from = x.slot(), shape = x.shape(), slot = y.slot()] {
    const ExecutionContext& context = tape.context();
    Tensor gradient = slot->take();
    if (gradient.empty()) return;
    if (lowRank_ != nullptr) lowRank_->addGradients(context, gradient, *kept);
    if (from != nullptr) {
      PackedWeights turned = weight_.transposed();
      if (lowRank_ != nullptr) turned.setTerms({lowRank_->turnedTerm()});
      from->add(context, matmul(context, gradient, turned).reshaped(shape));
    }
    if (residual != nullptr) residual->add(context, std::move(gradient));
  });
  return y;
}

Variable GraphConv::operator()(Tape& tape, const Variable& x, const Options& options) const {
  ProductEpilogue epilogue;
  epilogue.bias = bias_;
  if (options.residual != nullptr) epilogue.residual = options.residual->value().data();
  if (options.imageBias != nullptr) epilogue.imageBias = options.imageBias->value().data();
  ConvolutionGeometry geometry = geometry_;
  geometry.enlargedHeight = options.enlargedHeight;
  geometry.enlargedWidth = options.enlargedWidth;
  const Slot residual = slotOf(options.residual), imageBias = slotOf(options.imageBias);
  Variable y(convolution(tape.context(), x.value(), withTerm(weight_, lowRank_), geometry, epilogue),
             x.needsGradient() || lowRank_ != nullptr || residual != nullptr || imageBias != nullptr);
  if (!y.needsGradient()) return y;
  const Values kept = lowRank_ != nullptr ? x.shared() : nullptr;
  tape.record([this, &tape, kept, residual, imageBias, geometry, from = x.slot(), shape = x.shape(), slot = y.slot()] {
    const ExecutionContext& context = tape.context();
    Tensor gradient = slot->take();
    if (gradient.empty()) return;
    Tensor back;
    if (from != nullptr)
      back = convolutionInputGradient(context, gradient, weight_.transposed(), geometry, shape[1], shape[2]);
    if (lowRank_ != nullptr) lowRank_->addGradients(context, gradient, *kept, geometry, back);
    if (from != nullptr) from->add(context, std::move(back));
    if (imageBias != nullptr) imageBias->add(context, sumOverPixels(context, gradient));
    if (residual != nullptr) residual->add(context, std::move(gradient));
  });
  return y;
}

Variable GraphGroupNorm::operator()(Tape& tape, const Variable& x, bool silu) const {
  Variable y(groupNorm(tape.context(), x.value(), groups_, gamma_, beta_, epsilon_, silu), x.needsGradient());
  if (!y.needsGradient()) return y;
  tape.record([this, &tape, silu, kept = x.shared(), from = x.slot(), slot = y.slot()] {
    const Tensor gradient = slot->take();
    if (gradient.empty()) return;
    from->add(tape.context(),
              groupNormGradient(tape.context(), *kept, groups_, gamma_, beta_, epsilon_, silu, gradient));
  });
  return y;
}

Variable GraphLayerNorm::operator()(Tape& tape, const Variable& x, const Shape& shape) const {
  Tensor result = layerNorm(tape.context(), x.value(), gamma_, beta_, epsilon_);
  if (shape.rank() > 0) result = std::move(result).reshaped(shape);
  Variable y(std::move(result), x.needsGradient());
  if (!y.needsGradient()) return y;
  tape.record([this, &tape, kept = x.shared(), from = x.slot(), slot = y.slot()] {
    const Tensor gradient = slot->take();
    if (gradient.empty()) return;
    from->add(tape.context(), layerNormGradient(tape.context(), *kept, gamma_, epsilon_, gradient));
  });
  return y;
}

Variable attend(Tape& tape, const Variable& q, const Variable& k, const Variable& v, int heads, bool causal) {
  const bool needed = q.needsGradient() || k.needsGradient() || v.needsGradient();
  auto logSums = needed ? std::make_shared<Tensor>() : nullptr;
  Variable y(attention(tape.context(), q.value(), k.value(), v.value(), heads, causal, logSums.get()), needed);
  if (!needed) return y;
  tape.record([&tape, q, k, v, heads, causal, logSums, result = y.shared(), slot = y.slot()] {
    const ExecutionContext& context = tape.context();
    const Tensor gradient = slot->take();
    if (gradient.empty()) return;
    AttentionGradients back =
        attentionGradient(context, {q.value(), k.value(), v.value(), *result, *logSums, heads, causal}, gradient);
    if (q.needsGradient()) q.slot()->add(context, std::move(back.q));
    if (k.needsGradient()) k.slot()->add(context, std::move(back.k));
    if (v.needsGradient()) v.slot()->add(context, std::move(back.v));
  });
  return y;
}

Variable activated(Tape& tape, const Variable& x, Activation activation) {
  Tensor result = x.value().clone();
  activateInPlace(tape.context(), result, activation);
  Variable y(std::move(result), x.needsGradient());
  if (!y.needsGradient()) return y;
  tape.record([&tape, activation, kept = x.shared(), from = x.slot(), slot = y.slot()] {
    Tensor gradient = slot->take();
    if (gradient.empty()) return;
    activationGradientInPlace(tape.context(), gradient, *kept, activation);
    from->add(tape.context(), std::move(gradient));
  });
  return y;
}

Variable gated(Tape& tape, const Variable& x) {
  Variable y(geglu(tape.context(), x.value()), x.needsGradient());
  if (!y.needsGradient()) return y;
  tape.record([&tape, kept = x.shared(), from = x.slot(), slot = y.slot()] {
    const Tensor gradient = slot->take();
    if (!gradient.empty()) from->add(tape.context(), gegluGradient(tape.context(), *kept, gradient));
  });
  return y;
}

Variable joined(Tape& tape, const Variable& a, const Variable& b) {
  Variable y(joinChannels(tape.context(), a.value(), b.value()), a.needsGradient() || b.needsGradient());
  if (!y.needsGradient()) return y;
  tape.record([&tape, first = a.slot(), second = b.slot(), channels = a.shape()[3], slot = y.slot()] {
    const Tensor gradient = slot->take();
    if (gradient.empty()) return;
    auto [left, right] = splitChannels(tape.context(), gradient, channels);
    if (first != nullptr) first->add(tape.context(), std::move(left));
    if (second != nullptr) second->add(tape.context(), std::move(right));
  });
  return y;
}

}  // namespace lorikeet
