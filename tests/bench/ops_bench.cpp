// Speed of the operations at the shapes of SD 1.5 at 512x512 with guidance (batch 2). Run: bench_ops.
#include <benchmark/benchmark.h>

#include <random>

#include "ops/attention.h"
#include "ops/convolution.h"
#include "ops/matmul.h"
#include "ops/normalization.h"

namespace lorikeet {
namespace {

Tensor randomTensor(const Shape& shape) {
  Tensor t(shape);
  std::minstd_rand random(7);
  for (float& v : t.values()) v = static_cast<float>(random() % 2001) / 1000.f - 1.f;
  return t;
}

/// Random f16 weights, packed.
PackedWeights randomWeights(const ExecutionContext& context, const Shape& shape) {
  auto bits = std::make_shared<std::vector<uint16_t>>(static_cast<size_t>(shape.elementCount()));
  std::minstd_rand random(9);
  for (uint16_t& v : *bits) v = f32ToF16(static_cast<float>(random() % 2001) / 50000.f - 0.02f);
  return PackedWeights::pack(context, {DType::F16, shape, std::as_bytes(std::span(*bits)), bits});
}

ThreadPool& pool() {
  static ThreadPool threads;
  return threads;
}

void report(benchmark::State& state, double flops) {
  state.counters["GFLOP/s"] =
      benchmark::Counter(flops * 1e-9 * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void matmulBench(benchmark::State& state, Arithmetic arithmetic) {
  if (availableArithmetic(arithmetic) != arithmetic)
    return state.SkipWithError("this processor has no instruction for it");
  const ExecutionContext context = ExecutionContext(pool()).withArithmetic(arithmetic);
  const int64_t rows = state.range(0), inputs = state.range(1), outputs = state.range(2);
  const Tensor x = randomTensor({rows, inputs});
  const PackedWeights w = randomWeights(context, {outputs, inputs});
  for (auto _ : state) benchmark::DoNotOptimize(matmul(context, x, w));
  report(state, 2.0 * static_cast<double>(rows * inputs * outputs));
}
void matmulShapes(benchmark::internal::Benchmark* bench) {
  bench->UseRealTime()
      ->MeasureProcessCPUTime()
      ->Unit(benchmark::kMillisecond)
      ->Args({8192, 320, 320})
      ->Args({8192, 320, 2560})
      ->Args({8192, 1280, 320})
      ->Args({2048, 640, 640})
      ->Args({2048, 640, 5120})
      ->Args({512, 1280, 1280})
      ->Args({512, 1280, 10240})
      ->Args({128, 1280, 1280});
}
BENCHMARK_CAPTURE(matmulBench, f32, Arithmetic::F32)->Apply(matmulShapes);
BENCHMARK_CAPTURE(matmulBench, int16, Arithmetic::Int16)->Apply(matmulShapes);
BENCHMARK_CAPTURE(matmulBench, bf16, Arithmetic::Bf16)->Apply(matmulShapes);
BENCHMARK_CAPTURE(matmulBench, int8, Arithmetic::Int8)->Apply(matmulShapes);

void convolutionBench(benchmark::State& state, Arithmetic arithmetic) {
  if (availableArithmetic(arithmetic) != arithmetic)
    return state.SkipWithError("this processor has no instruction for it");
  const ExecutionContext context = ExecutionContext(pool()).withArithmetic(arithmetic);
  const int64_t images = state.range(4), size = state.range(0), inputs = state.range(1), outputs = state.range(2);
  const Tensor x = randomTensor({images, size, size, inputs});
  const PackedWeights w = randomWeights(context, {outputs, inputs, 3, 3});
  const bool winograd = state.range(3) != 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(winograd ? winogradConvolution(context, x, w, {}) : directConvolution(context, x, w, {}));
  report(state, 18.0 * static_cast<double>(images * size * size * inputs * outputs));
}
void convolutionShapes(benchmark::internal::Benchmark* bench) {
  bench->UseRealTime()
      ->MeasureProcessCPUTime()
      ->Unit(benchmark::kMillisecond)
      ->Args({64, 320, 320, 0, 2})
      ->Args({64, 320, 320, 1, 2})
      ->Args({64, 960, 320, 1, 2})
      ->Args({32, 640, 640, 0, 2})
      ->Args({32, 640, 640, 1, 2})
      ->Args({32, 1920, 640, 1, 2})
      ->Args({16, 1280, 1280, 0, 2})
      ->Args({16, 1280, 1280, 1, 2})
      ->Args({16, 2560, 1280, 1, 2})
      ->Args({8, 1280, 1280, 0, 2})
      ->Args({8, 1280, 1280, 1, 2})
      ->Args({256, 256, 256, 1, 1})
      ->Args({512, 128, 128, 1, 1});
}
BENCHMARK_CAPTURE(convolutionBench, f32, Arithmetic::F32)->Apply(convolutionShapes);
BENCHMARK_CAPTURE(convolutionBench, int16, Arithmetic::Int16)->Apply(convolutionShapes);
BENCHMARK_CAPTURE(convolutionBench, bf16, Arithmetic::Bf16)->Apply(convolutionShapes);
BENCHMARK_CAPTURE(convolutionBench, int8, Arithmetic::Int8)->Apply(convolutionShapes);

void attentionBench(benchmark::State& state, Arithmetic arithmetic) {
  if (availableArithmetic(arithmetic) != arithmetic)
    return state.SkipWithError("this processor has no instruction for it");
  const ExecutionContext context = ExecutionContext(pool()).withArithmetic(arithmetic);
  const int64_t images = 2, queries = state.range(0), keys = state.range(1), depth = state.range(2);
  const int heads = static_cast<int>(state.range(3));
  const Tensor q = randomTensor({images, queries, heads * depth});
  const Tensor k = randomTensor({images, keys, heads * depth});
  for (auto _ : state) benchmark::DoNotOptimize(attention(context, q, k, k, heads));
  report(state, 4.0 * static_cast<double>(images * heads * queries * keys * depth));
}
void attentionShapes(benchmark::internal::Benchmark* bench) {
  bench->UseRealTime()
      ->MeasureProcessCPUTime()
      ->Unit(benchmark::kMillisecond)
      ->Args({4096, 4096, 40, 8})
      ->Args({1024, 1024, 80, 8})
      ->Args({256, 256, 160, 8})
      ->Args({4096, 77, 40, 8})
      ->Args({4096, 4096, 512, 1});
}
BENCHMARK_CAPTURE(attentionBench, f32, Arithmetic::F32)->Apply(attentionShapes);
BENCHMARK_CAPTURE(attentionBench, int16, Arithmetic::Int16)->Apply(attentionShapes);
BENCHMARK_CAPTURE(attentionBench, bf16, Arithmetic::Bf16)->Apply(attentionShapes);

void groupNormBench(benchmark::State& state) {
  const ExecutionContext context(pool());
  const int64_t size = state.range(0), channels = state.range(1);
  const Tensor x = randomTensor({2, size, size, channels}), gamma = randomTensor({channels});
  for (auto _ : state) benchmark::DoNotOptimize(groupNorm(context, x, 32, gamma.data(), gamma.data(), 1e-5f, true));
}
BENCHMARK(groupNormBench)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond)
    ->Args({64, 320})
    ->Args({32, 640});

}  // namespace
}  // namespace lorikeet

BENCHMARK_MAIN();
