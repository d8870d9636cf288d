#pragma once
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "lorikeet/request.h"
#include "lorikeet/result.h"

namespace lorikeet {

/// Writes a diffusers folder with the architecture of Stable Diffusion 1.5 and random f16 weights (2.1 GB): for
/// measuring speed and memory without anybody's model. Throws Error(Io).
void writeRandomModel(const std::filesystem::path& folder, std::stop_token stop = {});

/// The same of a ControlNet for such models (0.7 GB).
void writeRandomControlNet(const std::filesystem::path& folder, std::stop_token stop = {});

struct BenchmarkOptions {
  std::filesystem::path model;       ///< any model; its UNet and autoencoder are measured
  std::filesystem::path controlNet;  ///< measured as well; empty: none
  int threads = 0;                   ///< 0: as many as the process may use
  int width = 512;
  int height = 512;
  int repetitions = 3;  ///< the fastest of these is reported
  Precision precision = Precision::F32;
  Arithmetic arithmetic = Arithmetic::F32;  ///< as of Shortcuts
  bool roofline = false;                    ///< fill BenchmarkStage::worst
  bool errors = false;                      ///< fill BenchmarkStage::errors
};

/// A layer, or a kind of operation without weights at one shape, against what this machine could do at most: the longer
/// of the time for its arithmetic at the matrix product's peak and of that for its bytes at the memory's bandwidth.
struct LayerCost {
  std::string kind;   ///< "matmul", "convolution 3x3 winograd" ...
  std::string layer;  ///< "up_blocks.1.resnets.0.conv1.weight"; empty for attention
  std::string shape;  ///< "2 x 32x32, 1920 -> 640"
  int64_t calls = 0;
  double elapsedMs = 0;
  double leastMs = 0;
  bool isBoundByMemory = false;

  double lostMs() const { return elapsedMs - leastMs; }
};

/// How far a layer's result is from that of a direct algorithm in f32, both without bias and what follows.
struct LayerError {
  std::string kind, layer, shape;  ///< as in LayerCost
  double rms = 0;                  ///< of the difference, relative to that of the result
  double largest = 0;              ///< difference, relative to the largest absolute value of the result
};

/// One measured stage.
struct BenchmarkStage {
  std::string name;              ///< "UNet call", "VAE decode", "text encoder" ...
  double seconds = 0;            ///< fastest repetition
  double gigaflops = 0;          ///< work of a direct algorithm
  std::vector<Timing> layers;    ///< by kind of layer, of the fastest repetition
  std::vector<LayerCost> worst;  ///< with BenchmarkOptions::roofline, the most lost time first
  std::vector<LayerError>
      errors;  ///< with BenchmarkOptions::errors: of Winograd and of fewer bits, the largest rms first

  /// Share of the time outside matrix products, convolutions and attention, 0 to 1.
  double overhead() const;
};

struct BenchmarkReport {
  std::string processor;
  std::string instructionSet;
  int threads = 0;
  Precision precision = Precision::F32;
  Arithmetic arithmetic = Arithmetic::F32;  ///< what this processor has of the option
  /// Products in the caches by one thread, GFLOP/s or GOP/s, of each arithmetic that the processor has.
  std::vector<std::pair<Arithmetic, double>> productRates;
  double matmulPeak = 0;       ///< GFLOP/s of this machine's f32 matrix product, measured in the same run
  double memoryBandwidth = 0;  ///< GB/s of reading from memory, measured likewise
  double loadSeconds = 0;
  double loadPreparedSeconds = 0;  ///< from files that an earlier load has kept (lorikeet/prepared_weights.h)
  int64_t weightBytes = 0;
  int64_t peakMemoryBytes = 0;
  std::vector<BenchmarkStage> stages;
};

/// Measures a model stage by stage: one UNet call with batch 2 (guidance), a ControlNet's, decoding, the text encoder.
BenchmarkReport runBenchmark(const BenchmarkOptions& options,
                             const std::function<void(const std::string&)>& progress = {}, std::stop_token stop = {});

}  // namespace lorikeet
