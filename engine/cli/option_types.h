#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace lorikeet::cli {

/// CLI11's member functions of the same names, whose templates are compiled once, in option_types.cpp, for the types
/// that options of this program have: compiling them in every command took a third of this folder's build.
/// Adds an option that sets `target`; flags are as CLI11 writes them ("-o,--output", or a bare name for a positional).
template <class Value>
CLI::Option* addOption(CLI::App& command, const std::string& flags, Value& target, const std::string& help);

/// Adds a flag that sets `target` to true, or to false where its name begins with "!".
template <class Value>
CLI::Option* addFlag(CLI::App& command, const std::string& flags, Value& target, const std::string& help);

/// Adds an option whose text goes to `set`, which throws CLI::ValidationError for what it cannot take.
CLI::Option* addTextOption(CLI::App& command, const std::string& flags,
                           const std::function<void(const std::string&)>& set, const std::string& help);

/// Adds a command of this name below another one.
CLI::App* addSubcommand(CLI::App& parent, const std::string& name, const std::string& help);

}  // namespace lorikeet::cli
