#pragma once
#include "cli/command_line.h"
#include "lorikeet/request.h"

namespace lorikeet::cli {

/// Adds what decides how prompts are read: --emphasis, --wildcards, --embedding ...
void addPromptOptions(CommandLine& line, CLI::App& command, GenerateRequest& request);
/// Adds -s,--seed, a number or "random".
void addSeedOption(CLI::App& command, uint64_t& seed);

}  // namespace lorikeet::cli
