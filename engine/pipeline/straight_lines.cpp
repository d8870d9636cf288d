#include "pipeline/straight_lines.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>

#include "core/thread_pool.h"
#include "imaging/resize.h"
#include "io/file_stamp.h"

namespace lorikeet {
namespace {

constexpr size_t kMostLines = 200;
constexpr int kLargestLineSide = 1024;

/// A side as the network takes it.
int workSide(int side, double scale) {
  const int steps = static_cast<int>(std::lround(side * scale / MlsdNetwork::kMultiple));
  return std::max(1, steps) * MlsdNetwork::kMultiple;
}

Tensor lineInput(const Image& picture) {
  Tensor input({1, picture.height, picture.width, 4});
  for (size_t i = 0; i < picture.pixels.size() / 3; ++i) {
    for (size_t c = 0; c < 3; ++c)
      input[4 * i + c] = static_cast<float>(static_cast<double>(picture.pixels[3 * i + c]) / 127.5 - 1);
    input[4 * i + 3] = static_cast<float>(1 / 127.5 - 1);
  }
  return input;
}

/// The network's answer, [1, H, W, 9], read like a picture.
class LineMap {
 public:
  explicit LineMap(const Tensor& values) : values_(values), height_(values.dim(1)), width_(values.dim(2)) {
    heat_.resize(static_cast<size_t>(height_ * width_));
    for (size_t i = 0; i < heat_.size(); ++i)
      heat_[i] = 1 / (1 + std::exp(-values[i * static_cast<size_t>(values.dim(3))]));
  }

  struct Middle {
    float score;
    int64_t index;
  };
  /// The surest pixels among their eight neighbours.
  std::vector<Middle> middles(double least) const {
    std::vector<Middle> found;
    for (int64_t y = 0; y < height_; ++y)
      for (int64_t x = 0; x < width_; ++x)
        if (const float score = heat_[at(y, x)]; score > least && isPeak(y, x))
          found.push_back({score, y * width_ + x});
    std::stable_sort(found.begin(), found.end(), [](const Middle& a, const Middle& b) { return a.score > b.score; });
    if (found.size() > kMostLines) found.resize(kMostLines);
    return found;
  }

  LineSegment lineOf(int64_t index) const {
    const float* shift = values_.data() + index * values_.dim(3) + 1;
    const int64_t row = index / width_;
    const auto x = static_cast<float>(index - row * width_), y = static_cast<float>(row);
    return {x + shift[0], y + shift[1], x + shift[2], y + shift[3]};
  }

 private:
  size_t at(int64_t y, int64_t x) const { return static_cast<size_t>(y * width_ + x); }

  bool isPeak(int64_t y, int64_t x) const {
    for (int64_t v = std::max<int64_t>(y - 1, 0); v <= std::min(y + 1, height_ - 1); ++v)
      for (int64_t u = std::max<int64_t>(x - 1, 0); u <= std::min(x + 1, width_ - 1); ++u)
        if (heat_[at(v, u)] > heat_[at(y, x)]) return false;
    return true;
  }

  const Tensor& values_;
  int64_t height_, width_;
  std::vector<float> heat_;
};

/// The network that was used last, as long as its file stays as it is.
std::shared_ptr<const MlsdNetwork> openNetwork(const ExecutionContext& context, const std::filesystem::path& file) {
  struct Opened {
    std::filesystem::path file;
    FileStamp stamp;
    std::shared_ptr<const MlsdNetwork> network;
  };
  static std::mutex mutex;
  static std::optional<Opened> opened;
  const FileStamp stamp = fileStamp(file);
  {
    const std::lock_guard lock(mutex);
    if (opened && opened->file == file && opened->stamp == stamp) return opened->network;
  }
  std::shared_ptr<const MlsdNetwork> network = MlsdNetwork::load(context, file);
  const std::lock_guard lock(mutex);
  opened = {file, stamp, network};
  return network;
}

void requireShare(double value, double highest, const char* what) {
  if (value >= 0 && value <= highest) return;
  throw Error(ErrorKind::InvalidArgument, fmt::format("{} must be 0 to {}, not {}.", what, highest, value));
}

}  // namespace

std::vector<LineSegment> findStraightLines(const ExecutionContext& context, const MlsdNetwork& network,
                                           const Image& picture, const StraightLineOptions& options) {
  const double scale = std::min(1.0, static_cast<double>(kLargestLineSide) / std::max(picture.width, picture.height));
  const int width = workSide(picture.width, scale), height = workSide(picture.height, scale);
  const bool fits = width == picture.width && height == picture.height;
  const Tensor values =
      network(context,
              lineInput(fits ? picture : resizeImage(picture, width, height, ResizeFilter::Area, context.stopToken())));
  const LineMap map(values);
  const float toX = 2.0F * static_cast<float>(picture.width) / static_cast<float>(width);
  const float toY = 2.0F * static_cast<float>(picture.height) / static_cast<float>(height);
  std::vector<LineSegment> lines;
  for (const LineMap::Middle& middle : map.middles(options.score)) {
    const LineSegment line = map.lineOf(middle.index);
    if (!(std::hypot(line.x1 - line.x0, line.y1 - line.y0) > options.length)) continue;
    lines.push_back({line.x0 * toX, line.y0 * toY, line.x1 * toX, line.y1 * toY});
  }
  return lines;
}

Image straightLines(const Image& source, const StraightLineOptions& options, const std::stop_token& stop) {
  if (source.empty()) throw Error(ErrorKind::InvalidArgument, "The picture is empty.");
  requireShare(options.score, 1, "The score of straight lines");
  requireShare(options.length, 1000, "The length of straight lines");
  if (options.network.empty())
    throw Error(ErrorKind::InvalidArgument,
                "Straight lines are found by M-LSD tiny, whose file (mlsd_tiny_512_fp32.pth) is not chosen.");
  ThreadPool pool(0);
  const ExecutionContext context(pool, stop);
  const auto network = openNetwork(context, options.network);
  return drawLines(source.width, source.height, findStraightLines(context, *network, source, options));
}

}  // namespace lorikeet
