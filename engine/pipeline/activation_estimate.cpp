#include "pipeline/activation_estimate.h"

#include <algorithm>
#include <vector>

#include "ops/convolution.h"

namespace lorikeet {
namespace {

/// What a 3x3 convolution works in besides its operands. On the coarsest maps it is none of Winograd's and takes less.
int64_t convolutionFloats(int64_t inputs, int64_t outputs, int64_t pixels) {
  return std::min(inputs, outputs) < 32 ? 0 : winogradFloats(pixels, inputs, outputs);
}

/// nn/resnet_block.cpp besides its input; `pixels` of all rows.
int64_t resnetFloats(int64_t inputs, int64_t outputs, int64_t pixels) {
  const int64_t first = (inputs + outputs) * pixels + convolutionFloats(inputs, outputs, pixels);
  const int64_t shortcut = inputs == outputs ? 0 : outputs * pixels;
  const int64_t second = 2 * outputs * pixels + shortcut + convolutionFloats(outputs, outputs, pixels);
  return std::max(first, second);
}

/// The same without a time embedding and with its input, whose memory it takes.
int64_t vaeResnetFloats(int64_t inputs, int64_t outputs, int64_t pixels) {
  if (inputs == outputs) return inputs * pixels + resnetFloats(inputs, outputs, pixels);
  const int64_t first = (inputs + 2 * outputs) * pixels + convolutionFloats(inputs, outputs, pixels);
  return std::max(first, 3 * outputs * pixels + convolutionFloats(outputs, outputs, pixels));
}

int64_t roundedUp(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

/// ops/attention.cpp with its projections: queries, keys, values, the packed keys and values, the result.
int64_t attentionFloats(int64_t width, int64_t heads, int64_t pixels) {
  const int64_t depth = width / heads;
  return 4 * width * pixels + heads * (roundedUp(pixels, 32) * depth + pixels * roundedUp(depth, 8));
}

/// nn/transformer_2d.cpp besides its input.
int64_t transformerFloats(const UNetConfig::Level& level, int64_t pixels) {
  const int64_t map = level.channels * pixels;
  return 2 * map + std::max(attentionFloats(level.channels, level.heads, pixels), 6 * map);
}

/// Walks through a UNet in the order of models/unet.cpp and keeps account of what is alive.
class UnetWalk {
 public:
  UnetWalk(const UNetConfig& unet, MapSize latents, int64_t rows) : unet_(unet), rows_(rows) {
    for (size_t i = 0; i < unet.levels.size(); ++i) {
      pixels_.push_back(latents.height * latents.width * rows);
      latents = {(latents.height + 1) / 2, (latents.width + 1) / 2};
    }
  }

  void down() {
    pushSkip(unet_.levels.front().channels * pixels_.front());
    int64_t inputs = unet_.levels.front().channels;
    for (size_t i = 0; i < unet_.levels.size(); ++i) {
      const UNetConfig::Level& level = unet_.levels[i];
      for (int j = 0; j < level.layers; ++j, inputs = level.channels) {
        layer(level, inputs, pixels_[i], level.hasAttention);
        pushSkip(level.channels * pixels_[i]);
      }
      if (i + 1 == unet_.levels.size()) break;
      note(level.channels * pixels_[i + 1]);
      pushSkip(level.channels * pixels_[i + 1]);
    }
  }

  void middle() {
    const UNetConfig::Level& level = unet_.levels.back();
    layer(level, level.channels, pixels_.back(), unet_.midHasAttention);
  }

  void up() {
    int64_t channels = unet_.levels.back().channels;
    for (size_t i = unet_.levels.size(); i-- > 0;) {
      const UNetConfig::Level& level = unet_.levels[i];
      for (int j = 0; j <= level.layers; ++j, channels = level.channels) {
        const int64_t skip = skips_.back(), input = channels * pixels_[i];
        alive_ += input;  // beside it the skip, which is counted until the layer is done
        layer(level, channels + skip / pixels_[i], pixels_[i], level.hasAttention);
        alive_ -= input + skip;
        skips_.pop_back();
      }
      if (i == 0) break;
      note(level.channels * (pixels_[i] + pixels_[i - 1]) +
           convolutionFloats(level.channels, level.channels, pixels_[i - 1]));
    }
    note(2 * unet_.levels.front().channels * pixels_.front());  // the last norm
  }

  int64_t most() const { return most_; }
  int64_t skips() const { return alive_; }

 private:
  void layer(const UNetConfig::Level& level, int64_t inputs, int64_t pixels, bool hasAttention) {
    note(resnetFloats(inputs, level.channels, pixels));
    if (hasAttention) note(level.channels * pixels + transformerFloats(level, pixels));
  }
  void pushSkip(int64_t floats) {
    skips_.push_back(floats);
    alive_ += floats;
  }
  void note(int64_t besides) { most_ = std::max(most_, alive_ + besides); }

  const UNetConfig& unet_;
  int64_t rows_;
  std::vector<int64_t> pixels_;  ///< of all rows, by level
  std::vector<int64_t> skips_;
  int64_t alive_ = 0;
  int64_t most_ = 0;
};

/// models/autoencoder_strips.cpp, as measured: two 16-bit maps of the finest level, the picture, and the strips.
int64_t strippedFloats(const AutoencoderConfig& vae, int64_t pixels) {
  constexpr int64_t kOfAPixel = 16, kStrips = int64_t{8} << 20;
  return pixels * (vae.channels.front() * 11 / 5 + kOfAPixel) + kStrips;
}

/// The middle of the autoencoder, at the latents' size.
int64_t vaeMiddleFloats(const AutoencoderConfig& vae, int64_t latentPixels) {
  const int64_t channels = vae.channels.back(), map = channels * latentPixels;
  const int64_t attention = vae.hasMidAttention ? map + attentionFloats(channels, 1, latentPixels) : 0;
  return map + std::max(resnetFloats(channels, channels, latentPixels), attention);
}

}  // namespace

int64_t unetFloats(const UNetConfig& unet, MapSize latents, int64_t rows) {
  UnetWalk walk(unet, latents, rows);
  walk.down();
  walk.middle();
  walk.up();
  return walk.most();
}

int64_t controlNetFloats(const UNetConfig& unet, MapSize latents, int64_t rows) {
  UnetWalk walk(unet, latents, rows);
  walk.down();
  walk.middle();
  return std::max(walk.most(), 2 * walk.skips());
}

int64_t controlResidualFloats(const UNetConfig& unet, MapSize latents, int64_t rows) {
  UnetWalk walk(unet, latents, rows);
  walk.down();
  return walk.skips();
}

int64_t decoderFloats(const AutoencoderConfig& vae, MapSize latents, VaeTiling tiling) {
  const int64_t factor = vae.factor(), latentPixels = latents.height * latents.width;
  int64_t most = vaeMiddleFloats(vae, latentPixels), pixels = latentPixels, inputs = vae.channels.back();
  if (worksInStrips(tiling, latents.width * factor, latents.height * factor))
    return std::max(most, strippedFloats(vae, latentPixels * factor * factor));
  for (size_t i = vae.channels.size(); i-- > 0;) {
    const int64_t channels = vae.channels[i];
    most = std::max({most, vaeResnetFloats(inputs, channels, pixels), vaeResnetFloats(channels, channels, pixels)});
    if (i > 0) {
      most = std::max(most, 5 * channels * pixels + convolutionFloats(channels, channels, 4 * pixels));
      pixels *= 4;
    }
    inputs = channels;
  }
  return most;
}

int64_t tinyDecoderFloats(int64_t channels, MapSize latents) {
  const int64_t pixels =
      latents.height * latents.width * AutoencoderTinyDecoder::kFactor * AutoencoderTinyDecoder::kFactor;
  // a block: its input, the maps before and after one of its convolutions
  return 3 * channels * pixels + convolutionFloats(channels, channels, pixels);
}

int64_t encoderFloats(const AutoencoderConfig& vae, MapSize latents, VaeTiling tiling) {
  const int64_t factor = vae.factor();
  int64_t pixels = latents.height * latents.width * factor * factor, inputs = vae.channels.front();
  int64_t most = vaeMiddleFloats(vae, latents.height * latents.width) + 3 * pixels;
  if (worksInStrips(tiling, latents.width * factor, latents.height * factor))
    return std::max(most, strippedFloats(vae, pixels));
  const int64_t picture = 3 * pixels;
  for (const int64_t channels : vae.channels) {
    most = std::max({most, picture + vaeResnetFloats(inputs, channels, pixels),
                     picture + vaeResnetFloats(channels, channels, pixels)});
    inputs = channels;
    if (&channels != &vae.channels.back()) pixels /= 4;
  }
  return most;
}

}  // namespace lorikeet
