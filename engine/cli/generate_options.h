#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/adapter_options.h"
#include "cli/command_line.h"
#include "cli/from_picture.h"
#include "cli/picture_writer.h"
#include "cli/steering_options.h"
#include "lorikeet/request.h"

namespace lorikeet::cli {

/// What the options of `generate` say.
struct GenerateOptions {
  GenerateRequest request;  ///< apart from the prompt, the size and the controls
  SteeringOptions steering;
  std::optional<int> width;
  std::optional<int> height;
  std::vector<std::string> prompts;
  std::filesystem::path promptFile;  ///< more prompts, read when the run starts
  AdapterOptions adapters;
  std::optional<FromPicture> from;
  int threads = 0;
  std::string output;
  WritingOptions writing;
  std::filesystem::path previewFolder;
  std::filesystem::path latentsFile;
  bool timings = false;
};

/// Adds the options that say what one picture should be.
void addRequestOptions(CommandLine& line, CLI::App& command, GenerateOptions& options);
/// Those, and the others of `generate`.
void addGenerateOptions(CommandLine& line, CLI::App& command, GenerateOptions& options);

/// The request for one prompt. Throws Error(InvalidArgument) for a width or height of 0, which in a request means the
/// model's native size.
GenerateRequest requestFor(const GenerateOptions& options, const std::string& prompt);

}  // namespace lorikeet::cli
