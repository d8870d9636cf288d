#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lorikeet/adapter_use.h"
#include "lorikeet/image.h"

namespace lorikeet {

struct GenerateRequest;

enum class Status { Done, Stopped };

/// Where a job is. Sent from the thread that runs it.
enum class Stage { Loading, Text, Denoising, Decoding };

/// Time and work of one stage or kind of layer.
struct Timing {
  std::string name;
  int64_t calls = 0;
  double elapsedMs = 0;
  double gigaflops = 0;  ///< work in units of 1e9, 0 where it was not counted
};

struct Progress {
  Stage stage = Stage::Loading;
  int imageIndex = 0;
  int imageCount = 1;
  int step = 0;               ///< steps finished
  int stepCount = 0;          ///< steps of this image
  double elapsedMs = 0;       ///< since the job began
  double secondsPerStep = 0;  ///< running mean, 0 before the first step
  double secondsLeft = 0;     ///< estimate for the whole job, 0 while unknown
};

/// Latents of one image, [4, latentHeight, latentWidth] in row order, as golden files and --latents hold them.
struct Latents {
  std::string name;  ///< "latents.initial", "latents.after_step.03", "latents.final"
  int channels = 4;
  int height = 0;
  int width = 0;
  std::vector<float> values;
};

/// What a job reports while it runs. Every member may be empty. All are called on the thread that called generate();
/// they must return quickly and must not call the engine.
struct GenerateCallbacks {
  std::function<void(const Progress&)> progress;
  /// Before each picture: the request for it alone, with the seed and the choices that it is made with and the textual
  /// inversions that its prompts name. This is what its settings should say.
  std::function<void(int imageIndex, const GenerateRequest&)> picture;
  /// The picture as it forms, at a size between the latents' and the picture's. Called at most once a step.
  std::function<void(int imageIndex, int step, const Image&)> preview;
  /// Each finished picture, as soon as it is there.
  std::function<void(int imageIndex, const Image&)> image;
  /// Latents at the start, after every step and at the end.
  std::function<void(int imageIndex, const Latents&)> latents;
  /// Asked before every step: the whole stack of adapters if it has changed since the last answer, else nothing. The
  /// new stack is in effect from this step on; text is encoded again only if a text encoder weight changed.
  std::function<std::optional<std::vector<AdapterUse>>()> adapters;
  /// An adapter that cannot be used, with the reason; the others stay in effect. If empty, such an adapter of the
  /// request ends the job with its Error, and one that came while the job ran is left out.
  std::function<void(const AdapterUse&, const std::string& reason)> adapterProblem;
};

struct GenerateResult {
  Status status = Status::Done;
  std::vector<Image> images;  ///< finished ones; after a stop those that were complete
  std::vector<uint64_t> seeds;
  int width = 0;
  int height = 0;
  int promptTokens = 0;  ///< without start and end marks
  int negativeTokens = 0;
  int encodedTexts = 0;   ///< texts that the text encoder read; a RunMemory spares those that it knows
  int replayedSteps = 0;  ///< of all images, that needed no model call thanks to a RunMemory
  /// What adapters cost ("adapters", of it "adapters, at the start" and "adapters, last change", and beside that
  /// "adapters, in steps" with the number of steps), then stages ("load", "text", "denoise", "decode"), then kinds of
  /// layers.
  std::vector<Timing> timings;
  double elapsedMs = 0;
  int64_t peakMemoryBytes = 0;  ///< peak resident size of the process
};

/// Writes the latents of several images as one safetensors file: every name becomes one F32 tensor
/// [images, channels, latentHeight, latentWidth]. Each element of `images` is what one image reported, in order; all
/// must have the same names and sizes. Complete or absent. Throws Error(Io | Mismatch).
void saveLatents(const std::filesystem::path& file, const std::vector<std::vector<Latents>>& images);

}  // namespace lorikeet
