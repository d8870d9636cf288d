#pragma once
#include <memory>
#include <string>
#include <vector>

#include "lorikeet/image.h"

namespace lorikeet {

/// What stands beside the pictures of a grid. Empty lists leave their margin out.
struct GridLabels {
  std::vector<std::string> columns;
  std::vector<std::string> rows;
};

/// Pixels of the cells and of the lines between them.
struct GridShape {
  int columns = 1;
  int rows = 1;
  int cellWidth = 1;
  int cellHeight = 1;
  int gap = 4;
};

/// One picture of many, for sweeps, filled cell by cell: labels above the columns and left of the rows in dark on
/// white, shortened with "..." where they do not fit. Letters outside ASCII show as "?".
class LabelledGrid {
 public:
  /// Throws Error(InvalidArgument) for less than one column, row or pixel, more labels than columns or rows, or a grid
  /// above 32768 pixels a side.
  LabelledGrid(const GridShape& shape, const GridLabels& labels = {});

  /// Puts a picture into the middle of its cell, in which it must fit.
  void paste(int column, int row, const Image& picture);
  const Image& image() const { return image_; }

 private:
  int cellX(int column) const { return left_ + shape_.gap + column * (shape_.cellWidth + shape_.gap); }
  int cellY(int row) const { return top_ + shape_.gap + row * (shape_.cellHeight + shape_.gap); }
  void drawLabels(const GridLabels& labels, double fontScale);

  GridShape shape_;
  int top_ = 0;   ///< height of the column labels
  int left_ = 0;  ///< width of the row labels
  Image image_;
};

}  // namespace lorikeet
