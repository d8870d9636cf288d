// Speed of whole modules at the shapes of SD 1.5 at 512x512 with guidance (batch 2), and of what surrounds the
// networks: the tokenizer and a sampler's step. Run: bench_modules.
#include <benchmark/benchmark.h>

#include <random>

#include "core/noise_generator.h"
#include "io/tensor_values.h"
#include "models/clip_text_encoder.h"
#include "nn/resnet_block.h"
#include "nn/transformer_2d.h"
#include "schedulers/make_scheduler.h"
#include "text/clip_tokenizer.h"

namespace lorikeet {
namespace {

constexpr int64_t kTextWidth = 768, kTimeChannels = 1280, kTokens = 77;
constexpr int kNormGroups = 32;
constexpr float kEpsilon = 1e-5f;

ThreadPool& pool() {
  static ThreadPool threads;
  return threads;
}

Tensor noise(const Shape& shape) {
  Tensor t(shape);
  makeNoiseGenerator(NoiseSource::Numpy, 1)->normal(t.values());
  return t;
}

/// Random f16 weights under the names that one module asks for.
class ModuleWeights {
 public:
  ModuleWeights& matrix(const std::string& name, const Shape& shape, bool bias = true) {
    add(name + ".weight", shape);
    if (bias) add(name + ".bias", {shape[0]});
    return *this;
  }
  ModuleWeights& norm(const std::string& name, int64_t channels) {
    add(name + ".weight", {channels});
    add(name + ".bias", {channels});
    return *this;
  }
  ModuleWeights& add(const std::string& name, const Shape& shape) {
    std::vector<std::byte> bytes(static_cast<size_t>(shape.elementCount()) * 2);
    for (size_t i = 0; i < bytes.size(); i += 2) {
      const uint16_t bits = f32ToF16(static_cast<float>(random_() % 2001) / 50000.f - 0.02f);
      bytes[i] = static_cast<std::byte>(bits & 0xff);
      bytes[i + 1] = static_cast<std::byte>(bits >> 8);
    }
    tensors_.emplace(name, rawFromBytes(DType::F16, shape, std::move(bytes)));
    return *this;
  }
  WeightStore store() const { return {"random weights", tensors_}; }

 private:
  std::minstd_rand random_{9};
  std::map<std::string, RawTensor> tensors_;
};

void resnetBlockBench(benchmark::State& state) {
  const ExecutionContext context(pool());
  const int64_t size = state.range(0), inputs = state.range(1), outputs = state.range(2);
  ModuleWeights weights;
  weights.norm("norm1", inputs).matrix("conv1", {outputs, inputs, 3, 3});
  weights.matrix("time_emb_proj", {outputs, kTimeChannels});
  weights.norm("norm2", outputs).matrix("conv2", {outputs, outputs, 3, 3});
  if (inputs != outputs) weights.matrix("conv_shortcut", {outputs, inputs, 1, 1});
  const WeightStore store = weights.store();
  const LayerSource source(context, store.root());
  const ResnetBlock block(source, inputs, outputs, kTimeChannels, kNormGroups, kEpsilon);
  const Tensor x = noise({2, size, size, inputs}), time = noise({2, kTimeChannels});
  for (auto _ : state) benchmark::DoNotOptimize(block(context, x, &time));
}
BENCHMARK(resnetBlockBench)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond)
    ->Args({64, 320, 320})
    ->Args({64, 960, 320})
    ->Args({32, 640, 640})
    ->Args({16, 1280, 1280})
    ->Args({8, 1280, 1280});

void transformerBench(benchmark::State& state) {
  const ExecutionContext context(pool());
  const int64_t size = state.range(0), channels = state.range(1);
  ModuleWeights weights;
  weights.norm("norm", channels).matrix("proj_in", {channels, channels}).matrix("proj_out", {channels, channels});
  const std::string block = "transformer_blocks.0.";
  for (const char* norm : {"norm1", "norm2", "norm3"}) weights.norm(block + norm, channels);
  for (const std::string attention : {"attn1.", "attn2."}) {
    const int64_t context_ = attention == "attn2." ? kTextWidth : channels;
    weights.matrix(block + attention + "to_q", {channels, channels}, false);
    weights.matrix(block + attention + "to_k", {channels, context_}, false);
    weights.matrix(block + attention + "to_v", {channels, context_}, false);
    weights.matrix(block + attention + "to_out.0", {channels, channels});
  }
  weights.matrix(block + "ff.net.0.proj", {8 * channels, channels})
      .matrix(block + "ff.net.2", {channels, 4 * channels});
  const WeightStore store = weights.store();
  const LayerSource source(context, store.root());
  constexpr int kHeads = 8;
  const Transformer2d transformer(source, channels, kTextWidth, kHeads, 1, kNormGroups);
  const Tensor x = noise({2, size, size, channels}), text = noise({2, kTokens, kTextWidth});
  for (auto _ : state) benchmark::DoNotOptimize(transformer(context, x, text));
}
BENCHMARK(transformerBench)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond)
    ->Args({64, 320})
    ->Args({32, 640})
    ->Args({16, 1280});

