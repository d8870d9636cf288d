#include "io/model_files.h"

#include <fmt/format.h>

#include <lorikeet/error.h>
#include <nlohmann/json.hpp>

#include "io/checkpoint.h"
#include "io/json_file.h"
#include "io/model_part.h"
#include "io/tensor_file.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

bool isThere(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// SDXL and its successors have a second text encoder.
void refuseOtherFamilies(const fs::path& folder) {
  std::string pipeline;
  if (isThere(folder / "model_index.json")) {
    const auto index = readJsonObject(folder / "model_index.json");
    pipeline = JsonFields(index.get(), (folder / "model_index.json").string()).text("_class_name", "");
  }
  if (isThere(folder / "text_encoder_2") || isThere(folder / "transformer")) {
    throw Error(ErrorKind::Unsupported,
                fmt::format("\"{}\" is not a Stable Diffusion 1.x or 2.x model{}{}.", folder.string(),
                            pipeline.empty() ? "" : ": its pipeline is ", pipeline));
  }
}

/// The autoencoder of a folder; exported pipelines keep its halves apart.
ModelPart readVae(const fs::path& folder) {
  if (isThere(folder / "vae") || !isThere(folder / "vae_decoder")) return readModelPart(folder / "vae");
  ModelPart vae = readModelPart(folder / "vae_decoder");
  if (isThere(folder / "vae_encoder")) vae.tensors.merge(readModelPart(folder / "vae_encoder").tensors);
  return vae;
}

ModelFiles openFolder(const fs::path& folder) {
  if (!isThere(folder / "unet") && !isThere(folder / "model_index.json") && !isThere(folder / "transformer")) {
    throw Error(
        ErrorKind::NotFound,
        fmt::format("\"{}\" is not a model: it has no folder \"unet\" and no model_index.json.", folder.string()));
  }
  refuseOtherFamilies(folder);
  const auto nameOf = [&](const char* part) { return fmt::format("\"{}\"", (folder / part).string()); };
  ModelFiles model;
  model.path = folder;
  model.isFolder = true;
  ModelPart unet = readModelPart(folder / "unet");
  ModelPart vae = readVae(folder);
  ModelPart text = readModelPart(folder / "text_encoder");
  model.unet = WeightStore(nameOf("unet"), std::move(unet.tensors));
  model.vae = WeightStore(nameOf("vae"), canonicalVae(std::move(vae.tensors)));
  model.textEncoder = WeightStore(nameOf("text_encoder"), canonicalTextEncoder(std::move(text.tensors)));
  model.unetConfig = std::move(unet.config);
  model.vaeConfig = std::move(vae.config);
  model.textEncoderConfig = std::move(text.config);
  const fs::path scheduler = folder / "scheduler" / "scheduler_config.json";
  if (isThere(scheduler)) model.schedulerConfig = readJsonObject(scheduler);
  const fs::path tokenizer = folder / "tokenizer";
  if ((isThere(tokenizer / "vocab.json") && isThere(tokenizer / "merges.txt")) || isThere(tokenizer / "tokenizer.json"))
    model.tokenizerFolder = tokenizer;
  return model;
}

ModelFiles openCheckpoint(const fs::path& path) {
  const std::string source = fmt::format("\"{}\"", path.string());
  TensorFile file = readTensorFile(path);
  CheckpointParts parts = splitCheckpoint(file.tensors, source);
  std::string missing;
  const auto require = [&](const TensorMap& part, std::string_view what) {
    if (part.empty()) missing += fmt::format("{}{}", missing.empty() ? "" : ", ", what);
  };
  require(parts.unet, "UNet (model.diffusion_model.*)");
  require(parts.vae, "VAE (first_stage_model.*)");
  require(parts.textEncoder, "text encoder (cond_stage_model.*)");
  if (!missing.empty()) {
    throw Error(ErrorKind::Unsupported,
                fmt::format("{} is not a Stable Diffusion checkpoint: among its {} tensors there is no {}.", source,
                            file.tensors.size(), missing));
  }
  ModelFiles model;
  model.path = path;
  model.unet = WeightStore(source, std::move(parts.unet));
  model.vae = WeightStore(source, std::move(parts.vae));
  model.textEncoder = WeightStore(source, std::move(parts.textEncoder));
  model.metadata = std::move(file.metadata);
  return model;
}

}  // namespace

ModelFiles openModel(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return openFolder(path);
  if (!isThere(path)) throw Error(ErrorKind::NotFound, fmt::format("The model \"{}\" does not exist.", path.string()));
  return openCheckpoint(path);
}

}  // namespace lorikeet
