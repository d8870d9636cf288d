#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/option_types.h"
#include "lorikeet/error.h"
#include "lorikeet/request.h"

namespace lorikeet::cli {

/// Exit codes, also documented in the man page.
enum ExitCode : int { kDone = 0, kFailed = 1, kWrongUsage = 2, kStopped = 130 };

/// The program's subcommands with their options. This one table is what parsing, --help, the man page and the shell
/// completions read.
struct CommandLine {
  CommandLine();

  CLI::App app;
  /// The words that an option takes, where it takes one of a list.
  std::map<const CLI::Option*, std::vector<std::string>> choices;
  bool json = false;  ///< the chosen command was asked for JSON: its errors are JSON as well
  /// What the parsed command line asks for; returns an exit code and throws Error.
  std::function<int(std::stop_token)> run;
};

/// Adds an option that takes one name of a table and sets `target`; other names are wrong usage, answered with the
/// list.
template <class Enum>
CLI::Option* addChoice(CommandLine& line, CLI::App& command, const std::string& flags, Enum& target,
                       Enum (*fromName)(std::string_view), std::span<const EnumName<Enum>> names,
                       const std::string& help) {
  auto set = [&target, fromName](const std::string& text) {
    try {
      target = fromName(text);
    } catch (const Error& error) {
      throw CLI::ValidationError(error.what(), CLI::ExitCodes::ValidationError);
    }
  };
  CLI::Option* option = addTextOption(command, flags, set, help)->type_name("NAME");
  for (const auto& row : names) line.choices[option].emplace_back(row.name);
  return option;
}

void addGenerateCommand(CommandLine& line);
void addPromptCommand(CommandLine& line);
void addBatchCommand(CommandLine& line);
void addSweepCommand(CommandLine& line);
void addAnnotateCommand(CommandLine& line);
void addUpscaleCommand(CommandLine& line);
void addInspectCommand(CommandLine& line);
void addLoraCommands(CommandLine& line);
void addBenchCommand(CommandLine& line);
void addCacheCommand(CommandLine& line);
void addCompletionCommand(CommandLine& line);
void addManpageCommand(CommandLine& line);

}  // namespace lorikeet::cli
