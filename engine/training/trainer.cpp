#include "training/trainer.h"

#include <fmt/format.h>
#include <lorikeet/engine.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <numbers>

#include "core/buffer_pool.h"
#include "pipeline/job_report.h"
#include "training/layer_choice.h"
#include "training/training_pause.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

/// Steps over which the loss is averaged for people.
constexpr size_t kAverageSteps = 50;
/// What a textual inversion starts from unless it is told.
constexpr const char* kUsualInitialText = "*";

std::vector<std::string> captionsOf(const std::vector<TrainingPicture>& pictures) {
  std::vector<std::string> captions;
  captions.reserve(pictures.size());
  for (const TrainingPicture& picture : pictures) captions.push_back(picture.caption);
  return captions;
}

std::vector<int> repeatsOf(const std::vector<TrainingPicture>& pictures) {
  std::vector<int> repeats;
  repeats.reserve(pictures.size());
  for (const TrainingPicture& picture : pictures) repeats.push_back(picture.repeats);
  return repeats;
}

/// The vectors of the initial text's tokens, as often as it takes.
Tensor initialRows(const DiffusionModel& model, const TrainingRequest& request) {
  if (request.kind != TrainingKind::TextualInversion) return {};
  const std::string text = request.initialText.empty() ? kUsualInitialText : request.initialText;
  const std::vector<int> tokens = model.tokenizer.encode(text);
  if (tokens.empty())
    throw Error(ErrorKind::InvalidArgument, fmt::format("The initial text \"{}\" has no tokens.", text));
  std::vector<int> ids;
  ids.reserve(static_cast<size_t>(request.vectorCount));
  for (int i = 0; i < request.vectorCount; ++i) ids.push_back(tokens[static_cast<size_t>(i) % tokens.size()]);
  return model.textEncoder.tokenVectors(ids);
}

}  // namespace

Trainer::Trainer(TrainingPlan plan, const TrainingCallbacks& callbacks, std::stop_token stop)
    : plan_(std::move(plan)),
      request_(plan_.request),
      callbacks_(callbacks),
      stop_(std::move(stop)),
      pool_(request_.threads) {
  result_.modules = plan_.estimate.modules;
  result_.parameters = plan_.estimate.parameters;
}

TrainingResult Trainer::run() {
  const Clock::time_point begin = Clock::now();
  const fs::path state = trainingStateOf(request_.output);
  try {
    load();
    start();
    encode();
    if (callbacks_.started) callbacks_.started(plan_.estimate);
    train();
    finish();
  } catch (const Stopped&) {
    result_.status = Status::Stopped;
    if (optimizer_ && stepsDone() > result_.firstStep) save();
    std::error_code ignored;
    if (fs::exists(state, ignored)) result_.state = state;
  }
  if (optimizer_) result_.steps = stepsDone();
  result_.losses = state_.losses;
  for (const Profiler::Entry& entry : profiler_.entries())
    result_.timings.push_back({entry.name, entry.calls, entry.elapsedMs, entry.work.flops * 1e-9});
  std::ranges::sort(result_.timings, std::greater<>(), &Timing::elapsedMs);
  if (!stepSeconds_.empty()) {
    const auto middle = stepSeconds_.begin() + static_cast<std::ptrdiff_t>(stepSeconds_.size() / 2);
    std::nth_element(stepSeconds_.begin(), middle, stepSeconds_.end());
    result_.secondsPerStep = *middle;
  }
  result_.elapsedMs = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  result_.peakMemoryBytes = peakMemoryBytes();
  return std::move(result_);
}

void Trainer::work(FunctionRef<void(const ExecutionContext&)> body) {
  runUnlessPaused(
      callbacks_.pause, stop_, [&](const std::stop_token& token) { body(ExecutionContext(pool_, token, &profiler_)); },
      [&] {
        if (optimizer_) optimizer_->clear();
      });
}

void Trainer::load() {
  report(TrainingStage::Loading, 0, 1);
  work([&](const ExecutionContext& context) {
    model_ = DiffusionModel::load(context, request_.model, findResources());
  });
  loss_.emplace(model_->schedulerConfig, request_.minSnr);
}

