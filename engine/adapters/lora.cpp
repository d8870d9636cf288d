// LoRA (Hu et al., 2021): W' = W + m * alpha / rank * up * down. Convolutions: down has the kernel, up is 1x1. With a
// Tucker core ("mid", LyCORIS) down is 1x1 and the core has the kernel; core and down are joined into one matrix.
#include <fmt/format.h>
#include <lorikeet/error.h>

#include "adapters/adapter_format.h"
#include "adapters/dense_math.h"

namespace lorikeet {
namespace lora {
namespace {

bool recognises(const AdapterModule& module) { return module.has("down") || module.has("up"); }

int64_t check(const AdapterModule& module, const Shape& weight) {
  const RawTensor& down = module.get("down");
  const RawTensor& up = module.get("up");
  requireShape(down.shape.rank() >= 2 && up.shape.rank() >= 2 && down.shape.elementCount() > 0, module, "down", weight);
  const int64_t rank = down.shape[0];
  const int64_t upRank = up.shape.elementCount() / std::max<int64_t>(up.shape[0], 1);
  if (upRank != (module.has("mid") ? module.get("mid").shape[0] : rank))
    throw Error(ErrorKind::Corrupt, fmt::format("The adapter's module {} contradicts itself: down has rank {}, up {}.",
                                                module.key, rank, upRank));
  requireShape(up.shape[0] == weight[0], module, "up", weight);
  const int64_t depth = weight.elementCount() / weight[0];
  if (const RawTensor* mid = module.find("mid")) {
    const int64_t taps = weight.rank() == 4 ? weight[2] * weight[3] : 1;
    requireShape(mid->shape.rank() == 4 && mid->shape[1] == rank && mid->shape[2] * mid->shape[3] == taps, module,
                 "mid", weight);
    requireShape(down.shape.elementCount() == rank * weight[1], module, "down", weight);
    return rank;
  }
  requireShape(down.shape[1] == weight[1] && down.shape.elementCount() == rank * depth, module, "down", weight);
  return rank;
}

Tensor delta(const AdapterModule& module, const Tensor& weight, double multiplier) {
  const LowRankFactors factors = lowRankFactors(module);
  Tensor change = product(factors.up, factors.down);
  multiply(change, factors.scale * multiplier);
  return std::move(change).reshaped(weight.shape());
}

/// core[m, n, taps] and down[n, inputs] -> [m, inputs * taps]
Tensor joinCore(const RawTensor& core, const Tensor& down) {
  const Tensor values = flatMatrix(core);
  const int64_t outer = core.shape[0], inner = core.shape[1], taps = values.dim(1) / inner, inputs = down.dim(1);
  Tensor joined = Tensor::zeros({outer, inputs * taps});
  for (int64_t m = 0; m < outer; ++m)
    for (int64_t n = 0; n < inner; ++n)
      for (int64_t i = 0; i < inputs; ++i)
        for (int64_t t = 0; t < taps; ++t)
          joined[static_cast<size_t>((m * inputs + i) * taps + t)] +=
              values[static_cast<size_t>((m * inner + n) * taps + t)] * down[static_cast<size_t>(n * inputs + i)];
  return joined;
}

FormatTerms terms(const AdapterModule& module, const RawTensor&) { return {lowRankFactors(module), nullptr}; }

}  // namespace
}  // namespace lora

const AdapterFormat kLora{"LoRA", lora::recognises, lora::check, lora::delta, lora::terms};

bool isLowRank(const AdapterModule& module) { return lora::recognises(module) && !kDora.recognises(module); }

LowRankFactors lowRankFactors(const AdapterModule& module) {
  LowRankFactors factors{flatMatrix(module.get("up")), flatMatrix(module.get("down")), 1};
  factors.scale = module.scale(factors.down.dim(0));
  if (const RawTensor* mid = module.find("mid")) factors.down = lora::joinCore(*mid, factors.down);
  return factors;
}

}  // namespace lorikeet
