#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "lorikeet/image.h"
#include "lorikeet/request.h"
#include "lorikeet/result.h"
#include "lorikeet/workshop.h"

namespace lorikeet {

/// What a training makes.
enum class TrainingKind {
  Lora,              ///< low-rank changes of a model's layers (Hu et al., "LoRA", 2021)
  TextualInversion,  ///< vectors for a new word (Gal et al., "An Image is Worth One Word", 2022)
};
/// Which layers get a LoRA, unless a configuration says so.
enum class TrainedLayers {
  Attention,     ///< the four projections of every attention
  Transformers,  ///< every matrix of the transformer blocks: what kohya's scripts train
  Everything,    ///< the convolutions and time projections too (LoCon)
};
enum class RateSchedule { Constant, Cosine };
/// Whether parts of the network are computed twice to save memory; the results are the same.
enum class Checkpointing { Auto, On, Off };

std::span<const EnumName<TrainingKind>> trainingKindNames();
TrainingKind trainingKindFromName(std::string_view text);
std::span<const EnumName<TrainedLayers>> trainedLayersNames();
TrainedLayers trainedLayersFromName(std::string_view text);
std::span<const EnumName<RateSchedule>> rateScheduleNames();
RateSchedule rateScheduleFromName(std::string_view text);
std::span<const EnumName<Checkpointing>> checkpointingNames();
Checkpointing checkpointingFromName(std::string_view text);

/// The pictures to learn from, and how they are shown.
struct TrainingData {
  /// Pictures, each with its caption in NAME.txt beside it; or folders of such called REPEATS_WORDS (kohya's), whose
  /// words are the caption of pictures without one.
  std::filesystem::path folder;
  std::string caption;        ///< of pictures that have none; empty: they are an error, unless there is a trigger
  std::string trigger;        ///< word that brings the result out: put before captions that do not hold it
  int repeats = 1;            ///< how often an epoch shows a picture, where its folder does not say so
  int width = 0;              ///< pixels; pictures are scaled to cover this and cut; 0: the model's native size
  int height = 0;             ///< pixels; 0: the model's native size
  bool flip = false;          ///< shows half of them mirrored
  bool randomCrop = false;    ///< cuts at random instead of in the middle
  double captionDropout = 0;  ///< share shown with an empty caption, 0 to 1
};

/// Everything that decides a training.
struct TrainingRequest {
  TrainingKind kind = TrainingKind::Lora;
  std::filesystem::path model;   ///< diffusers folder or checkpoint; empty: the starter model
  std::filesystem::path output;  ///< a .safetensors file; its state lies beside it until it is complete
  TrainingData data;
  uint64_t seed = 0;
  int steps = 1000;      ///< changes of the trained values
  int batchSize = 1;     ///< pictures computed together
  int accumulation = 1;  ///< batches a step

  double learningRate = 1e-4;
  std::optional<double> textLearningRate;  ///< of the text encoder's layers; empty: as the others
  RateSchedule schedule = RateSchedule::Cosine;
  int warmupSteps = 0;
  double weightDecay = 0.01;  ///< AdamW's
  double gradientLimit = 1;   ///< largest norm of all gradients together; 0: none
  double minSnr = 0;          ///< gamma of min-SNR weighting (Hang et al., 2023), 5 is usual; 0: off
  double noiseOffset = 0;     ///< share of noise that is the same for a whole channel, 0 to 1
  int clipSkip = 1;           ///< layer of the text encoder that counts, from the end
  Checkpointing checkpointing = Checkpointing::Auto;

  int64_t rank = 8;  ///< of a LoRA
  double alpha = 0;  ///< the LoRA counts alpha / rank; 0: alpha = rank
  TrainedLayers layers = TrainedLayers::Transformers;
  bool trainsTextEncoder = false;       ///< a LoRA of its layers too
  std::filesystem::path configuration;  ///< lora_wrapper's: which layers, with rank and scale; empty: as above
  WeightType type = WeightType::F16;    ///< of what is written

  std::string word;         ///< that a textual inversion stands for
  std::string initialText;  ///< whose vectors it starts from
  int vectorCount = 1;

