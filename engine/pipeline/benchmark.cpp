#include <fmt/format.h>
#include <lorikeet/benchmark.h>
#include <lorikeet/engine.h>
#include <lorikeet/user_folders.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <numeric>

#include "core/buffer_pool.h"
#include "core/noise_generator.h"
#include "models/controlnet.h"
#include "ops/arithmetic_choice.h"
#include "ops/isa.h"
#include "ops/matmul.h"
#include "pipeline/conditioning.h"
#include "pipeline/job_report.h"
#include "pipeline/prepared_cache.h"

namespace lorikeet {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

Tensor noiseTensor(const Shape& shape) {
  Tensor t(shape);
  makeNoiseGenerator(NoiseSource::Numpy, 1)->normal(t.values());
  return t;
}

std::string processorName() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

/// GFLOP/s of a product whose operands stay in the caches: what the machine can do at most.
double measureMatmulPeak(const ExecutionContext& context) {
  constexpr int64_t kRows = 1344, kInner = 1024, kColumns = 1024;
  const Tensor x = noiseTensor({kRows, kInner});
  const Tensor w = noiseTensor({kColumns, kInner});
  const PackedWeights packed = PackedWeights::pack(context, w.shape(), w.data());
  double best = std::numeric_limits<double>::max();
  for (int i = 0; i < 20; ++i) {
    const Clock::time_point start = Clock::now();
    matmul(context, x, packed);
    best = std::min(best, secondsSince(start));
  }
  return 2e-9 * kRows * kInner * kColumns / best;
}

/// GB/s of reading numbers that lie in no cache.
double measureBandwidth(const ExecutionContext& context) {
  constexpr int64_t kPieces = 256, kPieceFloats = int64_t{1} << 18;
  const Tensor x = Tensor::zeros({kPieces, kPieceFloats});
  std::vector<float> sums(kPieces);
  double best = std::numeric_limits<double>::max();
  for (int i = 0; i < 5; ++i) {
    const Clock::time_point start = Clock::now();
    context.parallelFor(kPieces, [&](int64_t piece, int) {
      std::array<float, 64> sum{};  // as many chains as hide the additions' latency
      const float* from = x.data() + piece * kPieceFloats;
      for (int64_t at = 0; at < kPieceFloats; at += 64)
        for (size_t lane = 0; lane < sum.size(); ++lane) sum[lane] += from[static_cast<size_t>(at) + lane];
      sums[static_cast<size_t>(piece)] = std::accumulate(sum.begin(), sum.end(), 0.F);
    });
    best = std::min(best, secondsSince(start));
  }
  CHECK(std::accumulate(sums.begin(), sums.end(), 0.F) == 0);  // the sums are needed, so they are computed
  return 1e-9 * static_cast<double>(kPieces * kPieceFloats * int64_t{sizeof(float)}) / best;
}

/// Seconds to load a model whose prepared weights an earlier load has kept, in a folder of their own meanwhile.
double measurePreparedLoad(const ExecutionContext& context, const std::filesystem::path& model, Precision precision) {
  const std::filesystem::path folder = userCacheFolder() / "bench-prepared";
  double seconds = 0;
  {
    PreparedCache cache(folder, 0);
    const auto load = [&] { return DiffusionModel::load(context, model, findResources(), precision, &cache); };
    load();
    cache.wait();
    const Clock::time_point start = Clock::now();
    load();
    seconds = secondsSince(start);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return seconds;
}

/// What this machine can do at most.
struct Roof {
  double gigaflops;  ///< a second
  double bandwidth;  ///< GB/s
};

LayerCost costOf(const Profiler::Entry& entry, const Roof& roof) {
  const double arithmetic = 1e-6 * entry.work.executed / roof.gigaflops;
  const double memory = 1e-6 * entry.work.bytes / roof.bandwidth;
  return {entry.name,         entry.layer, entry.shape, entry.calls, entry.elapsedMs, std::max(arithmetic, memory),
          memory > arithmetic};
}

std::vector<LayerCost> worstOf(const Profiler& profiler, const Roof& roof) {
  std::vector<LayerCost> costs;
  for (const Profiler::Entry& entry : profiler.entries()) costs.push_back(costOf(entry, roof));
  std::sort(costs.begin(), costs.end(), [](const LayerCost& a, const LayerCost& b) { return a.lostMs() > b.lostMs(); });
  return costs;
}

std::vector<LayerError> errorsOf(const Profiler& profiler) {
  std::vector<LayerError> errors;
  for (const Profiler::Entry& entry : profiler.entries())
    if (entry.error.rms > 0)
      errors.push_back({entry.name, entry.layer, entry.shape, entry.error.rms, entry.error.largest});
  std::sort(errors.begin(), errors.end(), [](const LayerError& a, const LayerError& b) { return a.rms > b.rms; });
  return errors;
}

class StageTimer {
 public:
  StageTimer(ThreadPool& pool, std::stop_token stop, const BenchmarkOptions& options, Roof roof)
      : pool_(pool), stop_(std::move(stop)), options_(options), roof_(roof) {}

  template <class Body>
  BenchmarkStage operator()(const std::string& name, Body body) const {
    body(contextWith(nullptr));  // warms buffers and caches up
    BenchmarkStage stage{name, std::numeric_limits<double>::max(), 0, {}, {}, {}};
    for (int i = 0; i < options_.repetitions; ++i) {
      Profiler profiler;
      const double seconds = timed(body, profiler);
      if (seconds < stage.seconds) record(stage, seconds, profiler);
    }
    if (options_.roofline) {
      Profiler layers(Profiler::Detail::Layers);
      timed(body, layers);
      stage.worst = worstOf(layers, roof_);
    }
    if (options_.errors) {
      Profiler errors(Profiler::Detail::Errors);
      timed(body, errors);
      stage.errors = errorsOf(errors);
    }
    return stage;
  }

 private:
  ExecutionContext contextWith(Profiler* profiler) const {
    return ExecutionContext(pool_, stop_, profiler).withArithmetic(availableArithmetic(options_.arithmetic));
  }
  template <class Body>
  double timed(Body& body, Profiler& profiler) const {
    const ExecutionContext context = contextWith(&profiler);
    const Clock::time_point start = Clock::now();
    body(context);
    return secondsSince(start);
  }
  static void record(BenchmarkStage& stage, double seconds, const Profiler& profiler) {
    stage.seconds = seconds;
    stage.gigaflops = 0;
    stage.layers.clear();
    for (const Profiler::Entry& entry : profiler.entries()) {
      stage.layers.push_back({entry.name, entry.calls, entry.elapsedMs, entry.work.flops * 1e-9});
      stage.gigaflops += entry.work.flops * 1e-9;
    }
    std::sort(stage.layers.begin(), stage.layers.end(),
              [](const Timing& a, const Timing& b) { return a.elapsedMs > b.elapsedMs; });
  }
  ThreadPool& pool_;
  std::stop_token stop_;
  const BenchmarkOptions& options_;
  Roof roof_;
};

}  // namespace

double BenchmarkStage::overhead() const {
  double working = 0;
  for (const Timing& layer : layers)
    if (layer.gigaflops > 0) working += layer.elapsedMs;
  return std::max(0.0, 1 - working / (seconds * 1000));
}

BenchmarkReport runBenchmark(const BenchmarkOptions& options, const std::function<void(const std::string&)>& progress,
                             std::stop_token stop) {
  const auto say = [&](const std::string& what) {
    if (progress) progress(what);
  };
  ThreadPool pool(options.threads);
  const ExecutionContext context(pool, stop);
  BenchmarkReport report;
  report.processor = processorName();
  report.instructionSet = name(activeIsa());
  report.threads = pool.threadCount();
  report.precision = options.precision == Precision::Auto ? Precision::F32 : options.precision;
  report.arithmetic = availableArithmetic(options.arithmetic);
  say("measuring the matrix product");
  report.matmulPeak = measureMatmulPeak(context);
  report.memoryBandwidth = measureBandwidth(context);
  for (const auto& [arithmetic, id, label] : arithmeticNames())
    if (availableArithmetic(arithmetic) == arithmetic)
      report.productRates.emplace_back(arithmetic, productRate(arithmetic));

  say("loading the model");
  report.loadPreparedSeconds = measurePreparedLoad(context, options.model, report.precision);
  const Clock::time_point start = Clock::now();
  const auto model = DiffusionModel::load(context, options.model, findResources(), report.precision);
  report.loadSeconds = secondsSince(start);
  report.weightBytes = model->info.byteSize;

  const int64_t height = options.height / model->factor(), width = options.width / model->factor();
  const Tensor sample = noiseTensor({2, height, width, model->unet.config().inChannels});
  const Tensor text = noiseTensor({2, 77, model->unet.config().contextWidth});
  const Tensor latents = noiseTensor({1, height, width, model->vae->config().latentChannels});
  const StageTimer measure(pool, stop, options, {report.matmulPeak, report.memoryBandwidth});
  say("measuring the text encoder");
  report.stages.push_back(measure("text encoder, 2 prompts", [&](const ExecutionContext& c) {
    GenerateRequest request;
    request.prompt = "a photograph of an astronaut riding a horse";
    PromptConditioning(c.withArithmetic(Arithmetic::F32), *model, request);  // as in any run
  }));
  say("measuring the UNet");
  report.stages.push_back(
      measure("UNet call, batch 2", [&](const ExecutionContext& c) { model->unet(c, sample, 500, text); }));
  if (!options.controlNet.empty()) {
    const auto net = ControlNet::load(context, options.controlNet, networkStorage(report.precision));
    net->checkFits(model->unet.config(), options.controlNet.string());
    const Tensor one = net->embed(context, Tensor::zeros({1, options.height, options.width, 3}));
    Tensor hint({2, one.dim(1), one.dim(2), one.dim(3)});
    std::copy_n(one.data(), one.size(), hint.data());
    std::copy_n(one.data(), one.size(), hint.data() + one.size());
    say("measuring the ControlNet");
    report.stages.push_back(
        measure("ControlNet call, batch 2", [&](const ExecutionContext& c) { (*net)(c, sample, 500, text, hint); }));
  }
  BufferPool::instance().trim();
  say("measuring the decoder");
  report.stages.push_back(measure("VAE decode", [&](const ExecutionContext& c) { model->vae->decode(c, latents); }));
  report.peakMemoryBytes = peakMemoryBytes();
  return report;
}

}  // namespace lorikeet
