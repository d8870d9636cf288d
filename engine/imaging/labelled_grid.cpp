#include "imaging/labelled_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "core/check.h"
#include "imaging/resize.h"
#include "lorikeet/error.h"

namespace lorikeet {
namespace {

constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
constexpr int kMargin = 6;             // pixels around a label
constexpr int kUsualLabelWidth = 240;  // beside small pictures; else labels are at most as wide as a cell
constexpr int64_t kMaxGridSide = 32768;

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

/// The longest beginning that fits, found by halving: a label may be very long.
std::string shortened(const std::string& label, double scale, int width) {
  std::string text = toAscii(label);
  if (textSize(text, scale).width <= width) return text;
  size_t fits = 0, beyond = text.size();
  while (fits + 1 < beyond) {
    const size_t middle = (fits + beyond) / 2;
    (textSize(text.substr(0, middle) + "...", scale).width <= width ? fits : beyond) = middle;
  }
  return fits == 0 ? std::string() : text.substr(0, fits) + "...";
}

void checkShape(const GridShape& shape, const GridLabels& labels) {
  if (std::min({shape.columns, shape.rows, shape.cellWidth, shape.cellHeight}) < 1 || shape.gap < 0)
    throw Error(ErrorKind::InvalidArgument, "A grid needs at least one cell of one pixel and no negative gap.");
  if (labels.columns.size() > static_cast<size_t>(shape.columns) ||
      labels.rows.size() > static_cast<size_t>(shape.rows))
    throw Error(ErrorKind::InvalidArgument, "The grid has more labels than columns or rows.");
}

void drawText(cv::Mat& canvas, const std::string& text, double scale, cv::Point corner) {
  int baseline = 0;
  const cv::Size size = cv::getTextSize(text, kFont, scale, 1, &baseline);
  cv::putText(canvas, text, {corner.x, corner.y + size.height}, kFont, scale, cv::Scalar::all(32), 1, cv::LINE_AA);
}

}  // namespace

LabelledGrid::LabelledGrid(const GridShape& shape, const GridLabels& labels) : shape_(shape) {
  checkShape(shape, labels);
  const double fontScale = std::clamp(shape.cellWidth / 512.0, 0.35, 1.0);
  if (!labels.columns.empty()) top_ = textSize("Ag", fontScale).height + 2 * kMargin;
  for (const std::string& label : labels.rows)
    left_ = std::max(left_, textSize(toAscii(label), fontScale).width + 2 * kMargin);
  left_ = std::min(left_, std::max(shape.cellWidth, kUsualLabelWidth));
  const int64_t width = left_ + shape.gap + int64_t{shape.columns} * (shape.cellWidth + shape.gap);
  const int64_t height = top_ + shape.gap + int64_t{shape.rows} * (shape.cellHeight + shape.gap);
  if (width > kMaxGridSide || height > kMaxGridSide)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("The grid would be {} x {} pixels, but at most {} a side are possible.", width, height,
                            kMaxGridSide));
  image_ = Image::create(static_cast<int>(width), static_cast<int>(height));
  std::fill(image_.pixels.begin(), image_.pixels.end(), uint8_t{255});
  drawLabels(labels, fontScale);
}

void LabelledGrid::drawLabels(const GridLabels& labels, double fontScale) {
  cv::Mat canvas(image_.height, image_.width, CV_8UC3, image_.pixels.data());
  for (size_t i = 0; i < labels.columns.size(); ++i) {
    const std::string text = shortened(labels.columns[i], fontScale, shape_.cellWidth);
    const int spare = shape_.cellWidth - textSize(text, fontScale).width;
    drawText(canvas, text, fontScale, {cellX(static_cast<int>(i)) + spare / 2, kMargin});
  }
  for (size_t i = 0; i < labels.rows.size(); ++i) {
    const std::string text = shortened(labels.rows[i], fontScale, left_ - 2 * kMargin);
    const int spare = shape_.cellHeight - textSize(text, fontScale).height;
    drawText(canvas, text, fontScale, {kMargin, cellY(static_cast<int>(i)) + std::max(0, spare / 2)});
  }
}

void LabelledGrid::paste(int column, int row, const Image& picture) {
  CHECK(column >= 0 && column < shape_.columns && row >= 0 && row < shape_.rows);
  CHECK(picture.width <= shape_.cellWidth && picture.height <= shape_.cellHeight);
  if (picture.empty()) return;
  pasteImage(image_, picture, cellX(column) + (shape_.cellWidth - picture.width) / 2,
             cellY(row) + (shape_.cellHeight - picture.height) / 2);
}

}  // namespace lorikeet
