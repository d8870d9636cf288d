#include "pipeline/diffusion_model.h"

#include <fmt/format.h>
#include <lorikeet/engine.h>
#include <lorikeet/error.h>

#include <nlohmann/json.hpp>

#include "io/file_stamp.h"
#include "io/model_files.h"
#include "io/vae_file.h"
#include "pipeline/prepared_cache.h"

namespace lorikeet {
namespace {

std::string configName(const ModelFiles& files, const char* part) {
  return (files.path / part / "config.json").string();
}

/// Parts that do not fit together are found before any weight is packed.
void checkFit(const ModelFiles& files, const ClipTextConfig& text, const UNetConfig& unet,
              const AutoencoderConfig& vae) {
  if (text.width != unet.contextWidth)
    throw Error(ErrorKind::Mismatch,
                fmt::format("{}: the text encoder gives vectors of {} numbers, but the UNet expects {}.",
                            files.path.string(), text.width, unet.contextWidth));
  if (vae.latentChannels != unet.outChannels)
    throw Error(ErrorKind::Mismatch, fmt::format("{}: the autoencoder has {} latent channels, but the UNet gives {}.",
                                                 files.path.string(), vae.latentChannels, unet.outChannels));
}

/// What PreparedCache::attach() gave.
struct PreparedNames {
  std::string textEncoder, unet, vae;
};

PreparedNames attachPrepared(const ExecutionContext& context, const ModelFiles& files, Precision precision,
                             PreparedCache& cache) {
  const FileStamp stamp = fileStamp(files.path);
  const WeightStorage storage = networkStorage(precision);
  return {cache.attach(context, files.textEncoder, storage, stamp), cache.attach(context, files.unet, storage, stamp),
          cache.attach(context, files.vae, vaeStorage(precision), stamp)};
}

AutoencoderConfig configOfVae(const VaeFile& vae, const std::filesystem::path& file) {
  return vae.config ? AutoencoderConfig::fromJson(*vae.config, file.string())
                    : AutoencoderConfig::fromWeights(vae.weights.root());
}

std::unique_ptr<const AutoencoderKL> ownVae(const ExecutionContext& context, const std::filesystem::path& model,
                                            Precision precision) {
  const ModelFiles files = openModel(model);
  return std::make_unique<const AutoencoderKL>(context, files.vae, vaeConfigOf(files), vaeStorage(precision));
}

}  // namespace

WeightStorage networkStorage(Precision precision) {
  return precision == Precision::Int8 ? WeightStorage::Int8 : vaeStorage(precision);
}

WeightStorage vaeStorage(Precision precision) {
  return precision == Precision::F32 ? WeightStorage::AsInFile : WeightStorage::Bits16;
}

UNetConfig unetConfigOf(const ModelFiles& files) {
  return files.unetConfig ? UNetConfig::fromJson(*files.unetConfig, configName(files, "unet"))
                          : UNetConfig::fromWeights(files.unet.root());
}

AutoencoderConfig vaeConfigOf(const ModelFiles& files) {
  return files.vaeConfig ? AutoencoderConfig::fromJson(*files.vaeConfig, configName(files, "vae"))
                         : AutoencoderConfig::fromWeights(files.vae.root());
}

ClipTextConfig textConfigOf(const ModelFiles& files) {
  return files.textEncoderConfig ? ClipTextConfig::fromJson(*files.textEncoderConfig, configName(files, "text_encoder"))
                                 : ClipTextConfig::fromWeights(files.textEncoder.root());
}

SchedulerConfig schedulerConfigOf(const ModelFiles& files) {
  if (files.schedulerConfig) return parseSchedulerConfig(*files.schedulerConfig);
  SchedulerConfig config;
  const auto stated = files.metadata.find("modelspec.prediction_type");
  // Shapes do not show the prediction type. SD 2 checkpoints in the wild are mostly 768-v models.
  const bool isSd2 = UNetConfig::fromWeights(files.unet.root()).contextWidth == 1024;
  if (stated != files.metadata.end() ? stated->second == "v" : isSd2)
    config.predictionType = PredictionType::VPrediction;
  return config;
}

ClipTokenizer tokenizerOf(const ModelFiles& files, const std::filesystem::path& resources) {
  if (!files.tokenizerFolder.empty()) return ClipTokenizer::fromFolder(files.tokenizerFolder);
  const ClipTokenizer full = ClipTokenizer::fromMergesGz(resources / "tokenizer" / "bpe_simple_vocab_16e6.txt.gz");
  return textConfigOf(files).width == 1024 ? full.withPadToken("!") : full;  // SD 2 pads with "!"
}

std::unique_ptr<DiffusionModel> DiffusionModel::load(const ExecutionContext& context, const std::filesystem::path& path,
                                                     const std::filesystem::path& resources, Precision precision,
                                                     PreparedCache* prepared) {
  return load(context, openModel(path), resources, precision, prepared);
}

std::unique_ptr<DiffusionModel> DiffusionModel::load(const ExecutionContext& context, const ModelFiles& files,
                                                     const std::filesystem::path& resources, Precision precision,
                                                     PreparedCache* prepared) {
  CHECK(precision != Precision::Auto);
  const ClipTextConfig text = textConfigOf(files);
  const UNetConfig unet = unetConfigOf(files);
  const AutoencoderConfig vae = vaeConfigOf(files);
  checkFit(files, text, unet, vae);
  PreparedNames names;
  if (prepared != nullptr) names = attachPrepared(context, files, precision, *prepared);
  auto model = std::unique_ptr<DiffusionModel>(  // NOLINT(modernize-make-unique): an aggregate
      new DiffusionModel{describeModel(files), tokenizerOf(files, resources),
                         ClipTextEncoder(context, files.textEncoder, text, networkStorage(precision)),
                         UNet(context, files.unet, unet, networkStorage(precision)),
                         std::make_unique<const AutoencoderKL>(context, files.vae, vae, vaeStorage(precision)), nullptr,
                         schedulerConfigOf(files), precision});
  if (model->tokenizer.vocabularySize() > text.vocabularySize)
    throw Error(ErrorKind::Mismatch,
                fmt::format("{}: the tokenizer has {} tokens, but the text encoder knows {}.", files.path.string(),
                            model->tokenizer.vocabularySize(), text.vocabularySize));
  if (prepared != nullptr) {
    prepared->keep(names.textEncoder, model->textEncoder.parameters());
    prepared->keep(names.unet, model->unet.parameters());
    prepared->keep(names.vae, model->vae->parameters());
  }
  model->info.unusedTensors = static_cast<int>(files.textEncoder.unusedNames().size() +
                                               files.unet.unusedNames().size() + files.vae.unusedNames().size());
  return model;
}

void checkVae(const std::filesystem::path& file) {
  const VaeFile opened = openVae(file);
  if (opened.isTiny)
    AutoencoderTinyDecoder::sizeOf(opened.weights);
  else
    configOfVae(opened, file);
}

void DiffusionModel::useVae(const ExecutionContext& context, const std::filesystem::path& path,
                            const std::filesystem::path& file) {
  const auto requireFit = [&](int64_t latentChannels, int pixelsPerLatent) {
    if (latentChannels != unet.config().outChannels)
      throw Error(ErrorKind::Mismatch, fmt::format("The VAE \"{}\" has {} latent channels, but the model has {}.",
                                                   file.string(), latentChannels, unet.config().outChannels));
    if (pixelsPerLatent != factor())
      throw Error(ErrorKind::Mismatch,
                  fmt::format("The VAE \"{}\" makes {} pixels of a latent, but that of the model makes {}.",
                              file.string(), pixelsPerLatent, factor()));
  };
  const auto useOwn = [&] {
    if (!hasOwnVae) vae = ownVae(context, path, precision);
    hasOwnVae = true;
  };
  if (file.empty()) {
    useOwn();
    tinyDecoder.reset();
    return;
  }
  const VaeFile opened = openVae(file);
  if (opened.isTiny) {
    requireFit(AutoencoderTinyDecoder::sizeOf(opened.weights).latentChannels, AutoencoderTinyDecoder::kFactor);
    auto decoder = std::make_unique<const AutoencoderTinyDecoder>(context, opened.weights);
    useOwn();
    tinyDecoder = std::move(decoder);
    return;
  }
  const AutoencoderConfig config = configOfVae(opened, file);
  requireFit(config.latentChannels, config.factor());
  vae = std::make_unique<const AutoencoderKL>(context, opened.weights, config, vaeStorage(precision));
  hasOwnVae = false;
  tinyDecoder.reset();
}

}  // namespace lorikeet
