#include "io/vae_file.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/checkpoint.h"
#include "io/json_file.h"
#include "io/model_part.h"
#include "io/tensor_file.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPrefix = "first_stage_model.";

bool anyBegins(const TensorMap& tensors, std::string_view prefix) {
  const auto first = tensors.lower_bound(std::string(prefix));
  return first != tensors.end() && first->first.starts_with(prefix);
}

/// The names that a TAESD file has, in diffusers' layout or its own.
bool isTiny(const TensorMap& tensors) {
  return anyBegins(tensors, "decoder.layers.") || anyBegins(tensors, "encoder.layers.") ||
         tensors.contains("3.conv.0.weight") || tensors.contains("decoder.3.conv.0.weight");
}

TensorMap canonicalTensors(TensorMap tensors) {
  if (anyBegins(tensors, kPrefix)) tensors = withoutPrefix(tensors, kPrefix);
  const bool isDiffusers = anyBegins(tensors, "decoder.up_blocks.") || anyBegins(tensors, "encoder.down_blocks.");
  return isDiffusers ? canonicalVae(std::move(tensors)) : canonicalVaeFromOriginal(tensors);
}

/// diffusers keeps the scaling factor beside the weights.
std::shared_ptr<const nlohmann::json> configBeside(const fs::path& file) {
  const fs::path config = file.parent_path() / "config.json";
  std::error_code ignored;
  if (!file.filename().string().starts_with("diffusion_pytorch_model") || !fs::exists(config, ignored)) return nullptr;
  return readJsonObject(config);
}

void checkIsVae(const TensorMap& tensors, const fs::path& path) {
  for (const char* name : {"encoder.conv_in.weight", "decoder.conv_out.weight"})
    if (!tensors.contains(name))
      throw Error(ErrorKind::Unsupported, fmt::format("\"{}\" is no VAE: among its {} tensors there is no \"{}\".",
                                                      path.string(), tensors.size(), name));
}

}  // namespace

VaeFile openVae(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    throw Error(ErrorKind::NotFound, fmt::format("The VAE \"{}\" does not exist.", path.string()));
  VaeFile vae;
  TensorMap tensors;
  if (fs::is_directory(path, ignored)) {
    ModelPart part = readModelPart(path);
    tensors = std::move(part.tensors);
    vae.config = std::move(part.config);
  } else {
    tensors = readTensorFile(path).tensors;
    vae.config = configBeside(path);
  }
  vae.isTiny = isTiny(tensors);
  if (!vae.isTiny) {
    tensors = canonicalTensors(std::move(tensors));
    checkIsVae(tensors, path);
  }
  vae.weights = WeightStore(fmt::format("\"{}\"", path.string()), std::move(tensors));
  return vae;
}

}  // namespace lorikeet
