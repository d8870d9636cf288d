#include "imaging/labelled_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "imaging/resize.h"
#include "lorikeet/error.h"

namespace lorikeet {
namespace {

constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
constexpr int kMargin = 6;  // pixels around a label
constexpr int64_t kMaxGridSide = 32768;

struct Layout {
  int columns, rows;
  int cellWidth, cellHeight;
  int gap;
  double fontScale;
  int top = 0;   ///< height of the column labels
  int left = 0;  ///< width of the row labels
  int64_t width() const { return left + gap + int64_t{columns} * (cellWidth + gap); }
  int64_t height() const { return top + gap + int64_t{rows} * (cellHeight + gap); }
  int cellX(int column) const { return left + gap + column * (cellWidth + gap); }
  int cellY(int row) const { return top + gap + row * (cellHeight + gap); }
};

/// OpenCV's stroke fonts know ASCII alone.
std::string toAscii(const std::string& text) {
  std::string ascii;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f)
      ascii += c;
    else if (byte < 0x80)
      ascii += ' ';
    else if (byte >= 0xc0)
      ascii += '?';
  }
  return ascii;
}

cv::Size textSize(const std::string& text, double scale) {
  int baseline = 0;
  cv::Size size = cv::getTextSize(text, kFont, scale, 1, &baseline);
  size.height += baseline;
  return size;
}

std::string shortened(const std::string& label, double scale, int width) {
  std::string text = toAscii(label);
  if (textSize(text, scale).width <= width) return text;
  while (!text.empty() && textSize(text + "...", scale).width > width) text.pop_back();
  return text.empty() ? text : text + "...";
}

Layout planLayout(std::span<const Image> pictures, int columns, const GridLabels& labels, int gap) {
  if (pictures.empty()) throw Error(ErrorKind::InvalidArgument, "A grid needs at least one picture.");
  if (columns < 1 || gap < 0)
    throw Error(ErrorKind::InvalidArgument, "A grid needs at least one column and a gap that is not negative.");
  Layout layout{columns, static_cast<int>((pictures.size() + columns - 1) / columns), 0, 0, gap, 0};
  if (labels.columns.size() > static_cast<size_t>(columns) || labels.rows.size() > static_cast<size_t>(layout.rows))
    throw Error(ErrorKind::InvalidArgument, "The grid has more labels than columns or rows.");
  for (const Image& picture : pictures) {
    layout.cellWidth = std::max(layout.cellWidth, picture.width);
    layout.cellHeight = std::max(layout.cellHeight, picture.height);
  }
  layout.fontScale = std::clamp(layout.cellWidth / 512.0, 0.35, 1.0);
  if (!labels.columns.empty()) layout.top = textSize("Ag", layout.fontScale).height + 2 * kMargin;
  for (const std::string& label : labels.rows)
    layout.left = std::max(layout.left, textSize(toAscii(label), layout.fontScale).width + 2 * kMargin);
  layout.left = std::min(layout.left, std::max(layout.cellWidth, 2 * kMargin + 1));
  if (layout.width() > kMaxGridSide || layout.height() > kMaxGridSide)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("The grid would be {} x {} pixels, but at most {} a side are possible.", layout.width(),
                            layout.height(), kMaxGridSide));
  return layout;
}

void drawText(cv::Mat& canvas, const std::string& text, double scale, cv::Point corner) {
  int baseline = 0;
  const cv::Size size = cv::getTextSize(text, kFont, scale, 1, &baseline);
  cv::putText(canvas, text, {corner.x, corner.y + size.height}, kFont, scale, cv::Scalar::all(32), 1, cv::LINE_AA);
}

void drawLabels(Image& grid, const Layout& layout, const GridLabels& labels) {
  cv::Mat canvas(grid.height, grid.width, CV_8UC3, grid.pixels.data());
  for (size_t i = 0; i < labels.columns.size(); ++i) {
    const std::string text = shortened(labels.columns[i], layout.fontScale, layout.cellWidth);
    const int spare = layout.cellWidth - textSize(text, layout.fontScale).width;
    drawText(canvas, text, layout.fontScale, {layout.cellX(static_cast<int>(i)) + spare / 2, kMargin});
  }
  for (size_t i = 0; i < labels.rows.size(); ++i) {
    const std::string text = shortened(labels.rows[i], layout.fontScale, layout.left - 2 * kMargin);
    const int spare = layout.cellHeight - textSize(text, layout.fontScale).height;
    drawText(canvas, text, layout.fontScale, {kMargin, layout.cellY(static_cast<int>(i)) + std::max(0, spare / 2)});
  }
}

}  // namespace

Image labelledGrid(std::span<const Image> pictures, int columns, const GridLabels& labels, int gap) {
  const Layout layout = planLayout(pictures, columns, labels, gap);
  Image grid = Image::create(static_cast<int>(layout.width()), static_cast<int>(layout.height()));
  std::fill(grid.pixels.begin(), grid.pixels.end(), uint8_t{255});
  drawLabels(grid, layout, labels);
  for (size_t i = 0; i < pictures.size(); ++i) {
    const Image& picture = pictures[i];
    if (picture.empty()) continue;
    const int x = layout.cellX(static_cast<int>(i) % columns) + (layout.cellWidth - picture.width) / 2;
    const int y = layout.cellY(static_cast<int>(i) / columns) + (layout.cellHeight - picture.height) / 2;
    pasteImage(grid, picture, x, y);
  }
  return grid;
}

}  // namespace lorikeet
