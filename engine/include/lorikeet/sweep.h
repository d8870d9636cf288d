#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lorikeet/error.h"
#include "lorikeet/image.h"
#include "lorikeet/picture_settings.h"
#include "lorikeet/request.h"

namespace lorikeet {

/// What an axis of a sweep changes from picture to picture.
enum class SweepField { Adapter, Seed, Guidance, Steps, Sampler, Schedule, Strength, ClipSkip, Prompt };
std::span<const EnumName<SweepField>> sweepFieldNames();
/// Like samplerFromName().
SweepField sweepFieldFromName(std::string_view text);
std::string_view name(SweepField value);
std::string_view label(SweepField value);

/// Which weight of an adapter an axis sets. Unet leaves the text encoder's weight as it is.
enum class AdapterPart { Both, Unet, Text };

/// One axis as people write it.
struct SweepAxis {
  SweepField field = SweepField::Seed;
  std::string adapter;  ///< for SweepField::Adapter: one of sweepAdapterNames()
  AdapterPart part = AdapterPart::Both;
  std::string values;  ///< see readSweepValues()

  bool operator==(const SweepAxis&) const = default;
};

/// Reads FIELD=VALUES, of an adapter adapter:NAME[:unet|te]=VALUES: "seed=1-4", "adapter:ink=0-1(+0.25)". The values
/// are read later. Throws Error(InvalidArgument).
SweepAxis parseSweepAxis(std::string_view text);
/// The text that parseSweepAxis() reads back.
std::string toText(const SweepAxis& axis);
/// What people read over the values: "ink", "ink (text)", "Seed".
std::string titleOf(const SweepAxis& axis);
/// The adapters of a request by the names that axes know them by: file names without their endings, with " (2)" and so
/// on where several are alike.
std::vector<std::string> sweepAdapterNames(const GenerateRequest& request);

/// More values on an axis, or pictures in a sweep, are refused.
constexpr int kMaxSweepValues = 1000;
constexpr int kMaxSweepPictures = 2500;

/// One value of an axis, as its label says it.
struct SweepValue {
  std::string text;
  double number = 0;      ///< of fields that are numbers
  uint64_t whole = 0;     ///< of whole numbers
  SamplerChoice sampler;  ///< of samplers; of schedules its schedule

  bool operator==(const SweepValue&) const = default;
};

/// Reads the values of an axis, separated by commas, in the grammar of A1111's X/Y/Z plot: numbers, 0-1 (in steps of
/// 1), 0-1(+0.25) with a step, 1-10[5] with a number of values, evenly spread; the names of samplers ("DPM++ 2M Karras"
/// sets both) and schedules; for Prompt texts, the first of which is looked up in the prompts and replaced by each in
/// turn. Texts with commas stand in "quotes". A range ends at the last value that is not beyond its end. Throws
/// Error(InvalidArgument) that says at which character it went wrong. Takes linear time.
std::vector<SweepValue> readSweepValues(SweepField field, std::string_view text);

/// One picture of a sweep.
struct SweepCell {
  int column = 0;
  int row = 0;
  GenerateRequest request;  ///< for one picture
};

/// All pictures of a sweep and what stands beside them.
struct SweepPlan {
  std::vector<std::string> columns;  ///< labels: "ink 0.25", "Seed 7", "Euler a"
  std::vector<std::string> rows;     ///< one, empty, with one axis
  /// In the order in which they share most work when they are made one after the other with one RunMemory: what is
  /// costly to change (adapters, text) changes least often, an adapter that sets in late most often, since the steps
  /// before it are those of the picture before.
  std::vector<SweepCell> cells;

  size_t columnCount() const { return columns.size(); }
  size_t rowCount() const { return rows.size(); }
  bool hasRowLabels() const { return !rows.empty() && !rows.front().empty(); }
  /// "ink 0.25 · Seed 7"
  std::string labelOf(const SweepCell& cell) const;
};

/// Lays a request out over one or two axes; x runs from left to right, y downwards. Throws Error(InvalidArgument) for
/// values that cannot be read or are out of range, an adapter or text that is not in the request, axes that change the
/// same thing, several pictures a request, and too many pictures.
SweepPlan planSweep(const GenerateRequest& base, const SweepAxis& x, const std::optional<SweepAxis>& y = {});

/// The settings of a grid: those of the request, and the axes as A1111's X/Y/Z plot names them. `facts` are
/// those of one of its pictures.
std::string sweepInfotext(const GenerateRequest& base, const SweepAxis& x, const std::optional<SweepAxis>& y,
                          const PictureFacts& facts);

/// The pixels of a grid's cell for pictures of a size: as large, or smaller where the grid would not be readable any
/// more (16384 pixels a side, 100 million in all).
struct SweepCellSize {
  int width = 0;
  int height = 0;
};
SweepCellSize sweepCellSize(int columns, int rows, int pictureWidth, int pictureHeight);

/// The grid picture of a sweep, filled cell by cell: labels above and beside them, dark on white. Letters outside ASCII
/// are written in Latin ones ("лиса" as "lisa"); windows draw their own.
class SweepGrid {
 public:
  /// For pictures of a size. Throws Error(InvalidArgument) for one below 1.
  SweepGrid(const SweepPlan& plan, int pictureWidth, int pictureHeight);
  ~SweepGrid();
  SweepGrid(SweepGrid&&) noexcept;
  SweepGrid& operator=(SweepGrid&&) noexcept;

  /// Shows a picture, shrunk where it is larger than the cell.
  void place(int column, int row, const Image& picture);
  const Image& image() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lorikeet
