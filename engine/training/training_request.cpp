#include <fmt/format.h>
#include <lorikeet/error.h>
#include <lorikeet/training.h>

#include <cmath>

#include "core/enum_lookup.h"
#include "core/require_range.h"

namespace lorikeet {
namespace {

constexpr EnumName<TrainingKind> kTrainingKinds[] = {
    {TrainingKind::Lora, "lora", "LoRA"}, {TrainingKind::TextualInversion, "textual_inversion", "Textual inversion"}};
constexpr EnumName<TrainedLayers> kTrainedLayers[] = {
    {TrainedLayers::Attention, "attention", "Attention"},
    {TrainedLayers::Transformers, "transformers", "Transformer blocks"},
    {TrainedLayers::Everything, "everything", "Everything"}};
constexpr EnumName<RateSchedule> kRateSchedules[] = {{RateSchedule::Constant, "constant", "Constant"},
                                                     {RateSchedule::Cosine, "cosine", "Cosine"}};
constexpr EnumName<Checkpointing> kCheckpointing[] = {{Checkpointing::Auto, "auto", "When memory is short"},
                                                      {Checkpointing::On, "on", "Always"},
                                                      {Checkpointing::Off, "off", "Never"}};

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorKind::InvalidArgument, message); }

void validateData(const TrainingData& data) {
  if (data.folder.empty()) refuse("Say which folder holds the pictures to learn from.");
  requireRange("The number of repeats", data.repeats, 1, 100000);
  for (const auto& [what, side] : {std::pair("The width", data.width), std::pair("The height", data.height)})
    if (side != 0) requireRange(what, side, 64, 2048);  // else it is the model's
  if (data.width % 8 != 0 || data.height % 8 != 0)
    refuse(fmt::format("Width and height must be multiples of 8, not {}x{}.", data.width, data.height));
  requireRange("The caption dropout", data.captionDropout, 0.0, 1.0);
}

void validateRates(const TrainingRequest& request) {
  const auto requireRate = [](const char* what, double rate) {
    if (!(rate > 0 && rate <= 10)) refuse(fmt::format("{} is {}; it must be more than 0 and at most 10.", what, rate));
  };
  requireRate("The learning rate", request.learningRate);
  if (request.textLearningRate) requireRate("The text encoder's learning rate", *request.textLearningRate);
  requireRange("The number of warm-up steps", request.warmupSteps, 0, request.steps);
  requireRange("The weight decay", request.weightDecay, 0.0, 1.0);
  requireRange("The gradient limit", request.gradientLimit, 0.0, 1e6);
  requireRange("The gamma of min-SNR", request.minSnr, 0.0, 1000.0);
  requireRange("The noise offset", request.noiseOffset, 0.0, 1.0);
}

void validateLora(const TrainingRequest& request) {
  requireRange<int64_t>("The rank", request.rank, 1, 1024);
  requireRange("The alpha", request.alpha, 0.0, 16384.0);
}

void validateInversion(const TrainingRequest& request) {
  if (request.word.empty()) refuse("Say which word the textual inversion is to stand for.");
  for (const char c : request.word)
    if (static_cast<unsigned char>(c) <= ' ')
      refuse(fmt::format("\"{}\" cannot stand for a textual inversion, because it has blanks.", request.word));
  requireRange("The number of vectors", request.vectorCount, 1, 32);
}

}  // namespace

std::span<const EnumName<TrainingKind>> trainingKindNames() { return kTrainingKinds; }
std::span<const EnumName<TrainedLayers>> trainedLayersNames() { return kTrainedLayers; }
std::span<const EnumName<RateSchedule>> rateScheduleNames() { return kRateSchedules; }
std::span<const EnumName<Checkpointing>> checkpointingNames() { return kCheckpointing; }
TrainingKind trainingKindFromName(std::string_view text) {
  return enumFromName("kind of training", text, trainingKindNames());
}
TrainedLayers trainedLayersFromName(std::string_view text) {
  return enumFromName("choice of layers", text, trainedLayersNames());
}
RateSchedule rateScheduleFromName(std::string_view text) {
  return enumFromName("schedule of learning rates", text, rateScheduleNames());
}
Checkpointing checkpointingFromName(std::string_view text) {
  return enumFromName("choice of checkpointing", text, checkpointingNames());
}

void validate(const TrainingRequest& request) {
  if (request.output.extension() != ".safetensors")
    refuse(
        fmt::format("\"{}\" should end in .safetensors, so that programs know what it is.", request.output.string()));
  validateData(request.data);
  requireRange("The number of steps", request.steps, 1, 1'000'000);
  requireRange("The batch size", request.batchSize, 1, 64);
  requireRange("The number of accumulated batches", request.accumulation, 1, 1024);
  validateRates(request);
  requireRange("The layer to skip to", request.clipSkip, 1, 12);
  if (request.kind == TrainingKind::Lora)
    validateLora(request);
  else
    validateInversion(request);
  requireRange("The number of steps between saved states", request.saveEvery, 0, 1'000'000);
  requireRange("The number of steps between samples", request.sampleEvery, 0, 1'000'000);
  if (request.sampleEvery > 0 && request.samples.empty()) refuse("Say what the samples should show.");
  requireRange("The number of threads", request.threads, 0, 1024);
  for (GenerateRequest sample : request.samples) {
    sample.model = request.model;
    validate(sample);
  }
}

GenerateRequest trainingSample(const TrainingRequest& request, std::string prompt) {
  GenerateRequest sample;
  sample.prompt = std::move(prompt);
  sample.clipSkip = request.clipSkip;
  sample.width = request.data.width;
  sample.height = request.data.height;
  return sample;
}

std::filesystem::path trainingStateOf(const std::filesystem::path& output) {
  std::filesystem::path state = output;
  return state.replace_extension(".training");
}

}  // namespace lorikeet
