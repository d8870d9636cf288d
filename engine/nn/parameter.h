#pragma once
#include <map>
#include <memory>
#include <string>

#include "core/execution_context.h"
#include "core/tensor.h"
#include "io/weight_store.h"
#include "ops/packed_weights.h"

namespace lorikeet {

/// One tensor of a network that adapters may change: its pristine bytes in the mapped file, and the form its layer
/// computes with. Setting values touches only the latter, so reset() restores the untouched model bit for bit.
class Parameter {
 public:
  virtual ~Parameter() = default;
  Parameter(const Parameter&) = delete;
  Parameter& operator=(const Parameter&) = delete;

  /// Canonical name, "down_blocks.0.attentions.0.proj_in.weight".
  const std::string& name() const { return name_; }
  const RawTensor& pristine() const { return pristine_; }
  bool changed() const { return changed_; }

  /// Replaces the values in use; `values` has the pristine shape.
  void set(const ExecutionContext& context, const Tensor& values);
  /// Goes back to the pristine values.
  void reset(const ExecutionContext& context);

 protected:
  Parameter(std::string name, RawTensor pristine) : name_(std::move(name)), pristine_(std::move(pristine)) {}
  virtual void use(const ExecutionContext& context, const Tensor& values) = 0;
  virtual void usePristine(const ExecutionContext& context) = 0;

 private:
  std::string name_;
  RawTensor pristine_;
  bool changed_ = false;
};

/// The weight of a linear layer or convolution, packed for the matrix kernels.
class MatrixParameter : public Parameter {
 public:
  MatrixParameter(const ExecutionContext& context, std::string name, RawTensor pristine,
                  WeightStorage storage = WeightStorage::AsInFile);
  /// The same where `packed` is what packing the pristine values gave earlier.
  MatrixParameter(std::string name, RawTensor pristine, WeightStorage storage, PackedWeights packed);
  const PackedWeights& packed() const { return packed_; }
  /// Additions that take effect while products run (PackedWeights::setTerms); they survive set() and reset().
  void setTerms(const ExecutionContext& context, WeightTerms terms,
                std::shared_ptr<std::atomic<int64_t>> clock = nullptr);
  /// Adds the terms to the pristine values once, so that products run without them; not after set(). The next
  /// setTerms() starts from the pristine values again. If it throws (Stopped), the terms are dropped.
  void merge(const ExecutionContext& context);
  bool isMerged() const { return merged_; }

 private:
  void use(const ExecutionContext& context, const Tensor& values) override;
  void usePristine(const ExecutionContext& context) override;
  void replace(PackedWeights packed);
  WeightStorage storage_;
  PackedWeights packed_;
  WeightTerms terms_;
  std::shared_ptr<std::atomic<int64_t>> clock_;
  bool merged_ = false;
};

/// A bias, a norm's gamma or beta, a table of embeddings: plain f32 values.
class ValueParameter : public Parameter {
 public:
  ValueParameter(const ExecutionContext& context, std::string name, RawTensor pristine);
  const float* data() const { return values_.data(); }
  const Tensor& values() const { return values_; }

 private:
  void use(const ExecutionContext& context, const Tensor& values) override;
  void usePristine(const ExecutionContext& context) override;
  Tensor values_;
};

/// Every parameter of a network by its canonical name. Owns them; layers hold references.
class ParameterTable {
 public:
  Parameter* find(const std::string& name) const;
  const std::map<std::string, std::unique_ptr<Parameter>>& all() const { return parameters_; }

 private:
  friend class LayerSource;
  std::map<std::string, std::unique_ptr<Parameter>> parameters_;
};

/// What layers are built from: weights below one module, the table that collects the parameters, and threads for
/// packing. Layers resolve their tensors in their constructor and never look them up again; a source lives only as long
/// as a network is built.
class LayerSource {
 public:
  LayerSource(const ExecutionContext& context, WeightScope weights, WeightStorage storage = WeightStorage::AsInFile,
              std::shared_ptr<ParameterTable> table = std::make_shared<ParameterTable>())
      : context_(context), weights_(std::move(weights)), storage_(storage), table_(std::move(table)) {}

  LayerSource scope(std::string_view child) const { return {context_, weights_.scope(child), storage_, table_}; }
  const std::shared_ptr<ParameterTable>& table() const { return table_; }
  const WeightScope& weights() const { return weights_; }
  const ExecutionContext& context() const { return context_; }
  bool has(std::string_view name) const { return weights_.has(name); }

  /// Throws Error(NotFound | Mismatch | Unsupported | Corrupt): missing, another shape, integers, NaN or infinity.
  const MatrixParameter& matrix(std::string_view name, const Shape& shape) const;
  const ValueParameter& values(std::string_view name, const Shape& shape) const;

 private:
  RawTensor found(std::string_view name, const Shape& shape) const;
  RawTensor checked(std::string_view name, const Shape& shape) const;
  std::unique_ptr<MatrixParameter> prepared(std::string_view name, const Shape& shape) const;
  const ExecutionContext& context_;
  WeightScope weights_;
  WeightStorage storage_;  ///< of matrices
  std::shared_ptr<ParameterTable> table_;
};

}  // namespace lorikeet
