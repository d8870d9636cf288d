#pragma once
#include <filesystem>
#include <memory>
#include <optional>

#include "core/execution_context.h"
#include "lorikeet/model_info.h"
#include "lorikeet/request.h"
#include "models/autoencoder_kl.h"
#include "models/autoencoder_tiny.h"
#include "models/clip_text_encoder.h"
#include "models/unet.h"
#include "schedulers/scheduler_config.h"
#include "text/clip_tokenizer.h"

namespace lorikeet {

class PreparedCache;
struct ModelFiles;

/// A loaded Stable Diffusion model: tokenizer, networks and the noise process that it was trained with.
struct DiffusionModel {
  ModelInfo info;
  ClipTokenizer tokenizer;
  ClipTextEncoder textEncoder;
  UNet unet;
  std::unique_ptr<const AutoencoderKL> vae;
  std::unique_ptr<const AutoencoderTinyDecoder> tinyDecoder;  ///< decodes in place of `vae` where there is one
  SchedulerConfig schedulerConfig;
  Precision precision = Precision::F32;  ///< never Auto
  bool hasOwnVae = true;                 ///< `vae` is that of the model's files

  /// Pixels per latent.
  int factor() const { return vae->config().factor(); }

  /// Packs the weights, or takes those that `prepared` has kept, and has it keep what it has not. `resources` holds
  /// tokenizer/ for models that bring no vocabulary. Throws Error for broken or unsupported models, Stopped.
  static std::unique_ptr<DiffusionModel> load(const ExecutionContext& context, const ModelFiles& files,
                                              const std::filesystem::path& resources,
                                              Precision precision = Precision::F32, PreparedCache* prepared = nullptr);
  /// The same of files that are not open yet.
  static std::unique_ptr<DiffusionModel> load(const ExecutionContext& context, const std::filesystem::path& path,
                                              const std::filesystem::path& resources,
                                              Precision precision = Precision::F32, PreparedCache* prepared = nullptr);
  /// Takes the autoencoder of a file or folder (io/vae_file.h), or for an empty name that of the model at `path`. A
  /// tiny one only decodes; the model's own goes on encoding. Throws Error for one that is broken or does not fit; the
  /// present one then stays.
  void useVae(const ExecutionContext& context, const std::filesystem::path& path, const std::filesystem::path& file);
};

/// How networks of that precision keep their weights: text encoder, UNet and ControlNets, and the autoencoder, whose
/// errors would show and whose weights are few.
WeightStorage networkStorage(Precision precision);
WeightStorage vaeStorage(Precision precision);

/// The architecture of each part: from its config.json, or from the tensors where there is none.
UNetConfig unetConfigOf(const ModelFiles& files);
AutoencoderConfig vaeConfigOf(const ModelFiles& files);
ClipTextConfig textConfigOf(const ModelFiles& files);
SchedulerConfig schedulerConfigOf(const ModelFiles& files);
ClipTokenizer tokenizerOf(const ModelFiles& files, const std::filesystem::path& resources);
/// What the files say about the model, without loading it.
ModelInfo describeModel(const ModelFiles& files);

}  // namespace lorikeet
