#pragma once
#include <cstdint>
#include <vector>

#include "core/execution_context.h"
#include "core/tensor.h"

namespace lorikeet {

struct MapShape {
  int64_t height = 0;
  int64_t width = 0;
};

/// Which tokens of a map are so alike that attention may take them for one. In every 2x2 cell one token stays; of all
/// others, those most alike to a token that stays (by the cosine between them) are merged into it, the rest stay as
/// well (Bolya and Hoffman, "Token Merging for Fast Stable Diffusion", arXiv 2303.17604). Found for each image of a
/// batch apart, and the same for any number of threads.
class TokenMerging {
 public:
  /// x [N, height * width, C]: what is compared. share: of all tokens, how many to merge; at most three quarters can
  /// be.
  TokenMerging(const ExecutionContext& context, const Tensor& x, const MapShape& map, double share);

  /// Tokens that are left of each image.
  int64_t count() const { return count_; }
  /// [N, tokens, C] -> [N, count(), C]: means of what is merged.
  Tensor merged(const ExecutionContext& context, const Tensor& x) const;
  /// [N, count(), C] -> [N, tokens, C]: to each token what it was merged into, plus `residual`.
  Tensor spread(const ExecutionContext& context, const Tensor& y, const Tensor& residual) const;

 private:
  int64_t tokens_;
  int64_t count_;
  std::vector<int32_t> place_;  ///< [N][tokens]: the token after merging
};

}  // namespace lorikeet
