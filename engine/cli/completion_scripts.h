#pragma once
#include <string>
#include <vector>

#include "cli/command_table.h"

namespace lorikeet::cli {

/// Completion scripts for subcommands, options, names, files and folders.
std::string bashCompletion(const std::vector<CommandEntry>& commands);
std::string zshCompletion(const std::vector<CommandEntry>& commands);
std::string fishCompletion(const std::vector<CommandEntry>& commands);

}  // namespace lorikeet::cli