void Trainer::start() {
  networks_.emplace(*model_, plan_.layers, initialRows(*model_, request_), request_.clipSkip);
  initialize(networks_->layers(), request_.seed);
  optimizer_.emplace(
      networks_->parameters(request_.learningRate, request_.textLearningRate.value_or(request_.learningRate)),
      request_.weightDecay);
  samples_.emplace(*model_, *networks_, request_.word);
  order_.emplace(repeatsOf(plan_.pictures), request_.seed);
  state_ = {decisiveSettings(plan_), {}, fmt::format("{}.0", std::time(nullptr))};
  const fs::path file = trainingStateOf(request_.output);
  std::error_code ignored;
  if (request_.resume)
    state_ = loadTrainingState(file, *optimizer_, state_.settings);
  else if (fs::exists(file, ignored))
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("\"{}\" holds an earlier training that was not finished: resume it, or move the file away "
                            "to begin anew.",
                            file.string()));
  result_.firstStep = stepsDone();
  work([&](const ExecutionContext& context) { networks_->refresh(context); });
}

void Trainer::encode() {
  const int count = static_cast<int>(plan_.pictures.size());
  const std::vector<std::string> texts = captionsOf(plan_.pictures);
  work([&](const ExecutionContext& context) {
    report(TrainingStage::Encoding, 0, count);
    ClipTokenizer tokenizer = model_->tokenizer;
    if (networks_->rows() != nullptr) {
      const EmbeddingTrigger trigger{{request_.word}, request_.vectorCount};
      tokenizer = tokenizer.withTriggers({&trigger, 1});
    }
    captions_.emplace(tokenizer, texts);
    captionOfPicture_.clear();
    for (const std::string& text : texts) captionOfPicture_.push_back(captions_->indexOf(text));
    networks_->encodeCaptions(context, *captions_);
    latents_.emplace(context, *model_->vae, plan_.pictures, request_.data,
                     [&](int done) { report(TrainingStage::Encoding, done, count); });
  });
  BufferPool::instance().trim();
  profiler_.clear();
}

void Trainer::train() {
  if (stepsDone() == 0) sampleIfDue();
  while (stepsDone() < request_.steps) {
    step();
    noteStep(std::chrono::duration<double>(Clock::now() - stepBegin_).count());
    sampleIfDue();
    if (request_.saveEvery > 0 && stepsDone() % request_.saveEvery == 0 && stepsDone() < request_.steps) save();
  }
}

/// A step is one piece of work: when it is held up or stopped in the middle, nothing of it is left.
void Trainer::step() {
  double loss = 0;
  work([&](const ExecutionContext& context) {
    stepBegin_ = Clock::now();  // without the time that it is held up
    loss = 0;
    for (int i = 0; i < request_.accumulation; ++i)
      loss += batchGradients(context, stepsDone() * samplesPerStep() + int64_t{i} * request_.batchSize);
  });
  loss /= request_.accumulation;
  progress_.gradientNorm = limitGradients(optimizer_->parameters(), request_.gradientLimit);
  if (!std::isfinite(loss) || !std::isfinite(progress_.gradientNorm))
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("The training has left the range of numbers at step {} (loss {}); try a lower learning "
                            "rate. What was saved before is kept.",
                            stepsDone() + 1, loss));
  const double factor = rateFactor(stepsDone());
  progress_.learningRate = request_.learningRate * factor;
  optimizer_->step(factor);
  const ExecutionContext context(pool_);
  networks_->refresh(context);
  progress_.loss = loss;
  state_.losses.push_back(static_cast<float>(loss));
}

double Trainer::batchGradients(const ExecutionContext& context, int64_t firstSample) {
  const TrainingBatch batch = drawBatch(firstSample);
  return networks_->addGradients(context, batch, *captions_, *loss_, 1.0 / request_.accumulation,
                                 plan_.estimate.checkpoints ? Tape::Mode::Checkpoint : Tape::Mode::Record);
}

