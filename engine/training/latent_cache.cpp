#include "training/latent_cache.h"

#include <lorikeet/error.h>
#include <lorikeet/picture_io.h>

#include <algorithm>
#include <cmath>

#include "imaging/resize.h"
#include "imaging/tensor_image.h"

namespace lorikeet {
namespace {

/// Scales a picture to cover a size, and cuts the middle unless `whole`; then both sides are multiples of `factor`.
Image covering(const Image& picture, const TrainingData& data, int factor, bool whole, const std::stop_token& stop) {
  const double scale =
      std::max(static_cast<double>(data.width) / picture.width, static_cast<double>(data.height) / picture.height);
  const auto side = [&](int pixels, int least) {
    const int scaled = std::max(least, static_cast<int>(std::lround(pixels * scale)));
    return whole ? scaled / factor * factor : scaled;
  };
  const int width = side(picture.width, data.width), height = side(picture.height, data.height);
  Image scaled = resizeImage(picture, width, height, ResizeFilter::Lanczos, stop);
  if (whole || (width == data.width && height == data.height)) return scaled;
  return cropImage(scaled, {(width - data.width) / 2, (height - data.height) / 2, data.width, data.height});
}

Image mirrored(const Image& picture) {
  Image result = picture;
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x)
      std::copy_n(picture.pixels.data() + (static_cast<size_t>(y) * picture.width + x) * 3, 3,
                  result.pixels.data() + (static_cast<size_t>(y) * picture.width + picture.width - 1 - x) * 3);
  return result;
}

}  // namespace

LatentCache::LatentCache(const ExecutionContext& context, const AutoencoderKL& vae,
                         const std::vector<TrainingPicture>& pictures, const TrainingData& data,
                         const Progress& progress)
    : height_(data.height / vae.config().factor()),
      width_(data.width / vae.config().factor()),
      channels_(vae.config().latentChannels),
      flips_(data.flip) {
  for (size_t i = 0; i < pictures.size(); ++i) {
    progress(static_cast<int>(i));
    const Image picture = covering(flatten(loadPicture(pictures[i].file, {}, context.stopToken())), data,
                                   vae.config().factor(), data.randomCrop, context.stopToken());
    entries_.push_back(encode(context, vae, picture));
    if (flips_) entries_.push_back(encode(context, vae, mirrored(picture)));
  }
}

LatentCache::Entry LatentCache::encode(const ExecutionContext& context, const AutoencoderKL& vae,
                                       const Image& picture) const {
  LatentDistribution latents = vae.encode(context, imageToTensor(picture), VaeTiling::Auto);
  const AutoencoderConfig& config = vae.config();
  for (float& v : latents.mean.values()) v = static_cast<float>((v - config.shiftFactor) * config.scalingFactor);
  for (float& v : latents.logVariance.values()) v = static_cast<float>(std::exp(0.5 * v) * config.scalingFactor);
  return {std::move(latents.mean), std::move(latents.logVariance)};
}

void LatentCache::draw(const SampleDraw& sample, NoiseGenerator& noise, float* latents) const {
  const Entry& entry = entries_[flips_ ? 2 * sample.picture + (sample.isFlipped ? 1 : 0) : sample.picture];
  const int64_t spareX = entry.mean.dim(2) - width_, spareY = entry.mean.dim(1) - height_;
  const auto place = [](float share, int64_t spare) {
    return std::min(spare, static_cast<int64_t>(static_cast<double>(share) * static_cast<double>(spare + 1)));
  };
  const int64_t left = place(sample.cropX, spareX), top = place(sample.cropY, spareY);
  std::vector<float> normal(static_cast<size_t>(height_ * width_ * channels_));
  noise.normal(normal);
  size_t i = 0;
  for (int64_t y = 0; y < height_; ++y)
    for (int64_t x = 0; x < width_ * channels_; ++x, ++i) {
      const int64_t from = ((top + y) * entry.mean.dim(2) + left) * channels_ + x;
      latents[i] = entry.mean.data()[from] + entry.deviation.data()[from] * normal[i];
    }
}

}  // namespace lorikeet
