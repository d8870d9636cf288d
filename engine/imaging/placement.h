#pragma once
#include "imaging/resize.h"
#include "lorikeet/image.h"
#include "lorikeet/mask.h"
#include "lorikeet/steering.h"

namespace lorikeet {

/// Where a source picture lies in the picture that the model works on, and back. sourceArea is what is used of the
/// source, workArea where it goes; Letterbox alone leaves bars around workArea. Work sizes are multiples of `multiple`.
struct Placement {
  int workWidth = 0;
  int workHeight = 0;
  Rect sourceArea;
  Rect workArea;
};

/// Throws Error(InvalidArgument) for sizes below 1, and in modes other than Fit for a wanted size that is no multiple.
Placement planPlacement(int sourceWidth, int sourceHeight, int wantedWidth, int wantedHeight, ResizeMode mode,
                        int multiple = 8);

/// The work picture. Bars repeat the nearest edge pixels, so that the model sees no frame.
Image placeImage(const Image& source, const Placement& placement, ResizeFilter filter = ResizeFilter::Lanczos,
                 const std::stop_token& stop = {});
/// The mask at work size; bars are 0.
Mask placeMask(const Mask& source, const Placement& placement, ResizeFilter filter = ResizeFilter::Bilinear,
               const std::stop_token& stop = {});
/// A control map at work size: bars are black, so a detector's map gets no edge along them.
Image placeControlMap(const Image& map, const Placement& placement);
/// The work picture back at the size and aspect of sourceArea: bars cut off, scaled back.
Image unplaceImage(const Image& work, const Placement& placement, ResizeFilter filter = ResizeFilter::Lanczos,
                   const std::stop_token& stop = {});

}  // namespace lorikeet
