#include "workshop/form_module.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <cmath>

#include "adapters/adapter_format.h"
#include "adapters/dense_math.h"
#include "io/tensor_values.h"
#include "workshop/peft_tuner.h"

namespace lorikeet {
namespace {

bool keepsEverything(AdapterForm form) { return form == AdapterForm::Kohya || form == AdapterForm::Ldm; }

std::string_view labelOf(AdapterForm form) {
  for (const auto& row : adapterFormNames())
    if (row.value == form) return row.label;
  return "";
}

[[noreturn]] void refuse(const AdapterModule& module, AdapterForm form, const std::string& reason) {
  throw Error(ErrorKind::Unsupported, fmt::format("Adapters in the form \"{}\" cannot hold the module {}: {}.",
                                                  labelOf(form), module.key, reason));
}

void setAlpha(AdapterModule& module, double alpha) {
  const RawTensor& like = module.tensors.begin()->second;
  module.tensors["alpha"] = inTypeOf(like, {}, {static_cast<float>(alpha)});
  module.alpha = alpha;
  module.rankStabilized = false;
  module.statedScale.reset();
}

void multiplyTensor(AdapterModule& module, std::string_view role, double factor) {
  RawTensor& tensor = module.tensors.find(role)->second;
  std::vector<float> values = toFloats(tensor);
  for (float& value : values) value = static_cast<float>(value * factor);
  tensor = inTypeOf(tensor, tensor.shape, values);
}

void multiplyUp(AdapterModule& module, double factor) { multiplyTensor(module, "up", factor); }

/// LyCORIS gives a LoKr of two whole factors the scale 1, PEFT alpha / r. Its r becomes the alpha, which does not
/// count.
void foldLokrScale(AdapterModule& module, FormChanges& changes) {
  if (module.configuredRank == 0 || !module.has("lokr_w1") || !module.has("lokr_w2")) return;
  const double scale = lokrScale(module);
  if (scale != 1) {
    multiplyTensor(module, "lokr_w1", scale);
    ++changes.foldedScales;
  }
  module.alpha = static_cast<double>(module.configuredRank);
  module.configuredRank = 0;
}

/// Gives a module an alpha in a tensor where its scale came from elsewhere: a configuration or lora_wrapper.
void stateAlpha(AdapterModule& module) {
  module.tensors.erase("lora_scale");
  if (module.statedScale && *module.statedScale == 0) {  // an alpha of 0 would be read as the rank
    multiplyUp(module, 0);
    setAlpha(module, static_cast<double>(module.get("down").shape[0]));
    return;
  }
  if (module.has("alpha") || !(module.alpha || module.statedScale)) return;
  if (module.has("down"))
    setAlpha(module, effectiveAlpha(module));
  else if (module.alpha)
    setAlpha(module, *module.alpha);
}

/// PEFT's vector of magnitudes as LyCORIS stores it, one for each output: [outputs, 1(, 1, 1)].
void magnitudeToDoraScale(AdapterModule& module, const Shape& weight) {
  const auto magnitude = module.tensors.find("magnitude");
  if (magnitude == module.tensors.end()) return;
  const Shape shape = weight.rank() == 4 ? Shape{weight[0], 1, 1, 1} : Shape{weight[0], 1};
  module.tensors["dora_scale"] = reshaped(magnitude->second, shape);
  module.tensors.erase("magnitude");
}

void doraScaleToMagnitude(AdapterModule& module, AdapterForm form, const Shape& weight) {
  const auto scale = module.tensors.find("dora_scale");
  if (scale == module.tensors.end()) return;
  const Shape& shape = scale->second.shape;
  if (shape.elementCount() != weight[0] || (shape.rank() > 1 && shape[0] != weight[0]))
    refuse(module, form, "its DoRA magnitudes belong to the inputs, PEFT's to the outputs");
  const Shape vector = weight.rank() == 4 ? Shape{1, weight[0], 1, 1} : Shape{weight[0]};
  module.tensors["magnitude"] = reshaped(scale->second, vector);
  module.tensors.erase("dora_scale");
}

/// Multiplies a Tucker core into "down" and brings both matrices into the rank of the weight.
void straighten(AdapterModule& module, const Shape& weight, FormChanges& changes) {
  const double scale = module.scale(module.get("down").shape[0]);
  RawTensor &down = module.tensors.find("down")->second, &up = module.tensors.find("up")->second;
  if (module.has("mid")) {
    const LowRankFactors factors = lowRankFactors(module);
    const Tensor& joined = factors.down;
    down = inTypeOf(down, joined.shape(), {joined.values().begin(), joined.values().end()});
    module.tensors.erase("mid");
    module.statedScale = scale;
    ++changes.joinedCores;
  }
  const int64_t rank = down.shape[0];
  const bool isConvolution = weight.rank() == 4;
  down = reshaped(down, isConvolution ? Shape{rank, weight[1], weight[2], weight[3]} : Shape{rank, weight[1]});
  up = reshaped(up, isConvolution ? Shape{weight[0], rank, 1, 1} : Shape{weight[0], rank});
}

/// Factors of a 1x1 convolution that were stored as matrices, as lora_wrapper does, in the rank of the weight.
void widenToConvolution(AdapterModule& module, const Shape& weight) {
  const auto down = module.tensors.find("down"), up = module.tensors.find("up");
  if (down == module.tensors.end() || up == module.tensors.end() || module.has("mid") || weight.rank() != 4) return;
  const int64_t rank = down->second.shape[0];
  if (down->second.shape.rank() == 2) down->second = reshaped(down->second, {rank, weight[1], weight[2], weight[3]});
  if (up->second.shape.rank() == 2) up->second = reshaped(up->second, {weight[0], rank, 1, 1});
}

void requireLora(const AdapterModule& module, AdapterForm form) {
  if (changesBias(module)) refuse(module, form, "it changes a bias");
  const AdapterFormat* format = formatOf(module);
  if (format != nullptr && !isLowRank(module) && format != &kDora)
    refuse(module, form, fmt::format("it is of the kind {}, and only LoRA fits", format->name));
  if (format == &kDora && (form == AdapterForm::DiffusersOld || !module.has("down")))
    refuse(module, form, "it is a DoRA");
}

}  // namespace

RawTensor inTypeOf(const RawTensor& like, const Shape& shape, const std::vector<float>& values) {
  if (like.dtype != DType::F16 && like.dtype != DType::BF16) return rawFromFloats(shape, values);
  RawTensor narrow = rawFromFloats(shape, values, like.dtype);
  return toFloats(narrow) == values ? narrow : rawFromFloats(shape, values);
}

double effectiveAlpha(const AdapterModule& module) {
  const int64_t rank = module.get("down").shape[0];
  return module.scale(rank) * static_cast<double>(rank);
}

AdapterModule moduleInForm(const AdapterModule& module, AdapterForm form, const Shape& weight, FormChanges& changes) {
  AdapterModule result = module;
  if (keepsEverything(form)) {
    foldLokrScale(result, changes);
    magnitudeToDoraScale(result, weight);
    widenToConvolution(result, weight);
    stateAlpha(result);
    return result;
  }
  if (form == AdapterForm::Peft) {
    if (const std::string reason = whyNoPeftTuner(module); !reason.empty()) refuse(module, form, reason);
    if (!module.has("down")) return tunerModule(std::move(result));
  }
  requireLora(module, form);
  straighten(result, weight, changes);
  if (form == AdapterForm::Onnx) {
    magnitudeToDoraScale(result, weight);
    stateAlpha(result);
    if (weight.rank() == 2)
      for (const char* role : {"down", "up"}) result.tensors[role] = transposedMatrix(result.get(role));
    return result;
  }
  if (form != AdapterForm::DiffusersOld) doraScaleToMagnitude(result, form, weight);
  result.tensors.erase("alpha");
  result.tensors.erase("lora_scale");
  const double scale = result.scale(result.get("down").shape[0]);
  if (form != AdapterForm::DiffusersOld || scale == 1) return result;
  multiplyUp(result, scale);
  ++changes.foldedScales;
  result.alpha.reset();
  result.statedScale.reset();
  return result;
}

}  // namespace lorikeet
