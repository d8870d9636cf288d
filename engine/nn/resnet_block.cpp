#include "nn/resnet_block.h"

#include <algorithm>

#include "ops/elementwise.h"

namespace lorikeet {
namespace {

/// Rows of a map with one more on either side, normalised; rows outside the map are the zeros that pad a convolution.
class NormalizedRows {
 public:
  NormalizedRows(const ExecutionContext& context, const GroupNorm& norm, const MapRows& map)
      : context_(context), norm_(norm), map_(map), affine_(norm.affine(map.moments(context))) {}

  Tensor around(int64_t first, int64_t count) const {
    return normalized(map_.rowsAround(context_, first - 1, count + 2), first);
  }
  /// `rows` as rowsAround() gave them.
  Tensor normalized(Tensor rows, int64_t first) const {
    norm_.apply(context_, rows, affine_, true);
    if (context_.wrap().y) return rows;
    const int64_t row = rows.dim(2) * rows.dim(3), last = rows.dim(1) - 1;
    if (first == 0) std::fill_n(rows.data(), row, 0.F);
    if (first - 1 + last >= map_.height()) std::fill_n(rows.data() + last * row, row, 0.F);
    return rows;
  }

 private:
  const ExecutionContext& context_;
  const GroupNorm& norm_;
  const MapRows& map_;
  ChannelMoments::Affine affine_;
};

/// A copy of some rows of [1, H, W, C].
Tensor copyRows(const Tensor& x, int64_t first, int64_t count) {
  const int64_t row = x.dim(2) * x.dim(3);
  Tensor rows({1, count, x.dim(2), x.dim(3)});
  std::copy_n(x.data() + first * row, count * row, rows.data());
  return rows;
}

void replaceRow(Tensor& rows, int64_t at, const Tensor& row) {
  std::copy_n(row.data(), row.size(), rows.data() + at * static_cast<int64_t>(row.size()));
}

/// A 3x3 convolution of rows with one more on either side: the result of the inner ones.
Tensor innerConvolution(const ExecutionContext& context, const Conv2d& convolution, const Tensor& around) {
  return copyRows(convolution(context.withWrap({context.wrap().x, false}), around), 1, around.dim(1) - 2);
}

}  // namespace

ResnetBlock::ResnetBlock(const LayerSource& source, int64_t inputs, int64_t outputs, int64_t timeChannels,
                         int normGroups, float epsilon)
    : norm1_(source.scope("norm1"), normGroups, inputs, epsilon),
      conv1_(source.scope("conv1"), inputs, outputs),
      norm2_(source.scope("norm2"), normGroups, outputs, epsilon),
      conv2_(source.scope("conv2"), outputs, outputs) {
  if (timeChannels > 0) timeProjection_.emplace(source.scope("time_emb_proj"), timeChannels, outputs);
  if (inputs != outputs) shortcut_.emplace(source.scope("conv_shortcut"), inputs, outputs, kPointwise);
}

Tensor ResnetBlock::operator()(const ExecutionContext& context, const FeatureMap& x,
                               const Tensor* activatedTime) const {
  Tensor time;
  Conv2d::Options first;
  if (timeProjection_) {
    time = (*timeProjection_)(context, *activatedTime);
    first.imageBias = &time;
  }
  Tensor h = conv1_(context, norm1_(context, x, true), first);
  norm2_.inPlace(context, h, true);
  if (shortcut_) {
    const Tensor shortcut = (*shortcut_)(context, x);
    return conv2_(context, h, {.residual = &shortcut});
  }
  CHECK(x.partCount() == 1);
  return conv2_(context, h, {.residual = &x.tensor()});
}

Tensor ResnetBlock::consume(const ExecutionContext& context, Tensor x) const {
  CHECK(!timeProjection_);
  if (!shortcut_) return (*this)(context, x, nullptr);
  const Tensor shortcut = (*shortcut_)(context, x);
  norm1_.inPlace(context, x, true);
  Tensor h = conv1_(context, x);
  x = Tensor();
  norm2_.inPlace(context, h, true);
  return conv2_(context, h, {.residual = &shortcut});
}

std::unique_ptr<StoredMap> ResnetBlock::inStrips(const ExecutionContext& context, const MapRows& x) const {
  CHECK(!timeProjection_);
  const int64_t outputs = conv1_.outputs();
  auto h = std::make_unique<StoredMap>(x.height(), x.width(), outputs);
  const NormalizedRows first(context, norm1_, x);
  forStrips(*h, [&](int64_t row, int64_t count) {
    h->write(context, row, innerConvolution(context, conv1_, first.around(row, count)));
  });

  // The result takes the place of h, strip by strip; rows that a later strip looks at are copied before.
  const NormalizedRows second(context, norm2_, *h);
  h->restartMoments();
  Tensor above, top;
  forStrips(*h, [&](int64_t row, int64_t count) {
    Tensor around = h->rowsAround(context, row - 1, count + 2);
    if (row > 0) replaceRow(around, 0, above);
    if (row == 0) top = copyRows(around, 1, 1);
    if (context.wrap().y && row > 0 && row + count == h->height()) replaceRow(around, count + 1, top);
    above = copyRows(around, count, 1);
    Tensor result = innerConvolution(context, conv2_, second.normalized(std::move(around), row));
    Tensor before = x.rows(context, row, count);
    if (shortcut_) before = (*shortcut_)(context, before);
    addInPlace(context, result, before);
    h->write(context, row, result);
  });
  return h;
}

}  // namespace lorikeet
