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

/// The tensors of a model into which an adapter was put (lora_wrapper, PEFT), under the model's own names:
/// "MODULE.base_layer.weight" becomes "MODULE.weight", and the adapter's tensors are left out. Others stay as they are.
TensorMap withoutWrappedAdapter(TensorMap tensors);

}  // namespace lorikeet
