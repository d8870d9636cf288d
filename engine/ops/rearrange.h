#pragma once
#include "core/execution_context.h"
#include "core/tensor.h"

namespace lorikeet {

/// How the channels of a pixel shuffle are ordered: torch.nn.PixelShuffle has the position within a channel innermost
/// (c * factor^2 + position), TensorFlow's depth_to_space the channel.
enum class ShuffleOrder { PositionInnermost, ChannelInnermost };

/// [N, H, W, C * factor^2] -> [N, factor * H, factor * W, C].
Tensor pixelShuffle(const ExecutionContext& context, const Tensor& x, int factor,
                    ShuffleOrder order = ShuffleOrder::PositionInnermost);
/// The way back in torch's order; H and W are multiples of the factor.
Tensor pixelUnshuffle(const ExecutionContext& context, const Tensor& x, int factor);

/// Every pixel `factor` times in both directions.
Tensor enlargeNearest(const ExecutionContext& context, const Tensor& x, int factor);
/// Bilinear enlargement by 2 with the corners of both maps on each other (torch's align_corners=True).
Tensor enlargeAlignedCorners(const ExecutionContext& context, const Tensor& x);

/// Two maps of one size side by side in the channels.
Tensor joinChannels(const ExecutionContext& context, const Tensor& a, const Tensor& b);

/// The last `rows` of [N, ...], copied; an empty tensor of an empty one.
Tensor lastRows(const Tensor& x, int64_t rows);

}  // namespace lorikeet
