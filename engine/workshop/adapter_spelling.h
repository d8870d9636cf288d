#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "lorikeet/workshop.h"
#include "workshop/model_names.h"

namespace lorikeet {

/// A module's name in a form, without the ending of a tensor: "lora_unet_mid_block_attentions_0_proj_in",
/// "unet.mid_block.attentions.0.proj_in". Throws Error(Unsupported) for modules that original checkpoints have no name
/// for.
std::string spelledModule(AdapterForm form, NetworkPart part, const std::string& module, const ModelNames& names);

/// What follows it for a tensor's role: ".lora_down.weight"; nothing if the form has no such tensors.
std::optional<std::string> spelledRole(AdapterForm form, NetworkPart part, std::string_view role);

}  // namespace lorikeet
