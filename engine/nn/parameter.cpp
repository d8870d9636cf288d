#include "nn/parameter.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <atomic>

#include "io/mapped_file.h"
#include "io/tensor_values.h"

namespace lorikeet {

void Parameter::set(const ExecutionContext& context, const Tensor& values) {
  CHECK(values.shape() == pristine_.shape);
  use(context, values);
  changed_ = true;
}

void Parameter::reset(const ExecutionContext& context) {
  if (!changed_) return;
  usePristine(context);
  changed_ = false;
}

MatrixParameter::MatrixParameter(const ExecutionContext& context, std::string name, RawTensor pristine,
                                 WeightStorage storage)
    : Parameter(std::move(name), std::move(pristine)), storage_(storage) {
  usePristine(context);
}

MatrixParameter::MatrixParameter(std::string name, RawTensor pristine, WeightStorage storage, PackedWeights packed)
    : Parameter(std::move(name), std::move(pristine)), storage_(storage) {
  replace(std::move(packed));
}

void MatrixParameter::use(const ExecutionContext& context, const Tensor& values) {
  replace(PackedWeights::pack(context, values.shape(), values.data(), storage_));
}

void MatrixParameter::usePristine(const ExecutionContext& context) {
  replace(PackedWeights::pack(context, pristine(), storage_));
  releasePages(pristine().bytes);  // the mapped bytes are not needed again until an adapter goes
}

void MatrixParameter::replace(PackedWeights packed) {
  packed_ = std::move(packed);
  packed_.setLabel(name());
  packed_.setTerms(terms_, clock_);
  merged_ = false;
}

void MatrixParameter::setTerms(const ExecutionContext& context, WeightTerms terms,
                               std::shared_ptr<std::atomic<int64_t>> clock) {
  terms_ = std::move(terms);
  clock_ = std::move(clock);
  if (merged_)
    usePristine(context);
  else
    packed_.setTerms(terms_, clock_);
}

void MatrixParameter::merge(const ExecutionContext& context) {
  CHECK(!changed());
  terms_.clear();
  packed_ = packed_.merged(context);
  packed_.setLabel(name());
  merged_ = true;
}

ValueParameter::ValueParameter(const ExecutionContext& context, std::string name, RawTensor pristine)
    : Parameter(std::move(name), std::move(pristine)) {
  usePristine(context);
}

void ValueParameter::use(const ExecutionContext&, const Tensor& values) { values_ = values.clone(); }

void ValueParameter::usePristine(const ExecutionContext&) { values_ = toTensor(pristine()); }

Parameter* ParameterTable::find(const std::string& name) const {
  const auto found = parameters_.find(name);
  return found == parameters_.end() ? nullptr : found->second.get();
}

RawTensor LayerSource::found(std::string_view name, const Shape& shape) const {
  context_.throwIfStopped();
  RawTensor raw = weights_.get(name, shape);
  if (raw.dtype < DType::F8E4M3)
    throw Error(ErrorKind::Unsupported,
                fmt::format("{}: tensor {} holds {} values; weights must be floating-point numbers.", weights_.source(),
                            weights_.fullName(name), lorikeet::name(raw.dtype)));
  return raw;
}

RawTensor LayerSource::checked(std::string_view name, const Shape& shape) const {
  constexpr int64_t kBytesAtATime = 1 << 20;
  RawTensor raw = found(name, shape);
  std::atomic<bool> isFinite{true};
  context_.parallelBlocks(static_cast<int64_t>(raw.bytes.size()), kBytesAtATime, [&](int64_t begin, int64_t end) {
    RawTensor part = raw;
    part.bytes = raw.bytes.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
    if (!allFinite(part)) isFinite = false;
  });
  if (!isFinite)
    throw Error(ErrorKind::Corrupt, fmt::format("{}: tensor {} holds values that are not finite (NaN or infinity).",
                                                weights_.source(), weights_.fullName(name)));
  return raw;
}

/// Its values were looked at when they were packed.
std::unique_ptr<MatrixParameter> LayerSource::prepared(std::string_view name, const Shape& shape) const {
  const std::optional<RawTensor> bytes = weights_.prepared(name);
  if (!bytes) return nullptr;
  RawTensor raw = found(name, shape);
  std::optional<PackedWeights> packed = PackedWeights::adopt(raw.shape, raw.dtype, storage_, *bytes);
  if (!packed) return nullptr;
  return std::make_unique<MatrixParameter>(weights_.fullName(name), std::move(raw), storage_, *std::move(packed));
}

const MatrixParameter& LayerSource::matrix(std::string_view name, const Shape& shape) const {
  const std::string fullName = weights_.fullName(name);
  std::unique_ptr<MatrixParameter> parameter = prepared(name, shape);
  if (!parameter) parameter = std::make_unique<MatrixParameter>(context_, fullName, checked(name, shape), storage_);
  const MatrixParameter& result = *parameter;
  table_->parameters_[fullName] = std::move(parameter);
  return result;
}

const ValueParameter& LayerSource::values(std::string_view name, const Shape& shape) const {
  const std::string fullName = weights_.fullName(name);
  auto parameter = std::make_unique<ValueParameter>(context_, fullName, checked(name, shape));
  const ValueParameter& result = *parameter;
  table_->parameters_[fullName] = std::move(parameter);
  return result;
}

}  // namespace lorikeet