TrainingBatch Trainer::drawBatch(int64_t firstSample) {
  const int64_t channels = latents_->channels(), each = latents_->height() * latents_->width() * channels;
  const Shape shape{request_.batchSize, latents_->height(), latents_->width(), channels};
  TrainingBatch batch{Tensor(shape), Tensor(shape), {}, {}};
  for (int64_t i = 0; i < request_.batchSize; ++i) {
    TorchRng random = order_->generatorOf(firstSample + i);
    float shares[5];
    random.uniform(shares);
    SampleDraw draw;
    draw.picture = order_->pictureOf(firstSample + i);
    draw.dropsCaption = shares[0] < request_.data.captionDropout;
    draw.isFlipped = request_.data.flip && shares[1] < 0.5F;
    if (request_.data.randomCrop) draw.cropX = shares[2];
    if (request_.data.randomCrop) draw.cropY = shares[3];
    draw.timestep =
        std::min(loss_->timesteps() - 1, static_cast<int>(static_cast<double>(shares[4]) * loss_->timesteps()));
    latents_->draw(draw, random, batch.latents.data() + i * each);
    float* noise = batch.noise.data() + i * each;
    random.normal({noise, static_cast<size_t>(each)});
    if (request_.noiseOffset > 0)
      for (int64_t channel = 0; channel < channels; ++channel) {
        const auto offset = static_cast<float>(request_.noiseOffset * random.normalDouble());
        for (int64_t pixel = channel; pixel < each; pixel += channels) noise[pixel] += offset;
      }
    batch.timesteps.push_back(draw.timestep);
    batch.captions.push_back(draw.dropsCaption ? 0 : captionOfPicture_[draw.picture]);
  }
  return batch;
}

double Trainer::rateFactor(int step) const {
  if (step < request_.warmupSteps) return static_cast<double>(step + 1) / request_.warmupSteps;
  if (request_.schedule == RateSchedule::Constant) return 1;
  const double share =
      static_cast<double>(step - request_.warmupSteps) / std::max(1, request_.steps - request_.warmupSteps);
  return 0.5 * (1 + std::cos(std::numbers::pi * share));
}

void Trainer::sampleIfDue() {
  if (request_.sampleEvery == 0 || stepsDone() % request_.sampleEvery != 0) return;
  const int step = stepsDone();
  for (size_t i = 0; i < request_.samples.size(); ++i) {
    const int index = static_cast<int>(i);
    report(TrainingStage::Sampling, step, request_.steps);
    Image picture;
    std::function<void(const Image&)> preview;
    if (callbacks_.samplePreview) preview = [&](const Image& image) { callbacks_.samplePreview(step, index, image); };
    work([&](const ExecutionContext& context) { picture = samples_->make(context, request_.samples[i], preview); });
    if (callbacks_.sample) callbacks_.sample(step, index, request_.samples[i], picture);
  }
}

void Trainer::save() {
  report(TrainingStage::Saving, stepsDone(), request_.steps);
  saveTrainingState(trainingStateOf(request_.output), *optimizer_, state_);
}

/// A result that cannot be written is kept as a state, if there is a way at all.
void Trainer::finish() {
  report(TrainingStage::Saving, stepsDone(), request_.steps);
  try {
    writeTrained(plan_, *networks_, trainingMetadata(plan_, state_, *model_, stop_));
  } catch (const Error&) {
    try {
      save();
    } catch (const Error&) {  // the first reason is the one to tell; the state saved before is still there
    }
    throw;
  }
  result_.output = request_.output;
  std::error_code ignored;
  fs::remove(trainingStateOf(request_.output), ignored);
}

void Trainer::noteStep(double seconds) {
  stepSeconds_.push_back(seconds);
  const int timed = stepsDone() - result_.firstStep;
  // The latest steps count most, so that a busy machine shows soon.
  progress_.secondsPerStep =
      timed <= 1 ? seconds : progress_.secondsPerStep + (seconds - progress_.secondsPerStep) / std::min(timed, 20);
  progress_.secondsLeft = progress_.secondsPerStep * (request_.steps - stepsDone());
  progress_.epoch = static_cast<double>(stepsDone() * samplesPerStep()) / static_cast<double>(order_->epochSize());
  const size_t recent = std::min(state_.losses.size(), kAverageSteps);
  double sum = 0;
  for (size_t i = state_.losses.size() - recent; i < state_.losses.size(); ++i) sum += state_.losses[i];
  progress_.averageLoss = sum / static_cast<double>(recent);
  report(TrainingStage::Training, stepsDone(), request_.steps);
}

void Trainer::report(TrainingStage stage, int done, int total) {
  progress_.stage = stage;
  progress_.done = done;
  progress_.total = total;
  if (callbacks_.progress) callbacks_.progress(progress_);
}

TrainingResult trainAdapter(const TrainingRequest& request, const TrainingCallbacks& callbacks, std::stop_token stop) {
  try {
    return Trainer(planTraining(request, stop), callbacks, stop).run();
  } catch (const Stopped&) {  // while it was planned
    TrainingResult result;
    result.status = Status::Stopped;
    return result;
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::OutOfMemory,
                "There is not enough memory for this training; choose a smaller size or batch, or checkpointing.");
  }
}

}  // namespace lorikeet
