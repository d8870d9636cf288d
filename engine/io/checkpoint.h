#pragma once
#include <string>

#include "io/canonical_names.h"

namespace lorikeet {

/// The networks of a single-file checkpoint in the original (latent-diffusion) layout, under canonical names. A network
/// that the file lacks is empty. EMA copies and the noise schedule's tables are left out.
struct CheckpointParts {
  TensorMap textEncoder;
  TensorMap unet;
  TensorMap vae;
};

/// Sorts the tensors of a checkpoint by network and renames them; tensors that the tables do not know keep their name.
/// `source` names the file in messages. Throws Error(Unsupported) for SDXL and Error(Corrupt) for damaged shapes.
CheckpointParts splitCheckpoint(const TensorMap& tensors, const std::string& source);

/// Single networks in the original layout, without their prefix.
TensorMap canonicalUnetFromOriginal(const TensorMap& tensors);
TensorMap canonicalVaeFromOriginal(const TensorMap& tensors);
TensorMap canonicalControlNetFromOriginal(const TensorMap& tensors);

/// The tensors whose names begin with the prefix, without it.
TensorMap withoutPrefix(const TensorMap& tensors, std::string_view prefix);

}  // namespace lorikeet
