#include "imaging/masked_content.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "core/check.h"
#include "imaging/composite.h"
#include "imaging/resize.h"
#include "lorikeet/error.h"

namespace lorikeet {
namespace {

constexpr int kMaxCanvasSide = 16384;
constexpr uint8_t kGrey = 128;

struct BlurStep {
  int radius;
  int repeats;
};
constexpr BlurStep kFillSteps[] = {{256, 1}, {64, 1}, {16, 2}, {4, 4}, {2, 2}, {0, 1}};

/// One pass of a box of fractional width along one axis: a mixture of the next smaller and larger whole boxes.
void boxPass(cv::Mat& values, int inner, float outerWeight, bool alongX) {
  const auto size = [&](int radius) { return alongX ? cv::Size(2 * radius + 1, 1) : cv::Size(1, 2 * radius + 1); };
  cv::Mat outer;
  cv::boxFilter(values, outer, -1, size(inner + 1), {-1, -1}, true, cv::BORDER_REPLICATE);
  cv::boxFilter(values, values, -1, size(inner), {-1, -1}, true, cv::BORDER_REPLICATE);
  cv::addWeighted(values, 1 - outerWeight, outer, outerWeight, 0, values);
}

/// Pillow's GaussianBlur: three boxes whose variance adds up to the radius squared.
cv::Mat pillowBlur(const cv::Mat& values, int radius) {
  cv::Mat result = values.clone();
  if (radius == 0) return result;
  constexpr int kPasses = 3;
  const double width = std::sqrt(12.0 * radius * radius / kPasses + 1);
  const int inner = static_cast<int>((width - 1) / 2);
  const double l = inner;
  const double edge = (2 * l + 1) * (l * (l + 1) - 3.0 * radius * radius / kPasses) /
                      (6 * (static_cast<double>(radius) * radius / kPasses - (l + 1) * (l + 1)));
  // A box of 2l+1 full samples and two of weight `edge`, as a mixture of two normalised boxes.
  const double total = 2 * l + 1 + 2 * edge;
  const auto outerWeight = static_cast<float>(edge * (2 * l + 3) / total);
  for (const bool alongX : {true, false})
    for (int pass = 0; pass < kPasses; ++pass) boxPass(result, inner, outerWeight, alongX);
  return result;
}

/// The blurred values inside `bounds`, computed from no more than what reaches them; wide blurs on a reduced picture.
cv::Mat blurWithin(const cv::Mat& values, const cv::Rect& bounds, int radius) {
  const int reach = 3 * (radius + 1);
  const cv::Rect wanted(bounds.x - reach, bounds.y - reach, bounds.width + 2 * reach, bounds.height + 2 * reach);
  const cv::Rect area = wanted & cv::Rect(0, 0, values.cols, values.rows);
  const cv::Rect inside(bounds.x - area.x, bounds.y - area.y, bounds.width, bounds.height);
  int factor = 1;
  while (radius / factor > 16 && std::min(area.width, area.height) / factor > 64) factor *= 2;
  if (factor == 1) return pillowBlur(values(area), radius)(inside).clone();
  cv::Mat small;
  cv::resize(values(area), small, {(area.width + factor - 1) / factor, (area.height + factor - 1) / factor}, 0, 0,
             cv::INTER_AREA);
  cv::Mat blurred;
  cv::resize(pillowBlur(small, radius / factor), blurred, area.size(), 0, 0, cv::INTER_LINEAR);
  return blurred(inside).clone();
}

/// RGB times opacity, and opacity, all 0..1; masked parts are transparent.
cv::Mat premultipliedUnmasked(const Image& source, const Mask& mask) {
  cv::Mat values(source.height, source.width, CV_32FC4);
  auto* out = values.ptr<float>();
  for (size_t i = 0; i < mask.values.size(); ++i, out += 4) {
    const float alpha = static_cast<float>(255 - mask.values[i]) / 255.0F;
    for (size_t c = 0; c < 3; ++c) out[c] = static_cast<float>(source.pixels[3 * i + c]) / 255.0F * alpha;
    out[3] = alpha;
  }
  return values;
}

/// Lays a premultiplied layer over a premultiplied ground.
void layOver(cv::Mat& ground, const cv::Mat& layer) {
  auto* g = ground.ptr<float>();
  const auto* l = layer.ptr<float>();
  for (size_t i = 0; i < ground.total(); ++i, g += 4, l += 4)
    for (int c = 0; c < 4; ++c) g[c] = l[c] + g[c] * (1 - l[3]);
}

/// The source with its mask's bounds replaced by the blurred surroundings.
Image surroundings(const Image& source, const Mask& mask) {
  const Rect bounds = maskBounds(mask);
  const cv::Mat unmasked = premultipliedUnmasked(source, mask);
  cv::Mat ground(bounds.height, bounds.width, CV_32FC4, cv::Scalar::all(0));
  for (const BlurStep& step : kFillSteps) {
    const cv::Mat blurred = blurWithin(unmasked, {bounds.x, bounds.y, bounds.width, bounds.height}, step.radius);
    for (int i = 0; i < step.repeats; ++i) layOver(ground, blurred);
  }
  Image filled = Image::create(bounds.width, bounds.height);
  const auto* in = ground.ptr<float>();
  for (size_t i = 0; i < filled.pixels.size(); i += 3, in += 4) {
    for (size_t c = 0; c < 3; ++c) {
      const float value = in[3] > 1e-6F ? std::clamp(in[c] / in[3] * 255.0F, 0.0F, 255.0F) : float{kGrey};
      filled.pixels[i + c] = static_cast<uint8_t>(std::lround(value));
    }
  }
  Image result = source;
  pasteImage(result, filled, bounds.x, bounds.y);
  return result;
}

/// splitmix64 (Steele, Lea, Flood 2014), counter based: the same bytes on every machine.
uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

Image noisePicture(int width, int height, uint64_t seed) {
  Image noise = Image::create(width, height);
  const uint64_t start = mix(seed);
  for (size_t i = 0; i < noise.pixels.size(); ++i) noise.pixels[i] = static_cast<uint8_t>(mix(start + i) >> 56);
  return noise;
}

void checkExtension(const Image& source, int left, int top, int right, int bottom, int overlap) {
  if (source.empty()) throw Error(ErrorKind::InvalidArgument, "The picture to extend is empty.");
  if (std::min({left, top, right, bottom, overlap}) < 0)
    throw Error(ErrorKind::InvalidArgument, "A picture cannot be extended by a negative number of pixels.");
  if (std::max({left, top, right, bottom}) == 0)
    throw Error(ErrorKind::InvalidArgument, "Outpainting needs at least one pixel of new canvas on some side.");
  if (int64_t{source.width} + left + right > kMaxCanvasSide || int64_t{source.height} + top + bottom > kMaxCanvasSide)
    throw Error(
        ErrorKind::InvalidArgument,
        fmt::format("The extended canvas would be {} x {} pixels, but at most {} a side are possible.",
                    int64_t{source.width} + left + right, int64_t{source.height} + top + bottom, kMaxCanvasSide));
}

/// The part of the source that stays as it is, in canvas coordinates; may be empty.
Rect keptArea(const Rect& source, int left, int top, int right, int bottom, int overlap) {
  Rect kept = source;
  const auto cut = [overlap](int& start, int& length, int before, int after) {
    const int lost = before > 0 ? overlap : 0;
    start += lost;
    length -= lost + (after > 0 ? overlap : 0);
  };
  cut(kept.x, kept.width, left, right);
  cut(kept.y, kept.height, top, bottom);
  return kept;
}

}  // namespace

Image fillMaskedContent(const Image& source, const Mask& mask, MaskedContent content, uint64_t seed) {
  CHECK(source.width == mask.width && source.height == mask.height);
  if (!anyMasked(mask)) return source;
  switch (content) {
    case MaskedContent::Original:
      return source;
    case MaskedContent::Fill:
      return compositeMasked(source, surroundings(source, mask), mask);
    case MaskedContent::Noise:
      return compositeMasked(source, noisePicture(source.width, source.height, seed), mask);
    case MaskedContent::Nothing:
      break;
  }
  Image grey = source;
  std::fill(grey.pixels.begin(), grey.pixels.end(), kGrey);
  return compositeMasked(source, grey, mask);
}

ExtendedCanvas extendCanvas(const Image& source, int left, int top, int right, int bottom, int overlap) {
  checkExtension(source, left, top, right, bottom, overlap);
  overlap = std::min(overlap, kMaxCanvasSide);
  ExtendedCanvas canvas;
  canvas.sourceArea = {left, top, source.width, source.height};
  const int width = source.width + left + right;
  const int height = source.height + top + bottom;
  Image plain = Image::create(width, height);
  pasteImage(plain, source, left, top);
  Mask fresh = Mask::create(width, height, 255);
  pasteMask(fresh, Mask::create(source.width, source.height, 0), left, top);
  canvas.image = fillMaskedContent(plain, fresh, MaskedContent::Fill);
  canvas.mask = Mask::create(width, height, 255);
  const Rect kept = keptArea(canvas.sourceArea, left, top, right, bottom, overlap);
  if (!kept.empty()) pasteMask(canvas.mask, Mask::create(kept.width, kept.height, 0), kept.x, kept.y);
  return canvas;
}

}  // namespace lorikeet