  int saveEvery = 100;                   ///< steps after which the state is put on disk; 0: only when stopped
  int sampleEvery = 0;                   ///< steps between samples; 0: none
  std::vector<GenerateRequest> samples;  ///< pictures that show how far it is; model and adapters are the training's
  bool resume = false;                   ///< goes on from the state beside the output
  int threads = 0;                       ///< 0: as many as the process may use
  int64_t memoryLimit = 0;               ///< bytes; 0: what is free
};

/// A sample of a training: a prompt at the size that is trained, with its layer of the text encoder.
GenerateRequest trainingSample(const TrainingRequest& request, std::string prompt);

/// Throws Error(InvalidArgument) for the first setting that is out of range. Reads no files.
void validate(const TrainingRequest& request);

/// What a training will take, told before it starts.
struct TrainingEstimate {
  int pictures = 0;
  int captions = 0;      ///< pictures with a caption of their own
  int width = 0;         ///< pixels, of a picture as it is learned
  int height = 0;        ///< pixels
  int epochSamples = 0;  ///< pictures with their repeats
  int steps = 0;
  double epochs = 0;
  int modules = 0;             ///< layers with a LoRA
  int64_t parameters = 0;      ///< trained values
  bool checkpoints = false;    ///< parts of the network are computed twice
  int64_t memoryBytes = 0;     ///< of the process at its peak
  int64_t availableBytes = 0;  ///< that it may use
  double secondsPerStep = 0;   ///< by the speed of a product measured now
  double seconds = 0;          ///< with reading the pictures, without samples
  /// One sentence each: what a person should know before the start, such as captions that are too long.
  std::vector<std::string> warnings;
};
/// Reads folder, captions and the model's header, and measures the machine for a moment. Throws Error for whatever
/// would keep the training from starting, also Error(OutOfMemory) if it cannot fit. A stop is answered soon, by an
/// exception that is no Error.
TrainingEstimate estimateTraining(const TrainingRequest& request, const std::stop_token& stop = {});

enum class TrainingStage { Loading, Encoding, Training, Sampling, Saving };
/// Where a training is.
struct TrainingProgress {
  TrainingStage stage = TrainingStage::Loading;
  int done = 0;               ///< pictures encoded, or steps
  int total = 0;              ///< of them
  double epoch = 0;           ///< epochs seen so far
  double loss = 0;            ///< of the latest step
  double averageLoss = 0;     ///< over the latest steps, for a quiet display
  double learningRate = 0;    ///< of the latest step
  double gradientNorm = 0;    ///< of the latest step, before it was limited
  double secondsPerStep = 0;  ///< running mean
  double secondsLeft = 0;     ///< estimate, 0 while unknown
};

/// Lets a training be held up from any thread. While it is held, it computes nothing; the step that was under way is
/// begun anew afterwards, with the same result.
class TrainingPause {
 public:
  TrainingPause();
  ~TrainingPause();
  TrainingPause(const TrainingPause&) = delete;
  TrainingPause& operator=(const TrainingPause&) = delete;
  void pause();
  void resume();
  bool isPaused() const;

  struct State;
  State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// What a training reports, all on the thread that called trainAdapter(). Every member may be empty.
struct TrainingCallbacks {
  std::function<void(const TrainingProgress&)> progress;
  /// The plan, once the model is loaded.
  std::function<void(const TrainingEstimate&)> started;
  /// A sample as it forms, and finished; `index` counts TrainingRequest::samples.
  std::function<void(int step, int index, const Image&)> samplePreview;
  std::function<void(int step, int index, const GenerateRequest&, const Image&)> sample;
  /// Null: cannot be held up. Must outlive the training.
  const TrainingPause* pause = nullptr;
};

struct TrainingResult {
  Status status = Status::Done;
  std::filesystem::path output;  ///< the adapter or embedding; empty after a stop
  std::filesystem::path state;   ///< what a stopped training can go on from; empty when it is complete
  int steps = 0;                 ///< in all, with those before a resumption
  int firstStep = 0;             ///< that this call began with
  int modules = 0;
  int64_t parameters = 0;
  std::vector<float> losses;    ///< of every step, with those before a resumption
  std::vector<Timing> timings;  ///< kinds of layers, by falling time
  double elapsedMs = 0;
  double secondsPerStep = 0;    ///< median of this call's steps
  int64_t peakMemoryBytes = 0;  ///< peak resident size of the process
};

/// Trains an adapter on the CPU in f32 with the model's weights as they are in their file, and writes it in kohya's
/// form with its metadata (a textual inversion as safetensors under its word). The same request gives the same
/// values, whatever the threads and however often it was stopped, held up and resumed. Its state is written beside the
/// output and goes when that is complete. Throws Error: what estimateTraining() throws; Mismatch for a state that
/// another request left there; Io.
TrainingResult trainAdapter(const TrainingRequest& request, const TrainingCallbacks& callbacks = {},
                            std::stop_token stop = {});

/// Where the state of a training with this output lies.
std::filesystem::path trainingStateOf(const std::filesystem::path& output);

/// What a training that was not finished left beside its output.
struct SavedTraining {
  std::filesystem::path file;
  int steps = 0;
  std::vector<float> losses;  ///< of every step
};
/// Empty where nothing was left. Throws Error(Io | Corrupt) for a file that is no state of a training.
std::optional<SavedTraining> findSavedTraining(const std::filesystem::path& output);

}  // namespace lorikeet
