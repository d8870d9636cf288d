#include "ops/packed_weights.h"

#include <algorithm>
#include <chrono>
#include <span>

#include "core/buffer_pool.h"
#include "io/tensor_values.h"
#include "ops/kernels.h"
#include "ops/pack_panels.h"
#include "ops/scratch.h"
#include "ops/transpose.h"

namespace lorikeet {
namespace {

std::shared_ptr<std::byte> newBlock(size_t byteSize) {
  auto* block = static_cast<std::byte*>(BufferPool::instance().take(byteSize));
  return {block, [byteSize](std::byte* p) { BufferPool::instance().give(p, byteSize); }};
}

DType storedType(const Shape& shape, DType type, WeightStorage storage) {
  const int64_t smallest = std::min(shape[0], shape[1]);
  if (storage == WeightStorage::Int8 && smallest >= kPanelWidth) return DType::I8;
  if (type == DType::F16 || type == DType::BF16) return type;
  const bool is8Bit = type == DType::F8E4M3 || type == DType::F8E5M2;
  return storage == WeightStorage::AsInFile && !is8Bit ? DType::F32 : DType::BF16;
}

}  // namespace

int64_t PackedWeights::panelCount() const { return (outputs_ + kPanelWidth - 1) / kPanelWidth; }

int64_t PackedWeights::numberCount() const { return panelCount() * kPanelWidth * depth(); }

void PackedWeights::setShape(const Shape& shape, DType type) {
  CHECK(shape.rank() == 2 || shape.rank() == 4);
  type_ = type;
  outputs_ = shape[0];
  inputs_ = shape[1];
  taps_ = shape.rank() == 4 ? shape[2] * shape[3] : 1;
  byteSize_ = numberCount() * static_cast<int64_t>(lorikeet::byteSize(type_));
  const int64_t scaleRows = panelCount() * taps_ * ((inputs_ + kScaleRows - 1) / kScaleRows);
  if (type_ == DType::I8) byteSize_ += scaleRows * kPanelWidth * static_cast<int64_t>(sizeof(float));
}

int64_t PackedWeights::byteSizeOf(const Shape& shape, DType type, WeightStorage storage) {
  PackedWeights packed;
  packed.setShape(shape, storedType(shape, type, storage));
  return packed.byteSize();
}

PackedWeights PackedWeights::pack(const ExecutionContext& context, const RawTensor& weight, WeightStorage storage) {
  PackedWeights packed;
  packed.setShape(weight.shape, storedType(weight.shape, weight.dtype, storage));
  const std::shared_ptr<std::byte> data = BufferPool::lasting(packed.byteSize_);
  packed.setData(data);
  const bool isDirect = weight.dtype == DType::F16 || weight.dtype == DType::BF16 || weight.dtype == DType::F32;
  const Tensor values = isDirect ? Tensor() : toTensor(weight);
  const WeightBytes from{isDirect ? weight.bytes.data() : reinterpret_cast<const std::byte*>(values.data()),
                         isDirect ? weight.dtype : DType::F32, packed.outputs_, packed.inputs_, packed.taps_};
  std::byte* to = data.get();
  if (packed.type_ == DType::I8)
    packPanelsAsInt8(context, from, reinterpret_cast<int8_t*>(to), reinterpret_cast<float*>(to + packed.numberCount()));
  else if (packed.type_ == DType::BF16 && from.type != DType::BF16)
    packPanelsAsBf16(context, from, reinterpret_cast<uint16_t*>(to));
  else
    packPanels(context, from, to);
  return packed;
}

std::optional<PackedWeights> PackedWeights::adopt(const Shape& shape, DType type, WeightStorage storage,
                                                  const RawTensor& bytes) {
  PackedWeights packed;
  packed.setShape(shape, storedType(shape, type, storage));
  if (bytes.bytes.size() != static_cast<size_t>(packed.byteSize_)) return std::nullopt;
  packed.setData({bytes.owner, bytes.bytes.data()});
  return packed;
}

void PackedWeights::setData(std::shared_ptr<const std::byte> data) {
  data_ = std::move(data);
  // int8: a byte for each number, the scales behind them
  if (type_ == DType::I8) scales_ = reinterpret_cast<const float*>(data_.get() + numberCount());
}

PackedWeights PackedWeights::pack(const ExecutionContext& context, const Shape& shape, const float* values,
                                  WeightStorage storage) {
  const std::span<const float> all(values, static_cast<size_t>(shape.elementCount()));
  return pack(context, {DType::F32, shape, std::as_bytes(all), nullptr}, storage);
}

void PackedWeights::setTerms(WeightTerms terms, std::shared_ptr<std::atomic<int64_t>> clock) {
  terms_ = std::move(terms);
  clock_ = std::move(clock);
}

PackedWeights PackedWeights::merged(const ExecutionContext& context) const {
  PackedWeights sum;
  sum.setShape({outputs_, inputs_, taps_, 1}, DType::F32);
  const std::shared_ptr<std::byte> data = newBlock(sum.byteSize_);
  sum.setData(data);
  const int64_t panelFloats = depth() * kPanelWidth;
  context.parallelFor(panelCount(), [&](int64_t index, int) {
    float* to = reinterpret_cast<float*>(data.get()) + index * panelFloats;
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
  alignas(64) float block[kPanelWidth * kPanelWidth];
  if (columns < kPanelWidth) std::fill_n(scratch, depthCount * kPanelWidth, 0.F);
  for (int64_t d = depthBegin; d < depthBegin + depthCount;) {
    const int64_t tap = taps_ - 1 - d / inputs_, from = d % inputs_, lane = from % kPanelWidth;
    const int64_t count = std::min({kPanelWidth - lane, inputs_ - from, depthBegin + depthCount - d});
    const PanelPart stored{from / kPanelWidth, tap * outputs_ + first, columns};
    const float* values = widened(stored, block);
    transposeBlock(values + lane, kPanelWidth, scratch + (d - depthBegin) * kPanelWidth, kPanelWidth, columns, count);
    d += count;
  }
  return scratch;
}

const float* PackedWeights::widened(const PanelPart& part, float* scratch) const {
  const int64_t offset = (part.index * taps_ * storedInputs() + part.depthBegin) * kPanelWidth;
  if (type_ == DType::F32) return reinterpret_cast<const float*>(data_.get()) + offset;
  if (type_ == DType::I8) {
    widenInt8(part, scratch);
    return scratch;
  }
  const uint16_t* from = reinterpret_cast<const uint16_t*>(data_.get()) + offset;
  const Kernels& k = kernels();
  (type_ == DType::F16 ? k.f16ToF32 : k.bf16ToF32)(from, scratch, part.depthCount * kPanelWidth);
  return scratch;
}

void PackedWeights::widenInt8(const PanelPart& part, float* to) const {
  const int64_t inputs = storedInputs(), perTap = (inputs + kScaleRows - 1) / kScaleRows;
  const int64_t firstRow = part.index * taps_ * inputs;
  const auto* numbers = reinterpret_cast<const int8_t*>(data_.get());
  const int64_t end = part.depthBegin + part.depthCount;
  for (int64_t row = part.depthBegin; row < end;) {
    const int64_t tap = row / inputs, input = row % inputs;
    const int64_t count = std::min({kScaleRows - input % kScaleRows, inputs - input, end - row});
    const float* scales = scales_ + ((part.index * taps_ + tap) * perTap + input / kScaleRows) * kPanelWidth;
    kernels().int8ToF32(numbers + (firstRow + row) * kPanelWidth, scales, to + (row - part.depthBegin) * kPanelWidth,
                        count);
    row += count;
  }
}

const float* PackedWeights::storedPanel(const PanelPart& part, float* scratch) const {
  if (turned_) return turnedPanel(part.index, part.depthBegin, part.depthCount, scratch);
  return widened(part, scratch);
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
