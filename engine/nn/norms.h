#pragma once
#include "nn/parameter.h"
#include "ops/feature_map.h"
#include "ops/normalization.h"

namespace lorikeet {

/// torch.nn.GroupNorm over channels-last maps, with the SiLU that follows it nearly everywhere.
class GroupNorm {
 public:
  GroupNorm(const LayerSource& source, int groups, int64_t channels, float epsilon);
  Tensor operator()(const ExecutionContext& context, const FeatureMap& x, bool silu) const;
  void inPlace(const ExecutionContext& context, Tensor& x, bool silu) const;
  /// The same for one piece of a map, by the moments of the whole.
  ChannelMoments::Affine affine(const ChannelMoments& moments) const {
    return moments.affine(groups_, gamma_.data(), epsilon_);
  }
  void apply(const ExecutionContext& context, Tensor& piece, const ChannelMoments::Affine& affine, bool silu) const {
    affineInPlace(context, piece, affine, beta_.data(), silu);
  }

 private:
  int groups_;
  float epsilon_;
  const ValueParameter& gamma_;
  const ValueParameter& beta_;
};

/// torch.nn.LayerNorm over the last axis.
class LayerNorm {
 public:
  LayerNorm(const LayerSource& source, int64_t channels, float epsilon = 1e-5f);
  Tensor operator()(const ExecutionContext& context, const Tensor& x) const;

 private:
  float epsilon_;
  const ValueParameter& gamma_;
  const ValueParameter& beta_;
};

}  // namespace lorikeet
