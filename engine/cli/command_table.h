#pragma once
#include <string>
#include <vector>

#include "cli/command_line.h"

namespace lorikeet::cli {

/// One option as the documentation and completion need it.
struct OptionEntry {
  std::string shortName;  ///< "p" or empty
  std::string longName;   ///< "prompt"; empty for a positional argument
  std::string value;      ///< "TEXT", "FILE", "DIR", "NAME" ...; empty for a flag
  std::string help;
  std::vector<std::string> choices;
  bool repeatable = false;
  bool required = false;
};

struct CommandEntry {
  std::string name;
  std::string help;
  std::string footer;
  std::vector<OptionEntry> options;  ///< in the order in which they were added
  std::vector<OptionEntry> positionals;
  std::vector<CommandEntry> subcommands;  ///< then it has neither options nor arguments of its own
};

/// The subcommands and options as plain values, read from the parser's own table.
std::vector<CommandEntry> describeCommands(const CommandLine& line);

}  // namespace lorikeet::cli
