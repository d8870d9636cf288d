#pragma once
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "lorikeet/adapter_use.h"

namespace lorikeet::cli {

/// The adapters that a command line names.
struct AdapterOptions {
  std::vector<std::string> files;  ///< FILE[#variant][:weight[:text encoder weight]]
  std::vector<double> weights;     ///< of the files in their order, where the file does not say it
};

void addAdapterOptions(CLI::App& command, AdapterOptions& options);

/// The stack. Throws Error(InvalidArgument).
std::vector<AdapterUse> adaptersFor(const AdapterOptions& options);

/// Splits "FILE#VARIANT"; a file whose name holds the # itself is taken first.
AdapterUse splitVariant(const std::string& text);

}  // namespace lorikeet::cli
