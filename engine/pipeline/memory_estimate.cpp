#include "pipeline/memory_estimate.h"

#include <fmt/format.h>
#include <lorikeet/engine.h>
#include <lorikeet/starter_parts.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <thread>

#include "core/buffer_pool.h"
#include "io/file_stamp.h"
#include "io/vae_file.h"
#include "pipeline/activation_estimate.h"
#include "pipeline/diffusion_model.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kFloat = sizeof(float);
/// The program with its vocabulary and a warm allocator.
constexpr int64_t kProgramBytes = int64_t{66} << 20;
/// What adapters take for each byte of their files: factors as f32, scaled and not (tests/bench/REPORT.md).
constexpr double kAdapterFactor = 3.5;

/// What a thread works in (ops/scratch.h): a panel of the widest layer and its Winograd form, tiles of products.
int64_t scratchBytes(const UNetConfig& unet) {
  constexpr int64_t kPanel = 32, kTaps = 9, kPlanes = 36, kTiles = int64_t{3} << 19;
  const int64_t widest = 2 * unet.levels.back().channels;
  const int64_t threads = std::max<int64_t>(1, std::thread::hardware_concurrency());
  return threads * (widest * (kTaps + kPlanes) * kPanel * kFloat + kTiles);
}

int64_t adapterBytes(const GenerateRequest& request) {
  int64_t bytes = 0;
  for (const AdapterUse& use : request.adapters)
    if (use.enabled) bytes += bytesOnDisk(use.file);
  return static_cast<int64_t>(kAdapterFactor * static_cast<double>(bytes));
}

/// Of 16-bit files, which is what ControlNets come as; f32 ones count as they are.
int64_t controlNetBytes(const GenerateRequest& request, Precision precision) {
  std::vector<fs::path> files;
  for (const ControlUnit& unit : request.controls)
    if (fs::path file = controlNetOf(request, unit); std::find(files.begin(), files.end(), file) == files.end())
      files.push_back(std::move(file));
  int64_t bytes = 0;
  for (const fs::path& file : files) bytes += bytesOnDisk(file);
  return precision == Precision::Int8 ? bytes * 17 / 32 : bytes;
}

/// What a request's own VAE changes.
struct VaeChange {
  int64_t weightBytes = 0;   ///< beside those of the model
  int64_t tinyChannels = 0;  ///< 0: the decoder is no tiny one
};

VaeChange vaeChange(const ModelShapes& model, const GenerateRequest& request, Precision precision) {
  if (request.vae.empty()) return {};
  const VaeFile file = openVae(request.vae);
  if (file.isTiny)
    return {packedBytes(file.weights, WeightStorage::AsInFile), AutoencoderTinyDecoder::sizeOf(file.weights).channels};
  return {packedBytes(file.weights, vaeStorage(precision)) - model.vaeBytes(precision), 0};
}

int64_t denoisingFloats(const ModelShapes& model, const GenerateRequest& request, MapSize latents) {
  const int64_t rows = request.guidanceScale > 1 ? 2 : 1;
  int64_t floats = unetFloats(model.unet, latents, rows);
  if (!request.controls.empty()) {
    const int64_t residuals = controlResidualFloats(model.unet, latents, rows);
    floats = std::max(floats + residuals, controlNetFloats(model.unet, latents, rows) + residuals);
  }
  const int64_t map = model.unet.levels.front().channels * latents.height * latents.width * rows;
  if (request.shortcuts.arithmetic != Arithmetic::F32)
    floats += 2 * map;  // the feed-forward layer's four inner maps in 16 bits
  if (request.shortcuts.innerEvery > 1) floats += map;
  return floats;
}

int64_t codingFloats(const ModelShapes& model, const GenerateRequest& request, const VaeChange& vae, MapSize latents) {
  const int64_t decoder = vae.tinyChannels > 0 ? tinyDecoderFloats(vae.tinyChannels, latents)
                                               : decoderFloats(model.vae, latents, request.vaeTiling);
  const bool encodes = !request.init.empty() || (request.hires.enabled() && !isLatent(request.hires.upscaler.method));
  return encodes ? std::max(decoder, encoderFloats(model.vae, latents, request.vaeTiling)) : decoder;
}

std::string gigabytes(int64_t bytes) { return fmt::format("{:.1f} GB", static_cast<double>(bytes) / 1e9); }

/// A change of a request that needs less memory.
struct Saving {
  Precision precision;
  VaeTiling tiling;
  double scale;  ///< of the sides

  std::string text(const MemoryEstimate& before, VaeTiling tilingBefore, const MemoryEstimate& after) const {
    std::vector<std::string> parts;
    if (after.width != before.width) parts.push_back(fmt::format("{}x{} pixels", after.width, after.height));
    if (precision != before.precision)
      parts.emplace_back(precision == Precision::Int8 ? "8-bit weights (int8)" : "16-bit weights (bf16)");
    if (tiling != tilingBefore) parts.emplace_back("decoding in strips");
    std::string joined = parts.front();
    for (size_t i = 1; i < parts.size(); ++i) joined += (i + 1 < parts.size() ? ", " : " and ") + parts[i];
    return joined + (parts.size() == 1 ? " would need " : " together would need ") + gigabytes(after.peak());
  }
};

MemoryEstimate withSaving(const ModelShapes& model, GenerateRequest request, const MemoryEstimate& before,
                          const Saving& saving) {
  constexpr int kStep = 64;
  const auto side = [&](int pixels) {
    return saving.scale == 1 ? pixels : std::max(kStep, static_cast<int>(pixels * saving.scale) / kStep * kStep);
  };
  request.vaeTiling = saving.tiling;
  return estimateMemory(model, request, side(before.width), side(before.height), saving.precision);
}

