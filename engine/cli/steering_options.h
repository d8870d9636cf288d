#pragma once
#include <string>
#include <vector>

#include "cli/command_line.h"

namespace lorikeet::cli {

/// What the options of `generate` say about ControlNets, before models and pictures are put together.
struct SteeringOptions {
  std::vector<std::string> controls;                 ///< as --control gives them
  std::vector<std::filesystem::path> controlModels;  ///< of those that name none, in the same order, or one for all
  ControlUnit defaults;                              ///< what a --control does not say itself
};

/// Adds --init, --mask, --outpaint, --control and what belongs to them.
void addSteeringOptions(CommandLine& line, CLI::App& command, GenerateRequest& request, SteeringOptions& options);

/// The control units with their models. Throws Error(InvalidArgument) when their numbers do not fit.
std::vector<ControlUnit> controlUnits(const SteeringOptions& options);

/// Reads TYPE:IMAGE[:scale[:start-end]][:KEY=VALUE]... on top of the defaults; the image may hold colons and may be
/// empty. Throws Error(InvalidArgument).
ControlUnit parseControl(const std::string& text, const ControlUnit& defaults = {});
/// Reads L,T,R,B. Throws Error(InvalidArgument).
OutpaintMargins parseMargins(const std::string& text);

}  // namespace lorikeet::cli
