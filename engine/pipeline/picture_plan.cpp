#include "pipeline/picture_plan.h"

#include <fmt/format.h>
#include <lorikeet/error.h>
#include <lorikeet/picture_io.h>

#include <algorithm>
#include <cmath>

#include "imaging/composite.h"
#include "imaging/masked_content.h"

namespace lorikeet {
namespace {

constexpr int kSmallestSide = 8;

struct Size {
  int width;
  int height;
};

void checkSize(const Image& image, const std::string& what) {
  const PictureLimits limits;
  if (image.width < kSmallestSide || image.height < kSmallestSide)
    throw Error(ErrorKind::InvalidArgument, fmt::format("{} is {}x{} pixels; at least {}x{} are needed.", what,
                                                        image.width, image.height, kSmallestSide, kSmallestSide));
  if (image.width > limits.maxSide || image.height > limits.maxSide ||
      int64_t{image.width} * image.height > limits.maxPixels)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("{} is {}x{} pixels; at most {} a side and {} million in all can be worked on.", what,
                            image.width, image.height, limits.maxSide, limits.maxPixels / 1'000'000));
}

Image readSource(const PictureSource& source, const std::string& what, const std::stop_token& stop) {
  Image image = source.pixels ? *source.pixels : flatten(loadPicture(source.file, {}, stop));
  checkSize(image, source.pixels ? what : fmt::format("\"{}\"", source.file.string()));
  return image;
}

/// A mask file that is the picture's own file means its transparency.
Mask readMask(const GenerateRequest& request, const std::stop_token& stop) {
  const MaskSource& source = request.mask;
  if (source.pixels) return *source.pixels;
  const Picture picture = loadPicture(source.file, {}, stop);
  if (source.file != request.init.file) return maskFromPicture(picture);
  Mask mask = maskFromTransparency(picture);
  if (mask.empty())
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("\"{}\" has no transparent part to use as the mask.", source.file.string()));
  return mask;
}

/// The mask of the request with its options, at the size of the source before outpainting.
Mask prepareMask(const GenerateRequest& request, const Image& source, const std::stop_token& stop) {
  Mask mask = readMask(request, stop);
  if (mask.width != source.width || mask.height != source.height)
    throw Error(ErrorKind::Mismatch,
                fmt::format("The mask is {}x{} pixels, but the picture is {}x{}; they must have the same size.",
                            mask.width, mask.height, source.width, source.height));
  const MaskOptions& options = request.maskOptions;
  if (options.invert) mask = invertMask(mask);
  if (!anyMasked(mask)) throw Error(ErrorKind::InvalidArgument, "The mask is empty: there is nothing to repaint.");
  if (allMasked(mask))
    throw Error(ErrorKind::InvalidArgument,
                "The mask covers the whole picture: nothing would be kept. Leave it out to change all of it.");
  if (options.grow != 0) mask = growMask(mask, options.grow, stop);
  if (options.blur > 0) mask = blurMask(mask, options.blur, stop);
  if (!anyMasked(mask))
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("Nothing is left of the mask after shrinking it by {} pixels.", -options.grow));
  return mask;
}

Mask unite(Mask a, const Mask& b) {
  std::transform(a.values.begin(), a.values.end(), b.values.begin(), a.values.begin(),
                 [](uint8_t x, uint8_t y) { return std::max(x, y); });
  return a;
}

/// Source and mask on the larger canvas.
void outpaint(PicturePlan& plan, const GenerateRequest& request, const std::stop_token& stop) {
  const OutpaintMargins& margins = request.outpaint;
  ExtendedCanvas canvas = extendCanvas(plan.source, margins.left, margins.top, margins.right, margins.bottom);
  if (request.maskOptions.blur > 0) canvas.mask = blurMask(canvas.mask, request.maskOptions.blur, stop);
  if (!plan.mask.empty()) {
    Mask moved = Mask::create(canvas.image.width, canvas.image.height);
    pasteMask(moved, plan.mask, canvas.sourceArea.x, canvas.sourceArea.y);
    canvas.mask = unite(std::move(canvas.mask), moved);
  }
  plan.source = std::move(canvas.image);
  plan.mask = std::move(canvas.mask);
  checkSize(plan.source, "The extended picture");
}

