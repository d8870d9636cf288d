#pragma once
#include <span>
#include <string>
#include <vector>

#include "lorikeet/image.h"

namespace lorikeet {

/// What stands beside the pictures of a grid. Empty lists leave their margin out.
struct GridLabels {
  std::vector<std::string> columns;
  std::vector<std::string> rows;
};

/// One picture of many, row by row, for sweeps: cells as large as the largest picture, smaller ones centred, labels
/// above the columns and left of the rows in dark on white, shortened with "..." where they do not fit. Letters outside
/// ASCII show as "?". Throws Error(InvalidArgument) for no pictures, columns below 1, more labels than columns or rows,
/// or a grid above 32768 pixels a side.
Image labelledGrid(std::span<const Image> pictures, int columns, const GridLabels& labels = {}, int gap = 4);

}  // namespace lorikeet
