#pragma once
#include "cli/command_line.h"

namespace lorikeet::cli {

/// Adds --hires and what belongs to it, --seamless and --vae-tiling.
void addHiresOptions(CommandLine& line, CLI::App& command, GenerateRequest& request);

/// An option that names an upscaler or its file.
CLI::Option* addUpscaler(CommandLine& line, CLI::App& command, const std::string& flags, Upscaler& upscaler,
                         bool withLatent, const std::string& help);

}  // namespace lorikeet::cli
