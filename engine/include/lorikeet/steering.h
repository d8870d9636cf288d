#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <utility>
#include <vector>

#include "lorikeet/annotate.h"
#include "lorikeet/image.h"
#include "lorikeet/mask.h"

namespace lorikeet {

/// Pixels that a request works from: a file, read when the job starts, or a picture in memory, shared and never
/// changed. Copies are cheap; two sources are equal when they name the same file and hold equal pixels.
template <class Pixels>
struct PixelSource {
  std::filesystem::path file;
  std::shared_ptr<const Pixels> pixels;  ///< used instead of the file where it is set

  PixelSource() = default;
  PixelSource(std::filesystem::path path) : file(std::move(path)) {}
  PixelSource(Pixels values) : pixels(std::make_shared<const Pixels>(std::move(values))) {}
  bool empty() const { return file.empty() && !pixels; }
  bool operator==(const PixelSource& other) const {
    if (file != other.file || !pixels != !other.pixels) return false;
    return pixels == other.pixels || *pixels == *other.pixels;
  }
};
using PictureSource = PixelSource<Image>;
using MaskSource = PixelSource<Mask>;

/// How a picture of one size is worked on at another.
enum class ResizeMode {
  Stretch,    ///< the whole picture, its aspect ignored
  Crop,       ///< the largest middle part of the wanted aspect
  Letterbox,  ///< the whole picture with bars that repeat its edges
  Fit,        ///< the whole picture at its own aspect, the work size chosen within the wanted one
};

/// What the model starts from under the mask.
enum class MaskedContent {
  Original,  ///< the picture as it is
  Fill,      ///< its surroundings, heavily blurred into the hole
  Noise,     ///< random colours
  Nothing,   ///< middle grey, the zero of the model's range
};

/// How a mask is used. The options apply in this order: invert, grow, blur. Pixels that are 0 after them keep the bytes
/// of the source.
struct MaskOptions {
  bool invert = false;
  int grow = 0;             ///< pixels of the source, negative: shrink
  double blur = 0;          ///< sigma in pixels of the source; spreads outward as well
  bool onlyMasked = false;  ///< work on the masked area alone, at the model's size, and paste it back
  int padding = 32;         ///< pixels around the masked area that the model sees
  MaskedContent content = MaskedContent::Original;
  bool soft = false;         ///< grey values change later in the run (differential diffusion); 4-channel models
  bool matchColours = true;  ///< shift the painted colours to those around the mask

  bool operator==(const MaskOptions&) const = default;
};

/// Pixels by which the canvas grows on each side; the new area is painted.
struct OutpaintMargins {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;

  bool any() const { return left != 0 || top != 0 || right != 0 || bottom != 0; }
  bool operator==(const OutpaintMargins&) const = default;
};

/// How a control picture becomes the map that a ControlNet sees. Map: it is one already. Depth, Pose and SoftEdge: it
/// is one of that kind, made by another program; a picture that cannot be one (coloured depth, a pose without black
/// ground) is refused.
enum class ControlType { Map, Canny, Invert, LineArt, StraightLines, Depth, Pose, SoftEdge };

/// Who wins where prompt and control picture disagree. Balanced: full weight on both halves of the guidance. Prompt:
/// weaker towards the finest layers (0.825^n). Control: the same, on the prompted half alone. Guess: diffusers' guess
/// mode, weights from 0.1 to 1 on the prompted half alone.
enum class ControlMode { Balanced, Prompt, Control, Guess };

/// A ControlNet with its picture (Zhang et al., "Adding Conditional Control to Text-to-Image Diffusion Models", 2023).
struct ControlUnit {
  ControlType type = ControlType::Canny;
  PictureSource picture;        ///< empty: the request's initial picture
  std::filesystem::path model;  ///< a diffusers folder or a file, also in the original layout
  double scale = 1;             ///< 0..2
  double start = 0;             ///< share of the steps after which it sets in
  double end = 1;               ///< share of the steps after which it leaves off
  ControlMode mode = ControlMode::Balanced;
  CannyOptions canny;
  StraightLineOptions lines;

  bool operator==(const ControlUnit&) const = default;
};

/// The map that a ControlNet of this unit sees, at the size of the picture. Safe on any thread. Throws Error, and an
/// exception that is no Error soon after a stop.
Image controlMap(const Image& picture, const ControlUnit& unit, const std::stop_token& stop = {});

}  // namespace lorikeet
