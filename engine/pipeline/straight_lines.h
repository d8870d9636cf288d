#pragma once
#include <vector>

#include "imaging/line_drawing.h"
#include "lorikeet/annotate.h"
#include "models/mlsd.h"

namespace lorikeet {

/// The lines that M-LSD sees in a picture, the surest first, at most 200, in pixels of the picture (mlsd_pytorch's
/// pred_lines): the local maxima of the map of middles that are sure and long enough. Large pictures are looked at with
/// at most 1024 pixels a side.
std::vector<LineSegment> findStraightLines(const ExecutionContext& context, const MlsdNetwork& network,
                                           const Image& picture, const StraightLineOptions& options);

}  // namespace lorikeet
