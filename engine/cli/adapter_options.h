#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "lorikeet/adapter_use.h"

namespace lorikeet::cli {

/// The adapters that a command line names.
struct AdapterOptions {
  std::vector<std::string> files;  ///< FILE[:weight[:text encoder weight]]
  std::vector<double> weights;     ///< of the files in their order, where the file does not say it
  std::filesystem::path folder;    ///< where <lora:name> tags are looked up
};

void addAdapterOptions(CLI::App& command, AdapterOptions& options);

/// The stack for one prompt, from which <lora:...> tags are taken out. Throws Error.
std::vector<AdapterUse> adaptersFor(const AdapterOptions& options, std::string& prompt);

}  // namespace lorikeet::cli
