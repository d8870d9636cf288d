#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command_line.h"
#include "cli/json_text.h"
#include "lorikeet/benchmark.h"
#include "lorikeet/engine.h"
#include "lorikeet/user_folders.h"

namespace lorikeet::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kWorstNamed = 3;

/// The layers of a stage that lose the most time against the machine's limits.
std::string worstLayers(const BenchmarkStage& stage) {
  std::string text;
  for (size_t i = 0; i < std::min(kWorstNamed, stage.worst.size()); ++i) {
    const LayerCost& cost = stage.worst[i];
    text += fmt::format("  worst {}: {}{}{} ({}), {} {}: {:.1f} ms, {:.1f} possible by {}\n", i + 1, cost.kind,
                        cost.layer.empty() ? "" : " ", cost.layer, cost.shape, cost.calls,
                        cost.calls == 1 ? "call" : "calls", cost.elapsedMs, cost.leastMs,
                        cost.isBoundByMemory ? "memory" : "arithmetic");
  }
  return text;
}

std::string worstErrors(const BenchmarkStage& stage) {
  std::string text;
  for (size_t i = 0; i < std::min(kWorstNamed, stage.errors.size()); ++i) {
    const LayerError& error = stage.errors[i];
    text += fmt::format("  least exact {}: {}{}{} ({}): {:.1e} of the result, {:.1e} at worst\n", i + 1, error.kind,
                        error.layer.empty() ? "" : " ", error.layer, error.shape, error.rms, error.largest);
  }
  return text;
}

std::string table(const BenchmarkReport& report) {
  std::string text =
      fmt::format("{}, {}, {} threads; f32 matrix product {:.0f} GFLOP/s, memory {:.1f} GB/s\n", report.processor,
                  report.instructionSet, report.threads, report.matmulPeak, report.memoryBandwidth);
  text += "products by one thread:";
  for (const auto& [arithmetic, rate] : report.productRates) text += fmt::format(" {} {:.0f}", name(arithmetic), rate);
  text += fmt::format(" G/s; this run multiplies {}\n", name(report.arithmetic));
  text += fmt::format("load {:.2f} s, prepared {:.2f} s ({:.2f} GB of weights as {}), peak memory {:.2f} GB\n",
                      report.loadSeconds, report.loadPreparedSeconds, static_cast<double>(report.weightBytes) / 1e9,
                      name(report.precision), static_cast<double>(report.peakMemoryBytes) / 1e9);
  text += fmt::format("\n{:<28}{:>8}{:>11}{:>11}{:>9}\n", "", "calls", "ms", "GFLOP/s", "of peak");
  for (const BenchmarkStage& stage : report.stages) {
    const double speed = stage.gigaflops / stage.seconds;
    text += fmt::format("{:<28}{:>8}{:>11.1f}{:>11.0f}{:>8.0f}%\n", stage.name, 1, stage.seconds * 1000, speed,
                        100 * speed / report.matmulPeak);
    for (const Timing& layer : stage.layers) {
      text += fmt::format("  {:<26}{:>8}{:>11.1f}", layer.name, layer.calls, layer.elapsedMs);
      const double layerSpeed = layer.gigaflops / layer.elapsedMs * 1000;
      if (layer.gigaflops > 0)
        text += fmt::format("{:>11.0f}{:>8.0f}%", layerSpeed, 100 * layerSpeed / report.matmulPeak);
      text += "\n";
    }
    text += fmt::format("  outside products, convolutions and attention: {:.1f} %\n", 100 * stage.overhead());
    text += worstLayers(stage) + worstErrors(stage);
  }
  return text;
}

nlohmann::ordered_json rooflineJson(const BenchmarkStage& stage) {
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  for (const LayerCost& cost : stage.worst)
    layers.push_back({{"kind", cost.kind},
                      {"layer", cost.layer},
                      {"shape", cost.shape},
                      {"calls", cost.calls},
                      {"ms", cost.elapsedMs},
                      {"least_ms", cost.leastMs},
                      {"bound_by", cost.isBoundByMemory ? "memory" : "arithmetic"}});
  return layers;
}

nlohmann::ordered_json errorsJson(const BenchmarkStage& stage) {
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  for (const LayerError& error : stage.errors)
    layers.push_back({{"kind", error.kind},
                      {"layer", error.layer},
                      {"shape", error.shape},
                      {"rms", error.rms},
                      {"largest", error.largest}});
  return layers;
}

