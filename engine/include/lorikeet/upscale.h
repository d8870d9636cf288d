#pragma once
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "lorikeet/image.h"
#include "lorikeet/result.h"

namespace lorikeet {

/// How a picture grows. The latent ones enlarge the model's latents, not the picture (second pass only).
enum class UpscaleMethod {
  Latent,  ///< bilinear
  LatentNearest,
  LatentBicubic,
  Nearest,
  Bicubic,
  Lanczos,
  Network,  ///< an upscaler file: SRVGG-compact, ESRGAN (RRDB) or FSRCNN
};
bool isLatent(UpscaleMethod method);

/// A method with the file that Network needs.
struct Upscaler {
  UpscaleMethod method = UpscaleMethod::Lanczos;
  std::filesystem::path network;  ///< .pth, .safetensors or .pb; which architecture it is say its tensors

  bool operator==(const Upscaler&) const = default;
};
/// Reads a method's name ("lanczos", A1111's "Latent (bicubic)") or else takes the text as a network's file. Throws
/// Error(InvalidArgument) for text that is neither.
Upscaler upscalerFromText(const std::string& text);
/// What A1111 calls it: "Latent", "Lanczos", of a network its file's name without extension.
std::string label(const Upscaler& upscaler);

/// A second pass over a picture from text: the first result is enlarged and denoised again (A1111's "hires fix").
struct HiresOptions {
  double scale = 1;  ///< 1: no second pass; at most 8
  Upscaler upscaler{UpscaleMethod::Latent, {}};
  int steps = 0;          ///< that the second pass runs; 0: as many as the first
  double strength = 0.7;  ///< how much of the enlarged picture may change

  bool enabled() const { return scale != 1; }
  bool operator==(const HiresOptions&) const = default;
};

/// What an upscaler file is.
struct UpscalerInfo {
  std::string name;          ///< the file's name without extension
  std::string architecture;  ///< "SRVGG", "RRDB", "FSRCNN"
  int scale = 1;
};
/// Reads an upscaler file's header. Safe on any thread. Throws Error(NotFound | Io | Corrupt | Unsupported).
UpscalerInfo inspectUpscaler(const std::filesystem::path& file);

/// What Engine::upscale is asked for.
struct UpscaleRequest {
  Upscaler upscaler;
  double scale = 0;  ///< 0: the network's own scale, 2 for the other methods; otherwise more than 0, at most 16
};
struct UpscaleResult {
  Status status = Status::Done;
  Image image;  ///< empty when stopped
};

}  // namespace lorikeet
