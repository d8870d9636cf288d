#include "ops/attention_panels.h"

#include <algorithm>
#include <cstring>

#include "ops/reduced_rows.h"
#include "ops/scratch.h"

namespace lorikeet {
namespace {

/// Keys per block at most, and floats of keys and values that a block may take (256 KB).
constexpr int64_t kMaxKeyBlock = 256;
constexpr int64_t kBlockFloats = int64_t{1} << 16;

int64_t keyBlockFor(int64_t depth) {
  return std::clamp<int64_t>(kBlockFloats / (2 * depth) / kPanelWidth * kPanelWidth, 2 * kPanelWidth, kMaxKeyBlock);
}

/// The head's part of row `row` of [N, rows, heads * depth].
const float* headRow(const Tensor& x, int64_t heads, int64_t unit, int64_t row) {
  const int64_t depth = x.dim(2) / heads;
  return x.data() + (unit / heads * x.dim(1) + row) * x.dim(2) + unit % heads * depth;
}

}  // namespace

AttentionPanels::AttentionPanels(const ExecutionContext& context, const Tensor& k, const Tensor& v, int64_t heads,
                                 const ReducedKernels* reduced)
    : reduced_(reduced),
      heads_(heads),
      depth_(k.dim(2) / heads),
      keys_(k.dim(1)),
      columns_(reduced == nullptr ? (depth_ + 7) / 8 * 8 : (depth_ + 15) / 16 * 16),
      keyBlock_(keyBlockFor(depth_)),
      keyPanels_((keys_ + kPanelWidth - 1) / kPanelWidth),
      keyBlocks_((keys_ + keyBlock_ - 1) / keyBlock_),
      keyLayout_(layoutOf(depth_)),
      valueLayout_(layoutOf(keyBlock_)) {
  const int64_t units = k.dim(0) * heads;
  const auto floats = [](const Layout& layout, int64_t panels) { return (layout.bytes / 4 + layout.scales) * panels; };
  keyData_ = Tensor({floats(keyLayout_, units * keyPanels_)});
  valueData_ = Tensor(
      {reduced == nullptr ? units * keys_ * columns_ : floats(valueLayout_, units * keyBlocks_ * valuePanels())});
  context.parallelFor(units * keyBlocks_, [&](int64_t index, int) {
    const int64_t unit = index / keyBlocks_, block = index % keyBlocks_, perBlock = keyBlock_ / kPanelWidth;
    for (int64_t panel = block * perBlock; panel < std::min(keyPanels_, (block + 1) * perBlock); ++panel)
      packKeys(k, unit, panel);
    if (reduced_ == nullptr)
      packFloatValues(v, unit, block);
    else
      packValues(v, unit, block);
  });
}

AttentionPanels::Layout AttentionPanels::layoutOf(int64_t depth) const {
  if (reduced_ == nullptr) return {depth * kPanelWidth * static_cast<int64_t>(sizeof(float)), 0};
  return {reducedPanelBytes(*reduced_, depth), reducedPanelScales(*reduced_, depth)};
}

ReducedPanel AttentionPanels::panelAt(const Tensor& data, const Layout& layout, int64_t index, int64_t depth) const {
  const float* place = data.data() + index * (layout.bytes / 4 + layout.scales);
  return {reinterpret_cast<const std::byte*>(place), place + layout.bytes / 4, depth};
}

void AttentionPanels::store(const float* values, const Layout& layout, int64_t index, int64_t depth,
                            Tensor& data) const {
  float* place = data.data() + index * (layout.bytes / 4 + layout.scales);
  if (reduced_ == nullptr)
    std::memcpy(place, values, static_cast<size_t>(layout.bytes));
  else
    reduced_->panel(values, depth, reinterpret_cast<std::byte*>(place), place + layout.bytes / 4);
}

void AttentionPanels::packKeys(const Tensor& k, int64_t unit, int64_t panel) {
  float* turned = threadScratch(ScratchSlot::Panel, depth_ * kPanelWidth);
  const int64_t first = panel * kPanelWidth;
  for (int64_t j = 0; j < kPanelWidth; ++j) {
    const float* from = first + j < keys_ ? headRow(k, heads_, unit, first + j) : nullptr;
    for (int64_t d = 0; d < depth_; ++d) turned[d * kPanelWidth + j] = from != nullptr ? from[d] : 0.F;
  }
  store(turned, keyLayout_, unit * keyPanels_ + panel, depth_, keyData_);
}

void AttentionPanels::packFloatValues(const Tensor& v, int64_t unit, int64_t block) {
  const int64_t first = block * keyBlock_;
  float* to = valueData_.data() + (unit * keys_ + first) * columns_;
  for (int64_t key = first; key < std::min(keys_, first + keyBlock_); ++key, to += columns_) {
    std::memcpy(to, headRow(v, heads_, unit, key), static_cast<size_t>(depth_) * sizeof(float));
    std::fill(to + depth_, to + columns_, 0.F);
  }
}

void AttentionPanels::packValues(const Tensor& v, int64_t unit, int64_t block) {
  float* values = threadScratch(ScratchSlot::Panel, keyBlock_ * kPanelWidth);
  const int64_t first = block * keyBlock_, count = std::min(keyBlock_, keys_ - first);
  for (int64_t panel = 0; panel < valuePanels(); ++panel) {
    const int64_t column = panel * kPanelWidth, width = std::min<int64_t>(kPanelWidth, depth_ - column);
    std::fill_n(values, padded(count) * kPanelWidth, 0.F);
    for (int64_t key = 0; key < count; ++key)
      std::copy_n(headRow(v, heads_, unit, first + key) + column, width, values + key * kPanelWidth);
    store(values, valueLayout_, (unit * keyBlocks_ + block) * valuePanels() + panel, padded(count), valueData_);
  }
}

void AttentionPanels::score(const AttentionRows& rows, int64_t unit, int64_t begin, int64_t count,
                            float* scores) const {
  for (int64_t j = 0; j < count; j += kPanelWidth) {
    const ReducedPanel panel = panelAt(keyData_, keyLayout_, unit * keyPanels_ + (begin + j) / kPanelWidth, depth_);
    if (reduced_ != nullptr)
      reduced_->tile(rows.reduced, panel, kPanelWidth, scores + j, keyBlock_, false);
    else
      kernels().tile(rows.values, rows.count, reinterpret_cast<const float*>(panel.values), kPanelWidth, kPanelWidth,
                     depth_, scores + j, keyBlock_, false);
  }
}

void AttentionPanels::mix(const AttentionRows& rows, int64_t unit, int64_t begin, int64_t count, float* out,
                          bool accumulate) const {
  const float* values = reduced_ == nullptr ? valueData_.data() + (unit * keys_ + begin) * columns_ : nullptr;
  const int64_t firstPanel = (unit * keyBlocks_ + begin / keyBlock_) * valuePanels();
  for (int64_t j = 0; j < columns_; j += kPanelWidth) {
    const int width = static_cast<int>(std::min<int64_t>(kPanelWidth, columns_ - j));
    if (reduced_ != nullptr)
      reduced_->tile(rows.reduced, panelAt(valueData_, valueLayout_, firstPanel + j / kPanelWidth, padded(count)),
                     width, out + j, columns_, accumulate);
    else
      kernels().tile(rows.values, rows.count, values + j, columns_, width, count, out + j, columns_, accumulate);
  }
}

}  // namespace lorikeet
