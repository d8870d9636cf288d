#pragma once
#include <vector>

#include "core/execution_context.h"
#include "ops/feature_map.h"

namespace lorikeet {

/// Group normalisation over [N, H, W, C] with per-channel gamma and beta [C], followed by SiLU if asked for. Statistics
/// are summed in fixed blocks of rows, shifted against cancellation, and combined in double.
Tensor groupNorm(const ExecutionContext& context, const FeatureMap& x, int groups, const float* gamma,
                 const float* beta, float epsilon, bool silu);

/// The same in the place of x, [N, H, W, C].
void groupNormInPlace(const ExecutionContext& context, Tensor& x, int groups, const float* gamma, const float* beta,
                      float epsilon, bool silu);

/// What group normalisation subtracts from and multiplies every channel of every image with: [N, 2, C].
Tensor groupAffines(const ExecutionContext& context, const FeatureMap& x, int groups, const float* gamma,
                    float epsilon);

/// Sums over a map that arrives in pieces, from which its group normalisation follows. Shifted against cancellation.
class ChannelMoments {
 public:
  explicit ChannelMoments(int64_t channels);
  /// piece: [1, rows, W, C].
  void add(const ExecutionContext& context, const Tensor& piece);
  int64_t channels() const { return static_cast<int64_t>(sums_.size()); }

  /// What group normalisation subtracts from and multiplies every channel with.
  struct Affine {
    std::vector<float> center;
    std::vector<float> scale;
  };
  Affine affine(int groups, const float* gamma, float epsilon) const;

 private:
  int64_t pixels_ = 0;
  std::vector<float> shift_;  ///< the map's first pixel
  std::vector<double> sums_;
  std::vector<double> squares_;
};

/// x = (x - center) * scale + beta, then SiLU if asked for; x [..., C].
void affineInPlace(const ExecutionContext& context, Tensor& x, const ChannelMoments::Affine& affine, const float* beta,
                   bool silu);

/// Layer normalisation of every row of [..., C].
Tensor layerNorm(const ExecutionContext& context, const Tensor& x, const float* gamma, const float* beta,
                 float epsilon);

}  // namespace lorikeet
