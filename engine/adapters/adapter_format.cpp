#include "adapters/adapter_format.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include "adapters/dense_math.h"
#include "core/thread_pool.h"
#include "io/tensor_values.h"
#include "ops/stored_term.h"

namespace lorikeet {

const AdapterFormat* factorFormatOf(const AdapterModule& module) {
  for (const AdapterFormat* format : {&kLora, &kLoha, &kLokr, &kGlora, &kOft, &kPeftOft, &kIa3, &kFull})
    if (format->recognises(module)) return format;
  return nullptr;
}

const AdapterFormat* formatOf(const AdapterModule& module) {
  const AdapterFormat* format = kDora.recognises(module) ? &kDora : factorFormatOf(module);
  if (format == nullptr && biasChange(module) == nullptr) {
    std::string roles;
    for (const auto& [role, tensor] : module.tensors) roles += (roles.empty() ? "" : ", ") + role;
    throw Error(ErrorKind::Corrupt, fmt::format("The adapter's module {} is incomplete: it has only {}.", module.key,
                                                roles.empty() ? "an alpha" : roles));
  }
  return format;
}

int64_t tapsOf(const Shape& weight) { return weight.rank() == 4 ? weight[2] * weight[3] : 1; }

/// Packed by the calling thread alone: terms are made side by side.
std::shared_ptr<WeightTerm> storedTerm(const RawTensor& difference, const Shape& weight) {
  ThreadPool alone(1);
  const ExecutionContext context(alone);
  return std::make_shared<StoredTerm>(PackedWeights::pack(context, reshaped(difference, weight)));
}

const RawTensor* biasChange(const AdapterModule& module) {
  const RawTensor* difference = module.find("diff_b");
  return difference != nullptr ? difference : module.find("b_norm");
}

bool changesBias(const AdapterModule& module) { return biasChange(module) != nullptr || scalesBias(module); }

Tensor biasDelta(const AdapterModule& module, const Tensor& bias, double multiplier) {
  const RawTensor* difference = biasChange(module);
  if (difference == nullptr) return scaledBiasDelta(module, bias, multiplier);
  Tensor change = toTensor(*difference);
  multiply(change, multiplier);
  return std::move(change).reshaped(bias.shape());
}

void requireShape(bool condition, const AdapterModule& module, std::string_view role, const Shape& weight) {
  if (condition) return;
  const RawTensor* tensor = module.find(role);
  throw Error(
      ErrorKind::Mismatch,
      fmt::format("The adapter's module {} does not fit: its \"{}\" is {}, the model's weight is {}.", module.key, role,
                  tensor == nullptr ? "missing" : tensor->shape.toString(), weight.toString()));
}

}  // namespace lorikeet
