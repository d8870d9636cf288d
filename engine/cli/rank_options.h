#pragma once
#include "cli/command_line.h"
#include "lorikeet/workshop.h"

namespace lorikeet::cli {

/// --rank, --energy and --ratio; returns the options.
std::vector<CLI::Option*> addRankOptions(CLI::App& command, RankRule& rank);
CLI::Option* addFormOption(CommandLine& line, CLI::App& command, AdapterForm& form);
/// `usual` says what happens without the option.
CLI::Option* addTypeOption(CommandLine& line, CLI::App& command, WeightType& type, const std::string& usual);

}  // namespace lorikeet::cli
