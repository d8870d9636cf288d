#include "pipeline/picture_upscaler.h"

#include <fmt/format.h>
#include <lorikeet/error.h>
#include <lorikeet/picture_io.h>
#include <lorikeet/request.h>

#include <algorithm>

#include "imaging/brightness.h"
#include "imaging/resize.h"
#include "imaging/tensor_image.h"
#include "imaging/tiles.h"
#include "pipeline/memory_estimate.h"

namespace lorikeet {
namespace {

/// Pixels over which neighbouring pieces fade into each other, beside the halo that is cut off.
constexpr int kFade = 8;
constexpr int kMaxPasses = 3;

/// A picture as a network sees it, its sides filled up to what the network needs.
Tensor networkInput(const Image& picture, const UpscalerNetwork::Traits& traits) {
  return traits.channels == 1 ? brightnessToTensor(picture) : controlToTensor(picture);
}

Image networkOutput(Tensor values, const UpscalerNetwork::Traits& traits, const Image& source) {
  if (traits.channels == 1) return withBrightness(values, source);
  for (float& v : values.values()) v = 2 * v - 1;
  return tensorToImage(values);
}

/// Side lengths rounded up to a multiple by repeating the last pixels, with `border` more pixels around that continue
/// the picture: the opposite edge where it wraps, else the mirrored one.
Tensor padded(const Tensor& x, int multiple, int border, Wrap wrap) {
  const auto height = static_cast<int>(x.dim(1)), width = static_cast<int>(x.dim(2));
  const auto target = [&](int side) { return (side + multiple - 1) / multiple * multiple + 2 * border; };
  const auto source = [&](int at, int side, bool wraps) {
    const int position = at - border;
    return wraps ? (position % side + side) % side : std::clamp(position, 0, side - 1);
  };
  Tensor y({1, target(height), target(width), x.dim(3)});
  float* out = y.data();
  for (int row = 0; row < y.dim(1); ++row)
    for (int column = 0; column < y.dim(2); ++column)
      out = std::copy_n(
          x.data() +
              (static_cast<int64_t>(source(row, height, wrap.y)) * width + source(column, width, wrap.x)) * x.dim(3),
          x.dim(3), out);
  return y;
}

/// A piece without the halo on those sides that do not lie on the picture's border.
Rect withoutHalo(const Rect& piece, int width, int height, int halo) {
  const int left = piece.x > 0 ? halo : 0, top = piece.y > 0 ? halo : 0;
  const int right = piece.x + piece.width < width ? halo : 0, bottom = piece.y + piece.height < height ? halo : 0;
  return {piece.x + left, piece.y + top, piece.width - left - right, piece.height - top - bottom};
}

Tensor runInPieces(const ExecutionContext& context, const UpscalerNetwork& network, const Tensor& input,
                   const UpscaleProgress& progress) {
  const UpscalerNetwork::Traits& traits = network.traits();
  const auto height = static_cast<int>(input.dim(1)), width = static_cast<int>(input.dim(2));
  const int overlap = 2 * traits.halo + kFade, side = traits.tileSize + 2 * traits.halo;
  std::vector<Rect> pieces = planTiles(width / traits.multiple, height / traits.multiple, side / traits.multiple,
                                       side / traits.multiple, (overlap + traits.multiple - 1) / traits.multiple);
  TileBlender blender(width * traits.scale, height * traits.scale, traits.channels, kFade * traits.scale);
  for (size_t i = 0; i < pieces.size(); ++i) {
    const Rect piece = scaled(pieces[i], traits.multiple), kept = withoutHalo(piece, width, height, traits.halo);
    const Tensor result = network(context, cropTile(input, piece));
    const Rect inner{kept.x - piece.x, kept.y - piece.y, kept.width, kept.height};
    blender.add(cropTile(result, scaled(inner, traits.scale)), scaled(kept, traits.scale));
    if (progress) progress(static_cast<double>(i + 1) / static_cast<double>(pieces.size()));
    context.throwIfStopped();
  }
  return std::move(blender).finish();
}

void checkUpscaledSize(int64_t width, int64_t height) {
  const PictureLimits limits;
  if (width > limits.maxSide || height > limits.maxSide || width * height > limits.maxPixels || width < 1 || height < 1)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("The enlarged picture would be {}x{} pixels; at most {} a side and {} million in all are "
                            "possible.",
                            width, height, limits.maxSide, limits.maxPixels / 1'000'000));
  requireMemory(fmt::format("A picture of {}x{}", width, height),
                width * height * 4 * static_cast<int64_t>(sizeof(float)), availableMemoryBytes());
}

ResizeFilter filterOf(UpscaleMethod method) {
  switch (method) {
    case UpscaleMethod::Nearest:
      return ResizeFilter::Nearest;
    case UpscaleMethod::Bicubic:
      return ResizeFilter::Bicubic;
    default:
      return ResizeFilter::Lanczos;
  }
}

}  // namespace

