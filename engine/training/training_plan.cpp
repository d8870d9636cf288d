#include "training/training_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <lorikeet/engine.h>
#include <lorikeet/error.h>
#include <lorikeet/starter_parts.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/json_text.h"
#include "pipeline/diffusion_model.h"
#include "pipeline/memory_estimate.h"
#include "training/caption_table.h"
#include "training/layer_choice.h"
#include "training/training_cost.h"
#include "training/training_time.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

/// Floats for each trained value: itself, gradient, the optimizer's means, and the forms that products use.
constexpr int64_t kFloatsPerTrained = 9;
/// What the counted activations come to with the buffers that wait for their next use.
constexpr double kActivationReserve = 1.15;
/// Program, libraries, token tables.
constexpr int64_t kProgramBytes = int64_t{75} << 20;

TrainingRequest completed(TrainingRequest request) {
  request.model = starterIfEmpty(request.model);
  if (request.kind == TrainingKind::TextualInversion && request.data.caption.empty())
    request.data.caption = "a picture of " + request.word;
  return request;
}

void requireWord(const TrainingPlan& plan) {
  if (plan.request.kind != TrainingKind::TextualInversion) return;
  const bool isNamed = std::ranges::any_of(plan.pictures, [&](const TrainingPicture& picture) {
    return picture.caption.find(plan.request.word) != std::string::npos;
  });
  if (!isNamed)
    throw Error(ErrorKind::Mismatch,
                fmt::format("No caption names \"{}\", so nothing could be learned about it.", plan.request.word));
}

void requireModel(const UNetConfig& unet, const AutoencoderConfig& vae, const TrainingRequest& request) {
  if (unet.inChannels != vae.latentChannels)
    throw Error(ErrorKind::Unsupported,
                fmt::format("\"{}\" takes {} channels; only models that take their {} latent channels alone can be "
                            "trained.",
                            request.model.string(), unet.inChannels, vae.latentChannels));
  const int factor = vae.factor();
  if (request.data.width % factor != 0 || request.data.height % factor != 0)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("Width and height must be multiples of {} for this model, not {}x{}.", factor,
                            request.data.width, request.data.height));
}

void requireFolder(const fs::path& output) {
  std::error_code ignored;
  const fs::path folder = output.has_parent_path() ? output.parent_path() : fs::path(".");
  if (!fs::is_directory(folder, ignored))
    throw Error(ErrorKind::NotFound, fmt::format("The folder \"{}\" for the output is not there.", folder.string()));
}

bool fits(const ClipTokenizer& tokenizer, const TrainingPicture& picture) {
  try {
    return CaptionTable::fits(tokenizer, picture.caption);
  } catch (const Error& error) {
    throw Error(error.kind(),
                fmt::format("The caption of \"{}\" cannot be used. {}", picture.file.string(), error.what()));
  }
}

/// Names the pictures whose captions do not fit; what is behind is left out then.
void warnOfLongCaptions(const ClipTokenizer& tokenizer, const TrainingPlan& plan, std::vector<std::string>& warnings) {
  constexpr size_t kMaxNamed = 10;
  std::vector<std::string> names;
  for (const TrainingPicture& picture : plan.pictures)
    if (!fits(tokenizer, picture)) names.push_back(picture.file.filename().string());
  if (names.empty()) return;
  const size_t count = names.size();
  if (count > kMaxNamed) names.resize(kMaxNamed);
  warnings.push_back(fmt::format(
      "{} not fit into {} tokens, so its end is not learned: {}{}.",
      count == 1 ? "The caption of one picture does" : fmt::format("Of {} pictures the caption does", count),
      CaptionTable::kMaxTokens, fmt::join(names, ", "),
      count > kMaxNamed ? fmt::format(" and {} more", count - kMaxNamed) : ""));
}

class Estimator {
 public:
  Estimator(const TrainingPlan& plan, const UNetConfig& unet, const AutoencoderConfig& vae, const ClipTextConfig& text,
            const std::stop_token& stop)
      : plan_(plan), request_(plan.request), vae_(vae), unetConfig_(unet), stop_(stop) {
    const int factor = vae.factor();
    const int64_t tokens = text.positions;
    unet_ = unetCost(unet, request_.data.height / factor, request_.data.width / factor, tokens, plan.layers);
    const bool trainsText = request_.kind == TrainingKind::TextualInversion ||
                            std::ranges::any_of(plan.layers, [](const LowRankSettings& layer) {
                              return layer.part == NetworkPart::TextEncoder;
                            });
    if (trainsText) text_ = textCost(text, tokens);
  }

  void fill(TrainingEstimate& estimate, int64_t weightBytes, int64_t textWidth) const {
    estimate.pictures = static_cast<int>(plan_.pictures.size());
    estimate.width = request_.data.width;
    estimate.height = request_.data.height;
    estimate.captions = static_cast<int>(std::ranges::count_if(plan_.pictures, &TrainingPicture::hasOwnCaption));
    for (const TrainingPicture& picture : plan_.pictures) estimate.epochSamples += picture.repeats;
    estimate.steps = request_.steps;
    estimate.epochs = static_cast<double>(request_.steps) * request_.batchSize * request_.accumulation /
                      std::max(1, estimate.epochSamples);
    estimate.modules = static_cast<int>(plan_.layers.size());
    estimate.parameters =
        request_.kind == TrainingKind::Lora ? parametersOf(plan_.layers) : int64_t{request_.vectorCount} * textWidth;
    estimate.availableBytes = usableMemoryBytes(request_.memoryLimit);
    estimate.checkpoints = request_.checkpointing == Checkpointing::On;
    estimate.memoryBytes = memory(weightBytes, estimate.parameters, estimate.checkpoints);
    if (request_.checkpointing == Checkpointing::Auto && estimate.memoryBytes > estimate.availableBytes) {
      estimate.checkpoints = true;
      estimate.memoryBytes = memory(weightBytes, estimate.parameters, true);
    }
    estimateTime(estimate, weightBytes);
  }