void textLayerBench(benchmark::State& state) {
  const ExecutionContext context(pool());
  ModuleWeights weights;
  weights.norm("layer_norm1", kTextWidth).norm("layer_norm2", kTextWidth);
  for (const char* name : {"q_proj", "k_proj", "v_proj", "out_proj"})
    weights.matrix(std::string("self_attn.") + name, {kTextWidth, kTextWidth});
  weights.matrix("mlp.fc1", {4 * kTextWidth, kTextWidth}).matrix("mlp.fc2", {kTextWidth, 4 * kTextWidth});
  const WeightStore store = weights.store();
  const LayerSource source(context, store.root());
  const ClipTextLayer layer(source, ClipTextConfig());
  const Tensor x = noise({2, kTokens, kTextWidth});
  for (auto _ : state) benchmark::DoNotOptimize(layer(context, Tensor::from(x.shape(), x.values())));
}
BENCHMARK(textLayerBench)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

void tokenizerBench(benchmark::State& state) {
  const auto tokenizer =
      ClipTokenizer::fromMergesGz(LORIKEET_SOURCE_DIR "/resources/tokenizer/bpe_simple_vocab_16e6.txt.gz");
  const std::string prompt =
      "a highly detailed portrait of an old sailor, weathered skin, dramatic lighting, oil on canvas, 8k, masterpiece";
  for (auto _ : state) benchmark::DoNotOptimize(tokenizer.encode(prompt));
}
BENCHMARK(tokenizerBench)->Unit(benchmark::kMicrosecond);

void schedulerBench(benchmark::State& state) {
  const auto sampler = static_cast<Sampler>(state.range(0));
  state.SetLabel(std::string(name(sampler)));
  const Shape shape{1, 4, 64, 64};
  const Tensor start = noise(shape), prediction = noise(shape);
  const auto generator = makeNoiseGenerator(NoiseSource::Torch, 1);
  constexpr int kSteps = 20;
  for (auto _ : state) {
    const auto scheduler = makeScheduler(sampler, SchedulerConfig(), {}, kSteps);
    Tensor x = Tensor::from(shape, start.values());
    for (int call = 0; call < scheduler->callCount(); ++call) x = scheduler->step(prediction, x, call, *generator);
    benchmark::DoNotOptimize(x);
  }
}
BENCHMARK(schedulerBench)
    ->Unit(benchmark::kMillisecond)
    ->Arg(static_cast<int>(Sampler::Euler))
    ->Arg(static_cast<int>(Sampler::EulerA))
    ->Arg(static_cast<int>(Sampler::DpmPp2M))
    ->Arg(static_cast<int>(Sampler::UniPC));

}  // namespace
}  // namespace lorikeet

BENCHMARK_MAIN();
