#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "io/canonical_names.h"
#include "lorikeet/workshop.h"

namespace lorikeet {

/// A model's tensors as its files hold and name them, and views of the same bytes under canonical names.
struct StoredModel {
  TensorMap unet, textEncoder, vae;             ///< of a folder
  TensorMap checkpoint;                         ///< of a single file; then the three are empty
  std::map<std::string, std::string> metadata;  ///< of a single file; of a folder's UNet
  TensorMap canonicalUnet, canonicalText;       ///< without an adapter that lies in the model
};

/// Throws Error(NotFound | Io | Corrupt | Unsupported).
StoredModel openStoredModel(const std::filesystem::path& model);

/// Copies everything of a model's folder but the weights of the three networks and what is hidden. Throws Error(Io),
/// Stopped.
void copyModelFolder(const std::filesystem::path& model, const std::filesystem::path& output,
                     const std::stop_token& stop);

/// Writes the stored tensors and what else belongs to the model, complete or not at all, and completes the result.
WorkshopResult writeStoredModel(const StoredModel& stored, const std::filesystem::path& model,
                                const std::filesystem::path& output, WorkshopResult result,
                                const WorkshopControl& control);

/// Where a folder keeps the weights that are written.
constexpr const char* kUnetWeights = "unet/diffusion_pytorch_model.safetensors";
constexpr const char* kVaeWeights = "vae/diffusion_pytorch_model.safetensors";
constexpr const char* kTextWeights = "text_encoder/model.safetensors";

/// Throws Error(InvalidArgument) if a checkpoint is to be written under a name without .safetensors.
void requireModelName(const std::filesystem::path& model, const std::filesystem::path& output);

}  // namespace lorikeet
