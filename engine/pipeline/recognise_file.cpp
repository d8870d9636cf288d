#include <fmt/format.h>
#include <lorikeet/file_kind.h>
#include <lorikeet/picture_io.h>
#include <lorikeet/picture_settings.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "adapters/describe_adapter_file.h"
#include "io/json_file.h"
#include "io/mapped_file.h"
#include "io/png_text.h"
#include "io/tensor_file.h"
#include "models/mlsd.h"
#include "text/png_embedding.h"
#include "text/textual_inversion.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;
using Tensors = std::map<std::string, RawTensor>;

bool existsAt(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool anyBeginsWith(const Tensors& tensors, std::string_view prefix) {
  const auto first = tensors.lower_bound(std::string(prefix));
  return first != tensors.end() && first->first.starts_with(prefix);
}

bool anyContains(const Tensors& tensors, std::string_view part) {
  return std::any_of(tensors.begin(), tensors.end(),
                     [part](const auto& entry) { return entry.first.find(part) != std::string::npos; });
}

bool isPictureStart(std::span<const std::byte> bytes) {
  try {
    inspectPicture({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, "");
    return true;
  } catch (const Error& error) {
    // A picture of a known format that is broken or too large is a picture still; its reader says what is wrong.
    return error.kind() != ErrorKind::Unsupported;
  }
}

bool hasEmbeddedVectors(std::span<const std::byte> png) {
  try {
    const ImageText texts = readPngText(png);
    return std::any_of(texts.begin(), texts.end(), [](const auto& text) { return text.first == kPngEmbeddingKey; });
  } catch (const Error&) {
    return false;  // not a PNG, or without readable texts
  }
}

RecognisedFile recognisePicture(const fs::path& path, std::span<const std::byte> bytes) {
  if (hasEmbeddedVectors(bytes)) return {FileKind::TextualInversion};
  try {
    return {FileKind::Picture, readPictureSettings(path).has_value()};
  } catch (const Error&) {
    return {FileKind::Picture};  // broken: its reader says what is wrong
  }
}

/// An autoencoder in diffusers' or the original layout, or a tiny one (TAESD) in diffusers' or its own.
bool isVae(const Tensors& tensors) {
  return tensors.contains("decoder.conv_out.weight") || tensors.contains("encoder.conv_out.weight") ||
         anyBeginsWith(tensors, "first_stage_model.") || anyBeginsWith(tensors, "decoder.layers.") ||
         anyBeginsWith(tensors, "encoder.layers.") || tensors.contains("decoder.3.conv.0.weight") ||
         (tensors.contains("3.conv.0.weight") && tensors.contains("3.conv.2.weight"));
}

/// ESRGAN in its old, Real-ESRGAN's and the compact form, also below "params" or "params_ema".
bool isUpscaler(const Tensors& tensors) {
  for (const char* prefix : {"", "params_ema.", "params."}) {
    const auto has = [&](const char* name) { return tensors.contains(std::string(prefix) + name); };
    if (has("conv_first.weight") && has("conv_last.weight")) return true;
    if (has("model.0.weight") && has("model.1.sub.0.RDB1.conv1.0.weight")) return true;
    if (has("body.0.weight") && has("body.1.weight") && has("body.2.weight")) return true;
  }
  return false;
}

bool isControlNet(const Tensors& tensors) {
  return anyBeginsWith(tensors, "control_model.") || anyBeginsWith(tensors, "controlnet_cond_embedding.") ||
         tensors.contains("input_hint_block.0.weight");
}

bool isTextualInversion(const fs::path& path) {
  try {
    readTextualInversion(path);
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::optional<FileKind> kindOfTensors(const AdapterFile& file) {
  const Tensors& tensors = file.tensors;
  if (holdsAdapter(file)) return FileKind::Adapter;
  if (isControlNet(tensors)) return FileKind::ControlNet;
  if (anyBeginsWith(tensors, "model.diffusion_model.")) return FileKind::Model;
  if (isVae(tensors)) return FileKind::Vae;
  if (isUpscaler(tensors)) return FileKind::Upscaler;
  if (MlsdNetwork::recognises(tensors)) return FileKind::LineDetector;
  return std::nullopt;
}

[[noreturn]] void refuseUnknown(const fs::path& path, const std::string& reason) {
  throw Error(ErrorKind::Unsupported, fmt::format("Lorikeet cannot use \"{}\": {}.", path.filename().string(), reason));
}

RecognisedFile recogniseWeights(const fs::path& path) {
  const AdapterFile file = readAdapterFile(path, FileHash::Skip);
  if (const auto kind = kindOfTensors(file)) return {*kind};
  if (isTextualInversion(path)) return {FileKind::TextualInversion};
  if (anyContains(file.tensors, "down_blocks.0.") && anyContains(file.tensors, "up_blocks.0."))
    refuseUnknown(path, "it is a UNet alone, without text encoder and VAE");
  refuseUnknown(path, fmt::format("none of its {} tensors is named like a part of an adapter, an embedding or a model",
                                  file.tensors.size()));
}

/// By the class that diffusers wrote into a part's config.json.
std::optional<FileKind> kindOfConfig(const fs::path& config) {
  if (!existsAt(config)) return std::nullopt;
  const auto json = readJsonObject(config);
  const std::string type = JsonFields(json.get(), config.string()).text("_class_name", "");
  if (type.starts_with("ControlNet")) return FileKind::ControlNet;
  if (type.starts_with("Autoencoder")) return FileKind::Vae;
  return std::nullopt;
}

RecognisedFile recogniseFolder(const fs::path& folder) {
  if (existsAt(folder / "model_index.json")) return {FileKind::Model};
  if (const auto kind = kindOfConfig(folder / "config.json")) return {*kind};
  try {
    if (holdsAdapter(readAdapterFile(folder, FileHash::Skip))) return {FileKind::Adapter};
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::Unsupported) throw;
  }
  if (existsAt(folder / "unet") && (existsAt(folder / "vae") || existsAt(folder / "vae_decoder")))
    return {FileKind::Model};
  refuseUnknown(folder, "the folder is neither a model nor an adapter");
}

}  // namespace

std::string_view describe(FileKind kind) {
  switch (kind) {
    case FileKind::Adapter:
      return "an adapter";
    case FileKind::TextualInversion:
      return "a textual inversion";
    case FileKind::Model:
      return "a model";
    case FileKind::Vae:
      return "a VAE";
    case FileKind::ControlNet:
      return "a ControlNet";
    case FileKind::LineDetector:
      return "a line detector (M-LSD)";
    case FileKind::Upscaler:
      return "an upscaler";
    case FileKind::Picture:
      return "a picture";
  }
  return "";
}

RecognisedFile recogniseFile(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return recogniseFolder(path);
  if (!existsAt(path)) throw Error(ErrorKind::NotFound, fmt::format("There is no file \"{}\".", path.string()));
  {
    const auto file = MappedFile::open(path);
    if (file->bytes().empty())
      throw Error(ErrorKind::Corrupt, fmt::format("\"{}\" is empty.", path.filename().string()));
    if (isPictureStart(file->bytes())) return recognisePicture(path, file->bytes());
  }
  return recogniseWeights(path);
}

}  // namespace lorikeet