 private:
  int64_t memory(int64_t weightBytes, int64_t parameters, bool checkpoints) const {
    const int64_t kept =
        checkpoints ? unet_.checkpointFloats + text_.checkpointFloats : unet_.keptFloats + text_.keptFloats;
    const auto floats = static_cast<int64_t>(
        kActivationReserve * static_cast<double>(kept + std::max(unet_.passingFloats, text_.passingFloats)));
    const int64_t encoding = activationBytes(unetConfig_, vae_, request_.data.width, request_.data.height,
                                             request_.sampleEvery > 0, VaeTiling::Auto);
    return kProgramBytes + weightBytes + parameters * kFloatsPerTrained * 4 +
           std::max(floats * 4 * request_.batchSize, encoding);
  }

  void estimateTime(TrainingEstimate& estimate, int64_t weightBytes) const {
    const TrainingTime time(request_.threads, request_.batchSize, stop_);
    estimate.secondsPerStep =
        request_.accumulation * (time.of(unet_, estimate.checkpoints) + time.of(text_, estimate.checkpoints)) +
        TrainingTime::ofOptimizer(estimate.parameters);
    const int64_t encoded = estimate.pictures * (request_.data.flip ? 2 : 1);
    estimate.seconds =
        estimate.secondsPerStep * request_.steps +
        time.ofPreparation(weightBytes, encoded, encoderFlops(vae_, request_.data.height, request_.data.width));
  }

  const TrainingPlan& plan_;
  const TrainingRequest& request_;
  const AutoencoderConfig& vae_;
  const UNetConfig& unetConfig_;
  const std::stop_token& stop_;
  TrainingCost unet_, text_;
};

}  // namespace

TrainingPlan planTraining(const TrainingRequest& request, const std::stop_token& stop) {
  validate(request);
  requireFolder(request.output);
  TrainingRequest complete = completed(request);
  ModelNames names(complete.model);
  const ModelInfo model = describeModel(*names.files());
  if (complete.data.width == 0) complete.data.width = model.nativeWidth;
  if (complete.data.height == 0) complete.data.height = model.nativeHeight;
  TrainingPlan plan{complete, std::move(names), findTrainingPictures(complete.data, stop), {}, {}};
  requireWord(plan);
  plan.layers = chooseLayers(complete, plan.names);
  if (plan.layers.empty() && complete.kind == TrainingKind::Lora)
    throw Error(ErrorKind::Mismatch,
                fmt::format("\"{}\" has no layers that could be trained.", complete.model.string()));
  const ModelFiles& files = *plan.names.files();
  const UNetConfig unet = unetConfigOf(files);
  const AutoencoderConfig vae = vaeConfigOf(files);
  const ClipTextConfig text = textConfigOf(files);
  requireModel(unet, vae, complete);
  throwIfStopped(stop);
  warnOfLongCaptions(tokenizerOf(files, findResources()), plan, plan.estimate.warnings);
  Estimator(plan, unet, vae, text, stop).fill(plan.estimate, model.byteSize, text.width);
  requireMemory(
      fmt::format("Training at {}x{} in batches of {}", complete.data.width, complete.data.height, complete.batchSize),
      plan.estimate.memoryBytes, plan.estimate.availableBytes, complete.memoryLimit > 0);
  return plan;
}

TrainingEstimate estimateTraining(const TrainingRequest& request, const std::stop_token& stop) {
  return planTraining(request, stop).estimate;
}

std::string decisiveSettings(const TrainingPlan& plan) {
  const TrainingRequest& request = plan.request;
  nlohmann::ordered_json json{{"kind", request.kind == TrainingKind::Lora ? "lora" : "textual_inversion"},
                              {"model", fs::absolute(request.model).lexically_normal().string()},
                              {"pictures", fingerprintOf(plan.pictures, request.data.folder)},
                              {"width", request.data.width},
                              {"height", request.data.height},
                              {"flip", request.data.flip},
                              {"random_crop", request.data.randomCrop},
                              {"caption_dropout", request.data.captionDropout},
                              {"seed", request.seed},
                              {"batch_size", request.batchSize},
                              {"accumulation", request.accumulation},
                              {"learning_rate", request.learningRate},
                              {"text_learning_rate", request.textLearningRate.value_or(request.learningRate)},
                              {"schedule", request.schedule == RateSchedule::Constant ? "constant" : "cosine"},
                              {"warmup_steps", request.warmupSteps},
                              {"weight_decay", request.weightDecay},
                              {"gradient_limit", request.gradientLimit},
                              {"min_snr", request.minSnr},
                              {"noise_offset", request.noiseOffset},
                              {"clip_skip", request.clipSkip}};
  if (request.schedule == RateSchedule::Cosine) json["steps"] = request.steps;
  if (request.kind == TrainingKind::TextualInversion) {
    json["word"] = request.word;
    json["initial_text"] = request.initialText;
    json["vectors"] = request.vectorCount;
  }
  for (const LowRankSettings& layer : plan.layers)
    json["layers"].push_back(fmt::format("{} {} {} {} {}", layer.part == NetworkPart::UNet ? "unet" : "text_encoder",
                                         layer.module, layer.rank, layer.scale, layer.trainsScale));
  return dumpJson(json);
}

}  // namespace lorikeet
