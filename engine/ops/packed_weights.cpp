#include "ops/packed_weights.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "core/buffer_pool.h"
#include "io/tensor_values.h"
#include "ops/kernels.h"
#include "ops/scratch.h"
#include "ops/transpose.h"

namespace lorikeet {
namespace {

std::shared_ptr<std::byte> newBlock(size_t byteSize) {
  auto* block = static_cast<std::byte*>(BufferPool::instance().take(byteSize));
  return {block, [byteSize](std::byte* p) { BufferPool::instance().give(p, byteSize); }};
}

/// Writes one panel: to[tap][input][32] from rows of `depth` elements ordered [input][tap].
template <class Element>
void packPanel(const std::byte* from, Element* to, int64_t columns, int64_t inputs, int64_t taps) {
  const int64_t depth = inputs * taps;
  constexpr int64_t kBlock = 64;  // inputs at a time, so that 32 rows of reads and writes stay in the L1 cache
  for (int64_t begin = 0; begin < inputs; begin += kBlock) {
    const int64_t end = std::min(inputs, begin + kBlock);
    for (int64_t tap = 0; tap < taps; ++tap)
      for (int64_t n = 0; n < columns; ++n) {
        Element* out = to + (tap * inputs + begin) * kPanelWidth + n;
        const std::byte* in = from + static_cast<size_t>(n * depth + begin * taps + tap) * sizeof(Element);
        for (int64_t i = begin; i < end; ++i, out += kPanelWidth, in += taps * sizeof(Element))
          std::memcpy(out, in, sizeof(Element));  // file tensors need not be aligned
      }
  }
}

template <class Element>
void packAll(const ExecutionContext& context, const std::byte* from, Element* to, int64_t outputs, int64_t inputs,
             int64_t taps) {
  const int64_t panels = (outputs + kPanelWidth - 1) / kPanelWidth;
  const int64_t panelElements = inputs * taps * kPanelWidth;
  context.parallelFor(panels, [&](int64_t panel, int) {
    const int64_t columns = std::min<int64_t>(kPanelWidth, outputs - panel * kPanelWidth);
    Element* out = to + panel * panelElements;
    if (columns < kPanelWidth) std::memset(out, 0, panelElements * sizeof(Element));
    const std::byte* in = from + static_cast<size_t>(panel * kPanelWidth * inputs * taps) * sizeof(Element);
    packPanel(in, out, columns, inputs, taps);
  });
}

}  // namespace

int64_t PackedWeights::panelCount() const { return (outputs_ + kPanelWidth - 1) / kPanelWidth; }

void PackedWeights::setShape(const Shape& shape, DType type) {
  CHECK(shape.rank() == 2 || shape.rank() == 4);
  type_ = type;
  outputs_ = shape[0];
  inputs_ = shape[1];
  taps_ = shape.rank() == 4 ? shape[2] * shape[3] : 1;
  allocate();
}

void PackedWeights::allocate() {
  byteSize_ = panelCount() * kPanelWidth * depth() * static_cast<int64_t>(lorikeet::byteSize(type_));
  data_ = newBlock(byteSize_);
}

PackedWeights PackedWeights::pack(const ExecutionContext& context, const RawTensor& weight) {
  if (weight.dtype != DType::F16 && weight.dtype != DType::BF16 && weight.dtype != DType::F32) {
    const Tensor values = toTensor(weight);
    return pack(context, values.shape(), values.data());
  }
  PackedWeights packed;
  packed.setShape(weight.shape, weight.dtype);
  if (weight.dtype == DType::F32)
    packAll(context, weight.bytes.data(), reinterpret_cast<float*>(packed.data_.get()), packed.outputs_, packed.inputs_,
            packed.taps_);
  else
    packAll(context, weight.bytes.data(), reinterpret_cast<uint16_t*>(packed.data_.get()), packed.outputs_,
            packed.inputs_, packed.taps_);
  return packed;
}

PackedWeights PackedWeights::pack(const ExecutionContext& context, const Shape& shape, const float* values) {
  PackedWeights packed;
  packed.setShape(shape, DType::F32);
  packAll(context, reinterpret_cast<const std::byte*>(values), reinterpret_cast<float*>(packed.data_.get()),
          packed.outputs_, packed.inputs_, packed.taps_);
  return packed;
}

void PackedWeights::setTerms(WeightTerms terms, std::shared_ptr<std::atomic<int64_t>> clock) {
  terms_ = std::move(terms);
  clock_ = std::move(clock);
}

PackedWeights PackedWeights::merged(const ExecutionContext& context) const {
  PackedWeights sum;
  sum.type_ = DType::F32;
  sum.outputs_ = outputs_;
  sum.inputs_ = inputs_;
  sum.taps_ = taps_;
  sum.allocate();
  const int64_t panelFloats = depth() * kPanelWidth;
  context.parallelFor(panelCount(), [&](int64_t index, int) {
    float* to = reinterpret_cast<float*>(sum.data_.get()) + index * panelFloats;
    const float* values = panel(index, 0, depth(), to);
    if (values != to) std::copy_n(values, panelFloats, to);
  });
  return sum;
}

PackedWeights PackedWeights::transposed() const {
  PackedWeights turned = *this;
  std::swap(turned.outputs_, turned.inputs_);
  turned.turned_ = !turned_;
  turned.terms_.clear();
  turned.clock_ = nullptr;
  return turned;
}

const float* PackedWeights::turnedPanel(int64_t index, int64_t depthBegin, int64_t depthCount, float* scratch) const {
  const int64_t first = index * kPanelWidth, columns = std::min<int64_t>(kPanelWidth, outputs_ - first);
  const int64_t storedDepth = taps_ * outputs_;
  alignas(64) float block[kPanelWidth * kPanelWidth];
  if (columns < kPanelWidth) std::fill_n(scratch, depthCount * kPanelWidth, 0.F);
  for (int64_t d = depthBegin; d < depthBegin + depthCount;) {
    const int64_t tap = taps_ - 1 - d / inputs_, from = d % inputs_, lane = from % kPanelWidth;
    const int64_t count = std::min({kPanelWidth - lane, inputs_ - from, depthBegin + depthCount - d});
    const int64_t offset = (from / kPanelWidth * storedDepth + tap * outputs_ + first) * kPanelWidth;
    const float* values = widened(offset, columns * kPanelWidth, block);
    transposeBlock(values + lane, kPanelWidth, scratch + (d - depthBegin) * kPanelWidth, kPanelWidth, columns, count);
    d += count;
  }
  return scratch;
}

const float* PackedWeights::widened(int64_t offset, int64_t count, float* scratch) const {
  if (type_ == DType::F32) return reinterpret_cast<const float*>(data_.get()) + offset;
  const uint16_t* from = reinterpret_cast<const uint16_t*>(data_.get()) + offset;
  const Kernels& k = kernels();
  (type_ == DType::F16 ? k.f16ToF32 : k.bf16ToF32)(from, scratch, count);
  return scratch;
}

const float* PackedWeights::storedPanel(const PanelPart& part, float* scratch) const {
  if (turned_) return turnedPanel(part.index, part.depthBegin, part.depthCount, scratch);
  return widened((part.index * depth() + part.depthBegin) * kPanelWidth, part.depthCount * kPanelWidth, scratch);
}

const float* PackedWeights::addTerms(const PanelPart& part, float* scratch) const {
  const bool readsStored =
      std::any_of(terms_.begin(), terms_.end(), [](const auto& term) { return term->readsStored(); });
  const int64_t count = part.depthCount * kPanelWidth;
  const float* stored = storedPanel(part, readsStored ? threadScratch(ScratchSlot::Stored, count) : scratch);
  if (stored != scratch) std::copy_n(stored, count, scratch);
  const auto start = std::chrono::steady_clock::now();
  for (const auto& term : terms_) term->addTo(*this, part, stored, scratch);
  if (clock_ != nullptr) {
    const auto elapsed = std::chrono::steady_clock::now() - start;
    clock_->fetch_add(std::chrono::nanoseconds(elapsed).count(), std::memory_order_relaxed);
  }
  return scratch;
}

const float* PackedWeights::panel(int64_t index, int64_t depthBegin, int64_t depthCount, float* scratch) const {
  const PanelPart part{index, depthBegin, depthCount};
  return terms_.empty() ? storedPanel(part, scratch) : addTerms(part, scratch);
}

}  // namespace lorikeet
