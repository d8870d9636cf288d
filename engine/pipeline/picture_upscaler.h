#pragma once
#include <functional>

#include "core/execution_context.h"
#include "lorikeet/upscale.h"
#include "models/upscaler.h"

namespace lorikeet {

/// Told the finished share, 0..1, of an enlargement.
using UpscaleProgress = std::function<void(double)>;

/// One pass of a network over a picture: scale times as large. Large pictures are worked on in overlapping pieces that
/// are blended, so that memory stays moderate and no seam shows; with an edge that wraps, pieces look across it. Throws
/// Error(OutOfMemory), Stopped.
Image enlargeWithNetwork(const ExecutionContext& context, const UpscalerNetwork& network, const Image& picture,
                         const UpscaleProgress& progress = {});

/// The picture at width x height by any method but the latent ones: a network runs as often as the size needs, at most
/// three times, and Lanczos brings its result to the exact size (A1111's rule). network may be null for the other
/// methods. Throws Error, Stopped.
Image enlargePicture(const ExecutionContext& context, UpscaleMethod method, const UpscalerNetwork* network,
                     const Image& picture, int width, int height, const UpscaleProgress& progress = {});

}  // namespace lorikeet
