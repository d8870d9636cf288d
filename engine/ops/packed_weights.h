#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "core/execution_context.h"
#include "core/tensor.h"
#include "io/raw_tensor.h"
#include "ops/weight_term.h"

namespace lorikeet {

/// How weights are kept in memory. What products compute with is another matter (Arithmetic).
enum class WeightStorage : uint8_t {
  AsInFile,  ///< F32 and 16-bit types as they are, 8-bit floating point as BF16, which holds it exactly
  Bits16,    ///< F32 rounded to BF16
  Int8,      ///< whole numbers with a scale (packPanelsAsInt8); layers of less than 32 inputs or outputs as Bits16
};

/// The weights of a linear layer or convolution in the order in which the matrix kernels read them: panels of
/// kPanelWidth output channels, [panel][tap][input channel][32], in 32, 16 or 8 bits. Widening to f32 happens a panel
/// at a time while a product runs (under 2 % of its time), so an f32 computation needs no more memory than the
/// checkpoint itself. The same panels serve direct and Winograd convolution.
class PackedWeights {
 public:
  PackedWeights() = default;
  /// weight: [outputs, inputs] or [outputs, inputs, kernelHeight, kernelWidth] of floating-point values. Looks at a few
  /// kilobytes of it at a time. Throws Error(Unsupported) for integers.
  static PackedWeights pack(const ExecutionContext& context, const RawTensor& weight,
                            WeightStorage storage = WeightStorage::AsInFile);
  /// The same for values that were computed, f32 [outputs, inputs(, kernelHeight, kernelWidth)].
  static PackedWeights pack(const ExecutionContext& context, const Shape& shape, const float* values,
                            WeightStorage storage = WeightStorage::AsInFile);

  /// What pack() made of a weight of this shape and type earlier and bytes() gave; its owner is kept. Nothing if these
  /// are not as many bytes.
  static std::optional<PackedWeights> adopt(const Shape& shape, DType type, WeightStorage storage,
                                            const RawTensor& bytes);
  /// All that is stored, without the terms.
  std::span<const std::byte> bytes() const { return {data_.get(), static_cast<size_t>(byteSize_)}; }
  const std::shared_ptr<const std::byte>& owner() const { return data_; }

  /// What pack() needs memory for.
  static int64_t byteSizeOf(const Shape& shape, DType type, WeightStorage storage);

  /// The name that measurements show, such as the weight's; what it refers to must outlive this object.
  void setLabel(std::string_view label) { label_ = label; }
  std::string_view label() const { return label_; }

  int64_t outputs() const { return outputs_; }
  int64_t inputs() const { return inputs_; }
  int64_t taps() const { return taps_; }
  /// taps * inputs: rows of a panel.
  int64_t depth() const { return taps_ * inputs_; }
  int64_t panelCount() const;
  int64_t byteSize() const { return byteSize_; }

  /// Adds these terms to every panel from now on, in place of those before. The stored values stay as they are, so
  /// without terms the results are again bit for bit those of the untouched weights. The time that the terms take, in
  /// nanoseconds of all threads together, is added to *clock, if there is one.
  void setTerms(WeightTerms terms, std::shared_ptr<std::atomic<int64_t>> clock = nullptr);
  bool hasTerms() const { return !terms_.empty(); }
  /// The sums of values and terms as stored values, F32: the same bits that panel() gives, without its work.
  PackedWeights merged(const ExecutionContext& context) const;

  /// The same values read the other way round, outputs as inputs with the taps in reverse order, which is what carries
  /// the gradient of a layer's result back to its input. Shares the stored values; blocks are turned while a product
  /// runs. Without the terms.
  PackedWeights transposed() const;
  /// Whether making a panel ready costs more than widening it, so that many rows should share it.
  bool isCostly() const { return !terms_.empty() || turned_; }

  /// Rows [depthBegin, depthBegin + depthCount) of a panel as f32 [depthCount][32]: either the stored values or
  /// widened into `scratch`, where the terms are added. Columns past outputs() are zero.
  const float* panel(int64_t index, int64_t depthBegin, int64_t depthCount, float* scratch) const;

  /// The same without the terms.
  const float* storedPanel(const PanelPart& part, float* scratch) const;

 private:
  void setShape(const Shape& shape, DType type);
  const float* addTerms(const PanelPart& part, float* scratch) const;
  /// Stored rows as f32, in place or in `scratch`.
  const float* widened(const PanelPart& part, float* scratch) const;
  void widenInt8(const PanelPart& part, float* to) const;
  int64_t storedInputs() const { return turned_ ? outputs_ : inputs_; }
  const float* turnedPanel(int64_t index, int64_t depthBegin, int64_t depthCount, float* scratch) const;
  void setData(std::shared_ptr<const std::byte> data);
  /// Stored numbers, those of the columns past outputs() included.
  int64_t numberCount() const;
  std::shared_ptr<const std::byte> data_;
  const float* scales_ = nullptr;  ///< inside data_, where that is I8
  WeightTerms terms_;
  std::shared_ptr<std::atomic<int64_t>> clock_;
  DType type_ = DType::F32;
  int64_t outputs_ = 0;
  int64_t inputs_ = 0;
  int64_t taps_ = 1;
  int64_t byteSize_ = 0;
  std::string_view label_;
  bool turned_ = false;  ///< panels are stored of inputs() columns and outputs() rows
};

}  // namespace lorikeet
