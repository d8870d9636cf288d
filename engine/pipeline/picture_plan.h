#pragma once
#include <filesystem>

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

  bool hasPicture() const { return !source.empty(); }
  bool isInpainting() const { return !mask.empty(); }
  /// What the model starts from: the work picture with the masked content that the options ask for.
  Image start(uint64_t seed) const;
  /// The result at the source's size: the model's picture, put back under the mask where there is one.
  Image finish(const Image& painted) const;
};

/// The size that a model works at when the request names none, and what sizes must be multiples of.
struct WorkSize {
  int width = 512;
  int height = 512;
  int factor = 8;
};

/// Reads the files of the request. Throws Error(NotFound | Io | Corrupt | Unsupported) for pictures that cannot be
/// read, Error(Mismatch | InvalidArgument) for a mask that is empty, full or of another size, pictures too small or
/// large, control units without a picture.
PicturePlan planPictures(const GenerateRequest& request, const WorkSize& native);

}  // namespace lorikeet
