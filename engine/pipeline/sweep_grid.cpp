#include <lorikeet/sweep.h>

#include <algorithm>
#include <cmath>

#include "imaging/labelled_grid.h"
#include "imaging/resize.h"
#include "text/latin_letters.h"

namespace lorikeet {
namespace {

// What Lorikeet reads of a PNG, with room for labels and gaps.
constexpr double kMaxGridSide = 15000;
constexpr double kMaxGridPixels = 100e6;

std::vector<std::string> latin(const std::vector<std::string>& labels) {
  std::vector<std::string> ascii;
  for (const std::string& label : labels) ascii.push_back(toLatinLetters(label));
  return ascii;
}

}  // namespace

SweepCellSize sweepCellSize(int columns, int rows, int pictureWidth, int pictureHeight) {
  if (columns < 1 || rows < 1 || pictureWidth < 1 || pictureHeight < 1)
    throw Error(ErrorKind::InvalidArgument, "A grid needs pictures of at least one pixel.");
  const double width = static_cast<double>(columns) * pictureWidth, height = static_cast<double>(rows) * pictureHeight;
  const double scale =
      std::min({1.0, kMaxGridSide / width, kMaxGridSide / height, std::sqrt(kMaxGridPixels / (width * height))});
  const auto side = [scale](int pixels) { return std::max(1, static_cast<int>(pixels * scale)); };
  return {side(pictureWidth), side(pictureHeight)};
}

struct SweepGrid::State {
  LabelledGrid grid;
  SweepCellSize cell;
};

SweepGrid::SweepGrid(const SweepPlan& plan, int pictureWidth, int pictureHeight) {
  const auto columns = static_cast<int>(plan.columnCount()), rows = static_cast<int>(plan.rowCount());
  const SweepCellSize cell = sweepCellSize(columns, rows, pictureWidth, pictureHeight);
  const GridLabels labels{latin(plan.columns), plan.hasRowLabels() ? latin(plan.rows) : std::vector<std::string>()};
  state_ = std::make_unique<State>(State{LabelledGrid({columns, rows, cell.width, cell.height}, labels), cell});
}
SweepGrid::~SweepGrid() = default;
SweepGrid::SweepGrid(SweepGrid&&) noexcept = default;
SweepGrid& SweepGrid::operator=(SweepGrid&&) noexcept = default;

void SweepGrid::place(int column, int row, const Image& picture) {
  const SweepCellSize& cell = state_->cell;
  if (picture.width <= cell.width && picture.height <= cell.height) return state_->grid.paste(column, row, picture);
  const double scale =
      std::min(cell.width / static_cast<double>(picture.width), cell.height / static_cast<double>(picture.height));
  const auto side = [scale](int pixels) { return std::max(1, static_cast<int>(pixels * scale)); };
  state_->grid.paste(column, row, resizeImage(picture, side(picture.width), side(picture.height), ResizeFilter::Area));
}

const Image& SweepGrid::image() const { return state_->grid.image(); }

}  // namespace lorikeet