/// The mildest change that makes it fit; empty if none does.
std::string suggestionFor(const ModelShapes& model, const GenerateRequest& request, const MemoryEstimate& before) {
  const bool inStrips = worksInStrips(request.vaeTiling, before.width, before.height);
  std::vector<Saving> savings;
  for (const double scale : {1.0, 0.75, 0.5, 0.375, 0.25})
    for (const Precision precision : {before.precision, Precision::BF16, Precision::Int8})
      for (const VaeTiling tiling : {request.vaeTiling, VaeTiling::Always})
        if (precision >= before.precision && (!inStrips || tiling == request.vaeTiling))
          savings.push_back({precision, tiling, scale});
  for (const Saving& saving : savings)
    if (const MemoryEstimate after = withSaving(model, request, before, saving);
        after.fits() && after.peak() < before.peak())
      return saving.text(before, request.vaeTiling, after);
  return {};
}

}  // namespace

int64_t activationBytes(const UNetConfig& unet, const AutoencoderConfig& vae, int width, int height, bool guided,
                        VaeTiling tiling) {
  const MapSize latents{height / vae.factor(), width / vae.factor()};
  return kFloat * std::max(unetFloats(unet, latents, guided ? 2 : 1), decoderFloats(vae, latents, tiling));
}

int64_t availableMemoryBytes() {
  std::ifstream file("/proc/meminfo");
  std::string key, unit;
  int64_t kilobytes = 0, available = std::numeric_limits<int64_t>::max();
  while (file >> key >> kilobytes) {
    std::getline(file, unit);
    if (key == "MemAvailable:") available = kilobytes * 1024;
  }
  if (const char* limit = std::getenv("LORIKEET_MEMORY_LIMIT"); limit != nullptr)
    if (const int64_t bytes = std::strtoll(limit, nullptr, 10); bytes > 0) available = std::min(available, bytes);
  return available;
}

int64_t usableMemoryBytes(int64_t limit) {
  const int64_t available = availableMemoryBytes();
  return limit > 0 ? std::min(limit, available) : available;
}

void requireMemory(std::string_view what, int64_t needed, int64_t usable, bool isLimited) {
  if (needed <= usable) return;
  throw Error(ErrorKind::OutOfMemory, fmt::format("{} needs about {} of memory, but {} {}.", what, gigabytes(needed),
                                                  gigabytes(usable), isLimited ? "may be used" : "are free"));
}

MemoryEstimate estimateMemory(const ModelShapes& model, const GenerateRequest& request, int width, int height,
                              Precision precision) {
  const int factor = model.vae.factor();
  const MapSize latents{height / factor, width / factor};
  MemoryEstimate estimate;
  estimate.precision = precision;
  estimate.width = width;
  estimate.height = height;
  estimate.program = kProgramBytes + scratchBytes(model.unet);
  const VaeChange vae = vaeChange(model, request, precision);
  estimate.weights = model.weightBytes(precision) + vae.weightBytes;
  estimate.program += estimate.weights / 50;  // pages that blocks fill in part
  estimate.controlNets = controlNetBytes(request, precision);
  estimate.adapters = adapterBytes(request);
  if (request.hires.enabled()) estimate.upscaler = 2 * bytesOnDisk(request.hires.upscaler.network);
  const auto withSpare = [](int64_t bytes) {
    return bytes + static_cast<int64_t>(BufferPool::spareBytes(static_cast<size_t>(bytes)));
  };
  estimate.denoising = withSpare(kFloat * denoisingFloats(model, request, latents));
  estimate.decoding = withSpare(kFloat * codingFloats(model, request, vae, latents));
  const int64_t available = availableMemoryBytes();
  const auto held = static_cast<int64_t>(BufferPool::instance().heldBytes());
  estimate.available = available > std::numeric_limits<int64_t>::max() - held ? available : available + held;
  return estimate;
}

Precision precisionThatFits(const ModelShapes& model, const GenerateRequest& request, int width, int height) {
  for (const Precision precision : {Precision::F32, Precision::BF16})
    if (estimateMemory(model, request, width, height, precision).fits()) return precision;
  return Precision::Int8;
}

MemoryEstimate estimateWithAdvice(const ModelShapes& model, const GenerateRequest& request, int width, int height,
                                  Precision precision) {
  MemoryEstimate estimate = estimateMemory(model, request, width, height, precision);
  if (!estimate.fits()) estimate.suggestion = suggestionFor(model, request, estimate);
  return estimate;
}

void requireFit(const MemoryEstimate& estimate) {
  if (estimate.fits()) return;
  const std::string advice = estimate.suggestion.empty() ? "" : fmt::format("; {}", estimate.suggestion);
  throw Error(ErrorKind::OutOfMemory,
              fmt::format("A picture of {}x{} needs about {} of memory, but {} are free{}.", estimate.width,
                          estimate.height, gigabytes(estimate.peak()), gigabytes(estimate.available), advice));
}

MemoryEstimate estimateMemory(const GenerateRequest& request) {
  const ModelShapes model = readModelShapes(modelOf(request));
  const double scale = request.hires.enabled() ? request.hires.scale : 1;
  const auto side = [&](int wanted, int native) { return static_cast<int>((wanted > 0 ? wanted : native) * scale); };
  const int width = side(request.width, model.info.nativeWidth), height = side(request.height, model.info.nativeHeight);
  const Precision precision =
      request.precision == Precision::Auto ? precisionThatFits(model, request, width, height) : request.precision;
  return estimateWithAdvice(model, request, width, height, precision);
}

void checkMemory(const GenerateRequest& request) { requireFit(estimateMemory(request)); }

}  // namespace lorikeet
