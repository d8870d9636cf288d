#include "nn/norms.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include "ops/normalization.h"

namespace lorikeet {

GroupNorm::GroupNorm(const LayerSource& source, int groups, int64_t channels, float epsilon)
    : groups_(groups),
      epsilon_(epsilon),
      gamma_(source.values("weight", {channels})),
      beta_(source.values("bias", {channels})) {
  if (groups < 1 || channels % groups != 0)
    throw Error(ErrorKind::Mismatch,
                fmt::format("{}: {} channels cannot be divided into the configured {} norm groups at {}.",
                            source.weights().source(), channels, groups, source.weights().fullName("weight")));
}

Tensor GroupNorm::operator()(const ExecutionContext& context, const FeatureMap& x, bool silu) const {
  return groupNorm(context, x, groups_, gamma_.data(), beta_.data(), epsilon_, silu);
}

void GroupNorm::inPlace(const ExecutionContext& context, Tensor& x, bool silu) const {
  groupNormInPlace(context, x, groups_, gamma_.data(), beta_.data(), epsilon_, silu);
}

LayerNorm::LayerNorm(const LayerSource& source, int64_t channels, float epsilon)
    : epsilon_(epsilon), gamma_(source.values("weight", {channels})), beta_(source.values("bias", {channels})) {}

Tensor LayerNorm::operator()(const ExecutionContext& context, const Tensor& x) const {
  return layerNorm(context, x, gamma_.data(), beta_.data(), epsilon_);
}

}  // namespace lorikeet
