#pragma once
#include <filesystem>
#include <stop_token>

#include "imaging/placement.h"
#include "lorikeet/request.h"

namespace lorikeet {

/// What the pictures of a request come to, read and brought to size once a job: which pixels the model works on, and
/// how its picture goes back into the source.
struct PicturePlan {
  int workWidth = 0;  ///< of the picture that the model makes
  int workHeight = 0;
  Image source;         ///< after outpainting grew it; empty for text to image
  Mask mask;            ///< as large as the source, its options applied; empty without inpainting
  Rect area;            ///< the part of the source that is worked on
  Placement placement;  ///< of the area in the work picture
  Image work;           ///< the area at work size
  Mask workMask;
  MaskOptions options;
  std::vector<Image> controlMaps;  ///< at work size, one a control unit
  int hiresWidth = 0;              ///< of the second pass; 0 without one
  int hiresHeight = 0;
  std::vector<Image> hiresControlMaps;  ///< the same at the size of the second pass

  bool hasPicture() const { return !source.empty(); }
  bool isInpainting() const { return !mask.empty(); }
  bool hasSecondPass() const { return hiresWidth > 0; }
  /// Of the finished picture.
  int resultWidth() const { return hasPicture() ? source.width : hasSecondPass() ? hiresWidth : workWidth; }
  int resultHeight() const { return hasPicture() ? source.height : hasSecondPass() ? hiresHeight : workHeight; }
  /// What the model starts from: the work picture with the masked content that the options ask for.
  Image start(uint64_t seed) const;
  /// True when start() depends on the seed.
  bool startVaries() const { return isInpainting() && options.content == MaskedContent::Noise; }
  /// The result at the source's size: the model's picture, put back under the mask where there is one. Stopped.
  Image finish(const Image& painted, const std::stop_token& stop = {}) const;
};

/// The size that a model works at when the request names none, and what sizes must be multiples of.
struct WorkSize {
  int width = 512;
  int height = 512;
  int factor = 8;
};

/// Reads the files of the request. Throws Error(NotFound | Io | Corrupt | Unsupported) for pictures that cannot be
/// read, Error(Mismatch | InvalidArgument) for a mask that is empty, full or of another size, pictures too small or
/// large, control units without a picture; Stopped.
PicturePlan planPictures(const GenerateRequest& request, const WorkSize& native, const std::stop_token& stop = {});

}  // namespace lorikeet
