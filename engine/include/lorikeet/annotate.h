#pragma once
#include <filesystem>
#include <stop_token>

#include "lorikeet/image.h"

namespace lorikeet {

/// Settings of the Canny edge detector; defaults as in the ControlNet examples of diffusers.
struct CannyOptions {
  double lowThreshold = 100;   ///< 0..2000, gradient below which nothing is an edge
  double highThreshold = 200;  ///< 0..2000, gradient from which a pixel starts an edge
  double blurSigma = 0;        ///< 0..50 pixels, Gaussian blur before the detection
  bool l2Gradient = false;     ///< sqrt(dx^2+dy^2) instead of |dx|+|dy|

  bool operator==(const CannyOptions&) const = default;
};

/// Settings of the straight lines; defaults as in ControlNet's M-LSD annotator.
struct StraightLineOptions {
  std::filesystem::path network;  ///< M-LSD tiny's weights, mlsd_tiny_512_fp32.pth
  double score = 0.1;             ///< 0..1, how sure the network must be of a line
  double length = 0.1;            ///< 0..1000, shorter lines are left out: in pixels at half the picture's size

  bool operator==(const StraightLineOptions&) const = default;
};

/// Control pictures for ControlNets, white on black, at the size of the source; safe on any thread.
/// Edges exactly as cv2.Canny finds them in the RGB picture. Throws Error(InvalidArgument) for options out of range.
Image cannyEdges(const Image& source, const CannyOptions& options = {});
/// 255 - value, for drawings with dark lines on light ground.
Image invertColours(const Image& source);
/// White where the darkest channel is below the threshold (1..255), as A1111's scribble from threshold.
Image linesBelowThreshold(const Image& source, int threshold = 127);
/// Soft lines: how much darker a pixel is than its surroundings (A1111's lineart_standard).
Image softLineArt(const Image& source, double sigma = 6.0);
/// Straight lines as the network M-LSD tiny sees them, for ControlNets of kind "mlsd". Throws Error(InvalidArgument)
/// for options out of range or no network, Error(NotFound | Io | Corrupt | Unsupported | Mismatch) for a file that is
/// none, an exception that is no Error soon after a stop.
Image straightLines(const Image& source, const StraightLineOptions& options, const std::stop_token& stop = {});

}  // namespace lorikeet
