#include "imaging/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "lorikeet/error.h"

namespace lorikeet {
namespace {

int rounded(double value) { return static_cast<int>(std::lround(value)); }

void checkSizes(int sourceWidth, int sourceHeight, int wantedWidth, int wantedHeight) {
  if (sourceWidth < 1 || sourceHeight < 1) throw Error(ErrorKind::InvalidArgument, "The source picture is empty.");
  if (wantedWidth < 1 || wantedHeight < 1)
    throw Error(
        ErrorKind::InvalidArgument,
        fmt::format("The size {} x {} is not possible: both sides must be positive.", wantedWidth, wantedHeight));
}

/// The middle part of a length.
int centred(int outer, int inner) { return (outer - inner) / 2; }

void planCrop(Placement& p, int sourceWidth, int sourceHeight) {
  const double scale =
      std::max(static_cast<double>(p.workWidth) / sourceWidth, static_cast<double>(p.workHeight) / sourceHeight);
  const int width = std::clamp(rounded(p.workWidth / scale), 1, sourceWidth);
  const int height = std::clamp(rounded(p.workHeight / scale), 1, sourceHeight);
  p.sourceArea = {centred(sourceWidth, width), centred(sourceHeight, height), width, height};
}

void planLetterbox(Placement& p, int sourceWidth, int sourceHeight) {
  const double scale =
      std::min(static_cast<double>(p.workWidth) / sourceWidth, static_cast<double>(p.workHeight) / sourceHeight);
  const int width = std::clamp(rounded(sourceWidth * scale), 1, p.workWidth);
  const int height = std::clamp(rounded(sourceHeight * scale), 1, p.workHeight);
  p.workArea = {centred(p.workWidth, width), centred(p.workHeight, height), width, height};
}

void planFit(Placement& p, int sourceWidth, int sourceHeight, int multiple) {
  const double scale =
      std::min(static_cast<double>(p.workWidth) / sourceWidth, static_cast<double>(p.workHeight) / sourceHeight);
  p.workWidth = std::max(1, rounded(sourceWidth * scale / multiple)) * multiple;
  p.workHeight = std::max(1, rounded(sourceHeight * scale / multiple)) * multiple;
  p.workArea = {0, 0, p.workWidth, p.workHeight};
}

/// Repeats the rows and columns at the edge of an area over the rest of the picture.
void extendEdges(Image& image, const Rect& area) {
  const size_t rowBytes = static_cast<size_t>(image.width) * 3;
  for (int y = area.y; y < area.y + area.height; ++y) {
    uint8_t* row = image.pixels.data() + rowBytes * y;
    for (int x = 0; x < image.width; ++x) {
      const int from = std::clamp(x, area.x, area.x + area.width - 1);
      if (from != x) std::copy_n(row + static_cast<size_t>(from) * 3, 3, row + static_cast<size_t>(x) * 3);
    }
  }
  for (int y = 0; y < image.height; ++y) {
    const int from = std::clamp(y, area.y, area.y + area.height - 1);
    if (from != y) std::copy_n(image.pixels.data() + rowBytes * from, rowBytes, image.pixels.data() + rowBytes * y);
  }
}

Image placeInBlack(const Image& source, const Placement& p, ResizeFilter filter, const std::stop_token& stop) {
  const Image used = cropImage(source, p.sourceArea);
  Image work = Image::create(p.workWidth, p.workHeight);
  pasteImage(work, resizeImage(used, p.workArea.width, p.workArea.height, filter, stop), p.workArea.x, p.workArea.y);
  return work;
}

}  // namespace

Placement planPlacement(int sourceWidth, int sourceHeight, int wantedWidth, int wantedHeight, ResizeMode mode,
                        int multiple) {
  CHECK(multiple > 0);
  checkSizes(sourceWidth, sourceHeight, wantedWidth, wantedHeight);
  if (mode != ResizeMode::Fit && (wantedWidth % multiple != 0 || wantedHeight % multiple != 0))
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("The size {} x {} is not possible: both must be multiples of {}.", wantedWidth,
                            wantedHeight, multiple));
  Placement p{wantedWidth, wantedHeight, {0, 0, sourceWidth, sourceHeight}, {0, 0, wantedWidth, wantedHeight}};
  switch (mode) {
    case ResizeMode::Stretch:
      break;
    case ResizeMode::Crop:
      planCrop(p, sourceWidth, sourceHeight);
      break;
    case ResizeMode::Letterbox:
      planLetterbox(p, sourceWidth, sourceHeight);
      break;
    case ResizeMode::Fit:
      planFit(p, sourceWidth, sourceHeight, multiple);
      break;
  }
  return p;
}

Image placeImage(const Image& source, const Placement& placement, ResizeFilter filter, const std::stop_token& stop) {
  Image work = placeInBlack(source, placement, filter, stop);
  extendEdges(work, placement.workArea);
  return work;
}

Mask placeMask(const Mask& source, const Placement& placement, ResizeFilter filter, const std::stop_token& stop) {
  const Mask used = cropMask(source, placement.sourceArea);
  Mask work = Mask::create(placement.workWidth, placement.workHeight);
  pasteMask(work, resizeMask(used, placement.workArea.width, placement.workArea.height, filter, stop),
            placement.workArea.x, placement.workArea.y);
  return work;
}

Image placeControlMap(const Image& map, const Placement& placement) {
  return placeInBlack(map, placement, ResizeFilter::Lanczos, {});
}

Image unplaceImage(const Image& work, const Placement& placement, ResizeFilter filter, const std::stop_token& stop) {
  return resizeImage(cropImage(work, placement.workArea), placement.sourceArea.width, placement.sourceArea.height,
                     filter, stop);
}

}  // namespace lorikeet
