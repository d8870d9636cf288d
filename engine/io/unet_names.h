#pragma once
#include <span>
#include <string>

#include "io/name_table.h"

namespace lorikeet {

/// The names of a UNet's modules in diffusers' and in latent-diffusion's spelling, for the architecture (levels, layers
/// a level, where attention stands) that the given tensor names show. The names may be of either spelling, without a
/// prefix such as "model.diffusion_model.".
NameTable unetNames(std::span<const std::string> tensorNames);

/// The same for a ControlNet: a UNet's first half, the layers of the hint and the outputs ("zero convolutions").
NameTable controlNetNames(std::span<const std::string> tensorNames);

}  // namespace lorikeet
