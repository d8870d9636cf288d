#pragma once
#include <map>
#include <string>

#include "io/raw_tensor.h"

namespace lorikeet {

using TensorMap = std::map<std::string, RawTensor>;

/// Text encoder tensors of a diffusers part under today's names: "text_model." is added where it is missing, and
/// position_ids, which hold no weight, are left out.
TensorMap canonicalTextEncoder(TensorMap tensors);

/// VAE tensors of a diffusers part under today's names: attention weights called query, key, value and proj_attn become
/// to_q, to_k, to_v and to_out.0, and those stored as 1x1 convolutions [C, C, 1, 1] become linear, [C, C].
TensorMap canonicalVae(TensorMap tensors);

}  // namespace lorikeet
