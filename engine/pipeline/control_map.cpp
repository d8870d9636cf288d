#include <fmt/format.h>
#include <lorikeet/error.h>
#include <lorikeet/steering.h>

#include <algorithm>

namespace lorikeet {
namespace {

/// What compression leaves of a grey or black pixel.
constexpr int kTolerance = 48;

/// The share of the pixels that are grey, and that are black.
struct PixelShares {
  double grey = 0;
  double black = 0;
};

PixelShares sharesOf(const Image& picture) {
  size_t grey = 0, black = 0;
  const size_t count = picture.pixels.size() / 3;
  for (size_t i = 0; i < count; ++i) {
    const uint8_t* p = &picture.pixels[3 * i];
    const auto [low, high] = std::minmax({p[0], p[1], p[2]});
    if (high - low <= kTolerance) ++grey;
    if (high <= kTolerance) ++black;
  }
  const auto total = static_cast<double>(std::max<size_t>(count, 1));
  return {static_cast<double>(grey) / total, static_cast<double>(black) / total};
}

[[noreturn]] void refuseMap(const char* kind, const char* reason) {
  throw Error(
      ErrorKind::InvalidArgument,
      fmt::format("The picture is no {} map: {}. Take the type \"map\" for a map of another kind.", kind, reason));
}

/// Maps made elsewhere can be told from ordinary pictures, which a ControlNet would silently misread.
const Image& readyMap(const Image& picture, ControlType type) {
  constexpr double kMost = 0.98;
  constexpr double kHalf = 0.5;
  const PixelShares shares = sharesOf(picture);
  if (type == ControlType::Pose && shares.black < kHalf) refuseMap("pose", "its ground is not black");
  if (type == ControlType::Depth && shares.grey < kMost) refuseMap("depth", "it has colours, where greys say how far");
  if (type == ControlType::SoftEdge && shares.grey < kMost) refuseMap("soft edge", "it has colours");
  if (type == ControlType::SoftEdge && shares.black < kHalf) refuseMap("soft edge", "its ground is not black");
  return picture;
}

}  // namespace

Image controlMap(const Image& picture, const ControlUnit& unit, const std::stop_token& stop) {
  switch (unit.type) {
    case ControlType::Map:
      return picture;
    case ControlType::Canny:
      return cannyEdges(picture, unit.canny);
    case ControlType::Invert:
      return invertColours(picture);
    case ControlType::LineArt:
      return softLineArt(picture);
    case ControlType::StraightLines:
      return straightLines(picture, unit.lines, stop);
    case ControlType::Depth:
    case ControlType::Pose:
    case ControlType::SoftEdge:
      return readyMap(picture, unit.type);
  }
  return picture;
}

}  // namespace lorikeet
