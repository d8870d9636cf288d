#pragma once
#include <filesystem>

#include "io/safetensors.h"
#include "io/tensor_values.h"
#include "support/golden.h"

namespace lorikeet::testing {

/// A copy of a diffusers folder with f32 weights that no 16-bit type holds exactly.
inline std::filesystem::path wideCopy(const std::filesystem::path& model, const std::filesystem::path& folder) {
  const std::filesystem::path copy = folder / "wide";
  std::filesystem::copy(model, copy, std::filesystem::copy_options::recursive);
  for (const char* file : {"text_encoder/model.safetensors", "unet/diffusion_pytorch_model.safetensors",
                           "vae/diffusion_pytorch_model.safetensors"}) {
    std::map<std::string, RawTensor> wide;
    for (const auto& [name, tensor] : readSafetensors(model / file).tensors) {
      std::vector<float> values = toFloats(tensor);
      for (float& v : values) v *= 1.001F;
      wide.emplace(name, rawFromFloats(tensor.shape, values));
    }
    std::filesystem::remove(copy / file);
    writeSafetensors(copy / file, wide);
  }
  return copy;
}

}  // namespace lorikeet::testing
