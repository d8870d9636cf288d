#pragma once
#include "cli/command_line.h"
#include "lorikeet/request.h"

namespace lorikeet::cli {

/// Random numbers and the parameters of samplers.
void addSamplingOptions(CommandLine& line, CLI::App& command, GenerateRequest& request);

}  // namespace lorikeet::cli