std::string jsonOf(const BenchmarkReport& report) {
  nlohmann::ordered_json stages = nlohmann::ordered_json::array();
  for (const BenchmarkStage& stage : report.stages) {
    nlohmann::ordered_json layers = nlohmann::ordered_json::array();
    for (const Timing& layer : stage.layers)
      layers.push_back(
          {{"name", layer.name}, {"calls", layer.calls}, {"ms", layer.elapsedMs}, {"gigaflops", layer.gigaflops}});
    stages.push_back({{"name", stage.name},
                      {"seconds", stage.seconds},
                      {"gigaflops", stage.gigaflops},
                      {"overhead", stage.overhead()},
                      {"layers", layers}});
    if (!stage.worst.empty()) stages.back()["roofline"] = rooflineJson(stage);
    if (!stage.errors.empty()) stages.back()["errors"] = errorsJson(stage);
  }
  nlohmann::ordered_json rates;
  for (const auto& [arithmetic, rate] : report.productRates) rates[std::string(name(arithmetic))] = rate;
  return jsonText({{"processor", report.processor},
                   {"instruction_set", report.instructionSet},
                   {"precision", name(report.precision)},
                   {"arithmetic", name(report.arithmetic)},
                   {"products_per_thread", rates},
                   {"threads", report.threads},
                   {"matmul_peak_gflops", report.matmulPeak},
                   {"memory_gb_per_second", report.memoryBandwidth},
                   {"load_seconds", report.loadSeconds},
                   {"load_prepared_seconds", report.loadPreparedSeconds},
                   {"weight_bytes", report.weightBytes},
                   {"peak_memory_bytes", report.peakMemoryBytes},
                   {"stages", stages}});
}

/// A folder of the cache, filled by `write` where `mark` is not there yet.
fs::path cachedFolder(const char* name, const char* mark, void (*write)(const fs::path&, std::stop_token),
                      const std::stop_token& stop) {
  fs::path folder = userCacheFolder() / name;
  if (fs::exists(folder / mark)) return folder;
  fmt::print(stderr, "writing random weights to {}\n", folder.string());
  write(folder, stop);
  return folder;
}

}  // namespace

void addBenchCommand(CommandLine& line) {
  CLI::App* command = addSubcommand(
      line.app, "bench", "Measure this machine: one UNet call, decoding and the text encoder at the size of SD 1.5");
  auto options = std::make_shared<BenchmarkOptions>();
  addOption(*command, "-m,--model", options->model,
            "Model to measure instead of a random one of SD 1.5's size (2.1 GB, made once in the cache folder)")
      ->type_name("MODEL");
  const auto withControlNet = std::make_shared<bool>(false);
  addFlag(*command, "--controlnet", *withControlNet,
          "Measure a ControlNet of SD 1.5's size, too (random, 0.7 GB, made once in the cache folder)");
  addOption(*command, "--width", options->width, "Width in pixels, a multiple of 8")
      ->check(CLI::Range(64, 2048))
      ->capture_default_str();
  addOption(*command, "--height", options->height, "Height in pixels, a multiple of 8")
      ->check(CLI::Range(64, 2048))
      ->capture_default_str();
  addOption(*command, "--repetitions", options->repetitions, "How often each stage runs; the fastest counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  addChoice(line, *command, "--precision", options->precision, precisionFromName, precisionNames(),
            "Bits of the weights in memory: f32 as in the file, bf16 at most 16, int8 half of that (default: f32)");
  addChoice(line, *command, "--arithmetic", options->arithmetic, arithmeticFromName, arithmeticNames(),
            "What products multiply, where this processor is fast at it (default: f32)");
  addFlag(
      *command, "--roofline", options->roofline,
      "Name the three layers of each stage that lose the most time against what this machine's arithmetic and memory "
      "allow (all of them with --json)");
  addFlag(*command, "--errors", options->errors,
          "Name the three layers of each stage whose results are farthest from those of direct convolutions and "
          "products in f32: Winograd's, and with another --arithmetic all others (all of them with --json)");
  addOption(*command, "--threads", options->threads, "Threads, 0 for all processors")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  addFlag(*command, "--json", line.json, "Print a JSON object");
  command->callback([&line, options, withControlNet] {
    line.run = [&line, options, withControlNet](std::stop_token stop) {
      if (options->model.empty())
        options->model = cachedFolder("bench-sd15", "model_index.json", writeRandomModel, stop);
      if (*withControlNet)
        options->controlNet = cachedFolder("bench-sd15-controlnet", "config.json", writeRandomControlNet, stop);
      const auto progress = [](const std::string& what) { fmt::print(stderr, "{}\n", what); };
      const BenchmarkReport report = runBenchmark(*options, progress, stop);
      fmt::print("{}\n", line.json ? jsonOf(report) : table(report));
      return kDone;
    };
  });
}

}  // namespace lorikeet::cli
