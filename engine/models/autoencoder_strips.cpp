// The large maps of the autoencoder in strips of rows. Tiles that are computed apart from each other differ in
// brightness, because every tile has group norms of its own; here the norms have the statistics of the whole map, and a
// convolution sees the rows beyond its strip, so the result is that of the whole picture but for the f16 rounding of
// the two maps that a resnet block keeps.
#include "core/buffer_pool.h"
#include "models/autoencoder_kl.h"

namespace lorikeet {
namespace {

constexpr int64_t kLargestWhole = int64_t{768} * 768;

int64_t storedBytes(const MapRows& map) {
  return map.height() * map.width() * map.channels() * static_cast<int64_t>(sizeof(uint16_t));
}

Tensor assemble(const ExecutionContext& context, const MapRows& map) {
  Tensor whole({1, map.height(), map.width(), map.channels()});
  const int64_t row = map.width() * map.channels();
  forStrips(map, [&](int64_t first, int64_t count) {
    const Tensor rows = map.rows(context, first, count);
    std::copy_n(rows.data(), rows.size(), whole.data() + first * row);
  });
  return whole;
}

/// Normalised rows of a map, for the last convolution.
class NormalizedMap : public MapRows {
 public:
  NormalizedMap(const ExecutionContext& context, const GroupNorm& norm, const MapRows& map)
      : MapRows(map.height(), map.width(), map.channels()), norm_(norm), map_(map) {
    affine_ = norm.affine(map.moments(context));
  }
  Tensor rows(const ExecutionContext& context, int64_t first, int64_t count) const override {
    Tensor rows = map_.rows(context, first, count);
    norm_.apply(context, rows, affine_, true);
    return rows;
  }
  const ChannelMoments& moments(const ExecutionContext& context) const override { return map_.moments(context); }

 private:
  const GroupNorm& norm_;
  const MapRows& map_;
  ChannelMoments::Affine affine_;
};

std::unique_ptr<const MapRows> runResnets(const ExecutionContext& context, const std::vector<ResnetBlock>& resnets,
                                          std::unique_ptr<const MapRows> map) {
  for (const ResnetBlock& resnet : resnets) map = resnet.inStrips(context, *map);
  return map;
}

}  // namespace

bool worksInStrips(VaeTiling tiling, int64_t width, int64_t height) {
  return tiling == VaeTiling::Always || (tiling == VaeTiling::Auto && width * height > kLargestWhole);
}

Tensor AutoencoderKL::decodeInStrips(const ExecutionContext& context, Tensor middle) const {
  BufferPool::instance().trim();
  const int64_t pixels = middle.dim(1) * middle.dim(2) * config_.factor() * config_.factor();
  const int64_t budget = 2 * pixels * config_.channels.front() * static_cast<int64_t>(sizeof(uint16_t));
  std::unique_ptr<const MapRows> map = store(context, WholeMap(std::move(middle)));
  for (const AutoencoderLevel& level : decoder_.levels) {
    map = runResnets(context, level.resnets, std::move(map));
    if (!level.resample) continue;
    const int64_t channels = map->channels();
    map = std::make_unique<ConvolvedRows>(std::move(map), *level.resample, channels, ConvolvedRows::Size::Doubled);
    // Kept where the finest level needs as much anyway; there, computing it three times is cheaper than keeping it.
    if (2 * storedBytes(*map) <= budget) map = store(context, *map);
    BufferPool::instance().trim();
  }
  auto normalized = std::make_unique<NormalizedMap>(context, decoder_.normOut, *map);
  return assemble(context, ConvolvedRows(std::move(normalized), decoder_.convOut, 3, ConvolvedRows::Size::Same));
}

Tensor AutoencoderKL::encodeInStrips(const ExecutionContext& context, const Tensor& picture) const {
  BufferPool::instance().trim();
  std::unique_ptr<const MapRows> map =
      std::make_unique<ConvolvedRows>(std::make_unique<WholeMap>(picture.clone()), encoder_.convIn,
                                      config_.channels.front(), ConvolvedRows::Size::Same);
  for (const AutoencoderLevel& level : encoder_.levels) {
    map = runResnets(context, level.resnets, std::move(map));
    if (!level.resample) continue;
    const int64_t channels = map->channels();
    map = store(context, ConvolvedRows(std::move(map), *level.resample, channels, ConvolvedRows::Size::Halved));
    BufferPool::instance().trim();
  }
  return assemble(context, *map);
}

}  // namespace lorikeet
