#pragma once
#include <span>
#include <string>

#include "io/name_table.h"

namespace lorikeet {

/// The names of an autoencoder's modules in diffusers' and in latent-diffusion's spelling, for the number of levels and
/// layers that the given tensor names show. The names may be of either spelling, without "first_stage_model.".
NameTable vaeNames(std::span<const std::string> tensorNames);

}  // namespace lorikeet
