#include "training/training_output.h"

#include <fmt/format.h>
#include <lorikeet/file_hashes.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "io/json_text.h"
#include "io/safetensors.h"
#include "io/tensor_values.h"
#include "workshop/adapter_writer.h"
#include "workshop/recipe.h"

namespace lorikeet {
namespace {

using json = nlohmann::ordered_json;
using Metadata = std::map<std::string, std::string>;

std::string flagText(bool value) { return value ? "True" : "False"; }
std::string optionalText(double value) { return value > 0 ? fmt::format("{}", value) : "None"; }

/// Every folder of the data set as kohya's scripts list them: name to number of pictures and repeats.
json folders(const TrainingPlan& plan) {
  json list = json::object();
  for (const TrainingPicture& picture : plan.pictures) {
    json& entry = list[picture.file.parent_path().filename().string()];
    if (entry.is_null()) entry = {{"n_repeats", picture.repeats}, {"img_count", 0}};
    entry["img_count"] = entry["img_count"].get<int>() + 1;
  }
  return list;
}

/// How often each comma-separated part of the captions occurs, by folder.
json tagFrequency(const TrainingPlan& plan) {
  json list = json::object();
  for (const TrainingPicture& picture : plan.pictures) {
    json& tags = list[picture.file.parent_path().filename().string()];
    if (tags.is_null()) tags = json::object();
    for (size_t begin = 0; begin <= picture.caption.size();) {
      const size_t comma = std::min(picture.caption.find(',', begin), picture.caption.size());
      std::string tag = picture.caption.substr(begin, comma - begin);
      tag.erase(0, std::min(tag.find_first_not_of(' '), tag.size()));
      tag.erase(tag.find_last_not_of(' ') + 1);
      if (!tag.empty()) tags[tag] = tags.value(tag, 0) + 1;
      begin = comma + 1;
    }
  }
  return list;
}

std::string dumped(const json& value) { return dumpAsciiJson(value); }

void addSchedule(const TrainingPlan& plan, const TrainingState& state, Metadata& to) {
  const TrainingRequest& request = plan.request;
  const int batch = request.batchSize * request.accumulation;
  const int perEpoch = std::max(1, (plan.estimate.epochSamples + request.batchSize - 1) / request.batchSize);
  const int steps = static_cast<int>(state.losses.size());
  const int epochs = static_cast<int>((static_cast<int64_t>(steps) * batch + plan.estimate.epochSamples - 1) /
                                      std::max(1, plan.estimate.epochSamples));
  to["ss_num_batches_per_epoch"] = std::to_string(perEpoch);
  to["ss_num_epochs"] = to["ss_epoch"] = std::to_string(epochs);
  to["ss_batch_size_per_device"] = to["ss_total_batch_size"] = std::to_string(request.batchSize);
  to["ss_gradient_accumulation_steps"] = std::to_string(request.accumulation);
  to["ss_gradient_checkpointing"] = flagText(plan.estimate.checkpoints);
  to["ss_max_train_steps"] = std::to_string(request.steps);
  to["ss_steps"] = std::to_string(steps);
  to["ss_lr_warmup_steps"] = std::to_string(request.warmupSteps);
  to["ss_lr_scheduler"] = request.schedule == RateSchedule::Cosine ? "cosine"
                          : request.warmupSteps > 0                ? "constant_with_warmup"
                                                                   : "constant";
  to["ss_training_started_at"] = state.startedAt;
  to["ss_training_finished_at"] = fmt::format("{}.0", std::time(nullptr));
  const size_t recent = std::min<size_t>(state.losses.size(), 100);
  double sum = 0;
  for (size_t i = state.losses.size() - recent; i < state.losses.size(); ++i) sum += state.losses[i];
  if (recent > 0) to["ss_loss"] = fmt::format("{:.6g}", sum / static_cast<double>(recent));
}

void addSettings(const TrainingPlan& plan, Metadata& to) {
  const TrainingRequest& request = plan.request;
  to["ss_learning_rate"] = to["ss_unet_lr"] = fmt::format("{}", request.learningRate);
  to["ss_text_encoder_lr"] = fmt::format("{}", request.textLearningRate.value_or(request.learningRate));
  to["ss_optimizer"] = fmt::format("AdamW(weight_decay={})", request.weightDecay);
  to["ss_mixed_precision"] = "no";
  to["ss_full_fp16"] = "False";
  to["ss_cache_latents"] = "True";
  to["ss_seed"] = std::to_string(request.seed);
  to["ss_max_token_length"] = "225";
  to["ss_lowram"] = "False";
  to["ss_noise_offset"] = optionalText(request.noiseOffset);
  to["ss_min_snr_gamma"] = optionalText(request.minSnr);
  to["ss_max_grad_norm"] = fmt::format("{}", request.gradientLimit);
  to["ss_caption_dropout_rate"] = fmt::format("{}", request.data.captionDropout);
  to["ss_caption_dropout_every_n_epochs"] = "0";
  to["ss_caption_tag_dropout_rate"] = "0.0";
  to["ss_face_crop_aug_range"] = "None";
  to["ss_prior_loss_weight"] = "1.0";
  to["ss_clip_skip"] = request.clipSkip > 1 ? std::to_string(request.clipSkip) : "None";
  to["ss_resolution"] = fmt::format("({}, {})", request.data.width, request.data.height);
  to["ss_enable_bucket"] = "False";
  to["ss_bucket_info"] = "null";
  to["ss_flip_aug"] = flagText(request.data.flip);
  to["ss_random_crop"] = flagText(request.data.randomCrop);
  to["ss_color_aug"] = to["ss_shuffle_caption"] = "False";
  to["ss_keep_tokens"] = "0";
  to["ss_num_train_images"] = std::to_string(plan.estimate.epochSamples);
  to["ss_num_reg_images"] = "0";
  to["ss_reg_dataset_dirs"] = "{}";
  to["ss_dataset_dirs"] = dumped(folders(plan));
  to["ss_tag_frequency"] = dumped(tagFrequency(plan));
}

RawTensor rawOf(const Tensor& values, const Shape& shape, WeightType type) {
  return rawFromFloats(shape, values.values(), dtypeOf(type));
}

AdapterModule moduleOf(LowRankLayer& layer, WeightType type) {
  const LowRankSettings& settings = layer.settings();
  AdapterModule module;
  module.part = settings.part;
  module.name = module.key = settings.module;
  const Shape up = settings.weight.rank() == 4 ? Shape{settings.weight[0], settings.rank, 1, 1}
                                               : Shape{settings.weight[0], settings.rank};
  module.tensors["down"] = rawOf(layer.down().values, layer.down().values.shape(), type);
  module.tensors["up"] = rawOf(layer.up().values, up, type);
  const auto alpha = static_cast<float>(layer.scaleValue() * static_cast<double>(settings.rank));
  module.tensors["alpha"] = rawFromFloats({}, std::span(&alpha, 1), dtypeOf(type));
  module.alpha = alpha;
  return module;
}

}  // namespace

Metadata trainingMetadata(const TrainingPlan& plan, const TrainingState& state, const DiffusionModel& model,
                          const std::stop_token& stop) {
  const TrainingRequest& request = plan.request;
  const bool isSd2 = model.textEncoder.config().width == 1024;
  const bool predictsVelocity = model.schedulerConfig.predictionType == PredictionType::VPrediction;
  const std::string name = request.output.stem().string();
  Metadata to{{"ss_output_name", name},
              {"ss_sd_model_name", request.model.filename().string()},
              {"ss_sd_model_hash", FileHashes().model(request.model, stop)},
              {"ss_v2", flagText(isSd2)},
              {"ss_base_model_version", isSd2 ? "sd_v2" : "sd_v1"},
              {"ss_training_comment", "trained by Lorikeet"},
              {"modelspec.sai_model_spec", "1.0.0"},
              {"modelspec.implementation", "https://github.com/Stability-AI/generative-models"},
              {"modelspec.title", name},
              {"modelspec.resolution", fmt::format("{}x{}", request.data.width, request.data.height)},
              {"modelspec.prediction_type", predictsVelocity ? "v" : "epsilon"}};
  const bool isLora = request.kind == TrainingKind::Lora;
  to["modelspec.architecture"] =
      fmt::format("stable-diffusion-{}/{}", isSd2 ? (predictsVelocity ? "v2-768-v" : "v2-512") : "v1",
                  isLora ? "lora" : "textual-inversion");
  throwIfStopped(stop);
  addSettings(plan, to);
  addSchedule(plan, state, to);
  const std::string& trigger = isLora ? request.data.trigger : request.word;
  if (!trigger.empty()) to["modelspec.trigger_phrase"] = trigger;
  return to;
}

void writeTrained(const TrainingPlan& plan, TrainingNetworks& networks, Metadata metadata) {
  const TrainingRequest& request = plan.request;
  if (const TrainedTensor* rows = networks.rows()) {
    writeSafetensors(request.output, {{request.word, rawOf(rows->values, rows->values.shape(), WeightType::F32)}},
                     metadata);
    return;
  }
  AdapterDraft draft;
  for (const auto& layer : networks.layers().all()) draft.modules.push_back(moduleOf(*layer, request.type));
  addNetworkMetadata(draft.modules, metadata);
  const double alpha = request.alpha > 0 ? request.alpha : static_cast<double>(request.rank);
  if (request.configuration.empty()) metadata["ss_network_alpha"] = fmt::format("{}", alpha);
  if (request.layers == TrainedLayers::Everything && request.configuration.empty())
    metadata["ss_network_args"] = dumped({{"conv_dim", request.rank}, {"conv_alpha", alpha}});
  draft.metadata = std::move(metadata);
  writeAdapter(draft, AdapterForm::Kohya, plan.names, request.output);
}

}  // namespace lorikeet
