#pragma once
#include <span>
#include <string>

#include "io/canonical_names.h"
#include "io/name_table.h"

namespace lorikeet {

/// The names of a text encoder's modules in transformers' and in OpenCLIP's spelling
/// ("text_model.encoder.layers.0.mlp.fc1" and "transformer.resblocks.0.mlp.c_fc"), for the number of layers that the
/// given tensor names (of either spelling) show. q, k and v, which OpenCLIP keeps in one matrix, are not in the table.
NameTable openClipNames(std::span<const std::string> tensorNames);

/// The text encoder of an SD 2.x checkpoint, from OpenCLIP's tensors without their prefix "cond_stage_model.model.":
/// fused attention weights are split into q_proj, k_proj and v_proj, and the last block is left out, because SD 2.x
/// conditions on the output of the one before it ("penultimate"; the diffusers folders have one layer less for the same
/// reason). Throws Error(Corrupt) where a fused weight cannot be split in three.
TensorMap canonicalFromOpenClip(const TensorMap& tensors, const std::string& source);

}  // namespace lorikeet