Image enlargeWithNetwork(const ExecutionContext& context, const UpscalerNetwork& network, const Image& picture,
                         const UpscaleProgress& progress) {
  const UpscalerNetwork::Traits& traits = network.traits();
  checkUpscaledSize(int64_t{picture.width} * traits.scale, int64_t{picture.height} * traits.scale);
  // Where edges join, the network looks across them; padding inside it then only touches what is cut off.
  const ExecutionContext plain = context.withWrap({});
  const bool wraps = context.wrap() != Wrap{};
  const int border = wraps ? (traits.halo + traits.multiple - 1) / traits.multiple * traits.multiple : 0;
  const Tensor input = padded(networkInput(picture, traits), traits.multiple, border, context.wrap());
  const Tensor output = runInPieces(plain, network, input, progress);
  const Rect inner{border, border, picture.width, picture.height};
  return networkOutput(cropTile(output, scaled(inner, traits.scale)), traits, picture);
}

Image enlargePicture(const ExecutionContext& context, UpscaleMethod method, const UpscalerNetwork* network,
                     const Image& picture, int width, int height, const UpscaleProgress& progress) {
  CHECK(!isLatent(method) && (method == UpscaleMethod::Network) == (network != nullptr));
  checkUpscaledSize(width, height);
  if (network == nullptr) return resizeImage(picture, width, height, filterOf(method), context.stopToken());
  Image enlarged = picture;
  for (int pass = 0; pass < kMaxPasses && (enlarged.width < width || enlarged.height < height || pass == 0); ++pass) {
    enlarged = enlargeWithNetwork(context, *network, enlarged, progress);
    if (network->traits().scale == 1) break;
  }
  return resizeImage(enlarged, width, height, ResizeFilter::Lanczos, context.stopToken());
}

bool isLatent(UpscaleMethod method) {
  return method == UpscaleMethod::Latent || method == UpscaleMethod::LatentNearest ||
         method == UpscaleMethod::LatentBicubic;
}

UpscalerInfo inspectUpscaler(const std::filesystem::path& file) {
  const UpscalerNetwork::Traits traits = UpscalerNetwork::inspect(file);
  return {file.stem().string(), traits.architecture, traits.scale};
}

Upscaler upscalerFromText(const std::string& text) {
  for (const auto& row : upscaleMethodNames())
    if (row.value != UpscaleMethod::Network && (text == row.name || text == row.label)) return {row.value, {}};
  std::error_code ignored;
  const std::filesystem::path file(text);
  if (std::filesystem::exists(file, ignored) || file.has_extension()) return {UpscaleMethod::Network, file};
  return {upscaleMethodFromName(text), {}};
}

std::string label(const Upscaler& upscaler) {
  if (upscaler.method == UpscaleMethod::Network) return upscaler.network.stem().string();
  return std::string(label(upscaler.method));
}

}  // namespace lorikeet