/// The control map at work size. It is detected at that size, before any bars are added, so that bars get no edges.
Image placedControlMap(const Image& picture, const ControlUnit& unit, const PicturePlan& plan, ResizeMode mode,
                       const Size& work, const std::stop_token& stop) {
  const bool sameCanvas =
      plan.hasPicture() && picture.width == plan.source.width && picture.height == plan.source.height;
  const Image used = sameCanvas ? cropImage(picture, plan.area) : picture;
  Placement placement = plan.placement;
  if (!sameCanvas)
    placement = planPlacement(used.width, used.height, work.width, work.height,
                              mode == ResizeMode::Fit ? ResizeMode::Crop : mode, 1);
  const Image sized = resizeImage(cropImage(used, placement.sourceArea), placement.workArea.width,
                                  placement.workArea.height, ResizeFilter::Lanczos, stop);
  const Placement bars{work.width, work.height, {0, 0, sized.width, sized.height}, placement.workArea};
  return placeControlMap(controlMap(sized, unit, stop), bars);
}

void addControlMaps(PicturePlan& plan, const GenerateRequest& request, const std::stop_token& stop) {
  for (const ControlUnit& unit : request.controls) {
    const Image picture = unit.picture.empty() ? plan.source : readSource(unit.picture, "The control picture", stop);
    plan.controlMaps.push_back(
        placedControlMap(picture, unit, plan, request.resize, {plan.workWidth, plan.workHeight}, stop));
    if (plan.hasSecondPass())
      plan.hiresControlMaps.push_back(
          placedControlMap(picture, unit, plan, request.resize, {plan.hiresWidth, plan.hiresHeight}, stop));
  }
}

/// The picture of a request at work size, with its mask.
void addSource(PicturePlan& plan, const GenerateRequest& request, int factor, const std::stop_token& stop) {
  plan.source = readSource(request.init, "The picture", stop);
  if (!request.mask.empty()) plan.mask = prepareMask(request, plan.source, stop);
  if (request.outpaint.any()) outpaint(plan, request, stop);
  plan.area = {0, 0, plan.source.width, plan.source.height};
  if (plan.isInpainting() && plan.options.onlyMasked)
    plan.area = onlyMaskedArea(plan.mask, plan.options.padding, plan.workWidth, plan.workHeight);
  plan.placement =
      planPlacement(plan.area.width, plan.area.height, plan.workWidth, plan.workHeight, request.resize, factor);
  plan.workWidth = plan.placement.workWidth;
  plan.workHeight = plan.placement.workHeight;
  plan.work = placeImage(cropImage(plan.source, plan.area), plan.placement, ResizeFilter::Lanczos, stop);
  if (plan.isInpainting())
    plan.workMask = placeMask(cropMask(plan.mask, plan.area), plan.placement, ResizeFilter::Bilinear, stop);
}

int enlargedSide(int side, double scale, int factor) {
  return std::max(1, static_cast<int>(std::lround(side * scale / factor))) * factor;
}

}  // namespace

Image PicturePlan::start(uint64_t seed) const {
  if (!isInpainting() || options.content == MaskedContent::Original) return work;
  return fillMaskedContent(work, workMask, options.content, seed);
}

Image PicturePlan::finish(const Image& painted, const std::stop_token& stop) const {
  if (!hasPicture()) return painted;
  Image sized = unplaceImage(painted, placement, ResizeFilter::Lanczos, stop);
  if (!isInpainting()) return sized;
  const Rect& used = placement.sourceArea;
  const Rect place{area.x + used.x, area.y + used.y, used.width, used.height};
  if (options.matchColours) sized = matchSeamColours(cropImage(source, place), sized, cropMask(mask, place), stop);
  return pasteMaskedArea(source, sized, place, mask);
}

PicturePlan planPictures(const GenerateRequest& request, const WorkSize& native, const std::stop_token& stop) {
  PicturePlan plan;
  plan.workWidth = request.width > 0 ? request.width : native.width;
  plan.workHeight = request.height > 0 ? request.height : native.height;
  plan.options = request.maskOptions;
  if (!request.init.empty()) addSource(plan, request, native.factor, stop);
  if (request.hires.enabled()) {
    plan.hiresWidth = enlargedSide(plan.workWidth, request.hires.scale, native.factor);
    plan.hiresHeight = enlargedSide(plan.workHeight, request.hires.scale, native.factor);
  }
  addControlMaps(plan, request, stop);
  return plan;
}

}  // namespace lorikeet
