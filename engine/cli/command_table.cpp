#include "cli/command_table.h"

namespace lorikeet::cli {
namespace {

OptionEntry describe(const CommandLine& line, const CLI::Option& option) {
  OptionEntry entry;
  if (!option.get_snames().empty()) entry.shortName = option.get_snames().front();
  if (!option.get_lnames().empty()) entry.longName = option.get_lnames().front();
  if (option.get_items_expected_max() > 0) entry.value = option.get_type_name();
  if (const size_t check = entry.value.find(':'); check != std::string::npos) entry.value.resize(check);
  entry.help = option.get_description();
  if (!option.get_default_str().empty()) entry.help += " (default: " + option.get_default_str() + ")";
  entry.required = option.get_required();
  entry.repeatable = option.get_expected_max() > 1;
  if (const auto found = line.choices.find(&option); found != line.choices.end()) entry.choices = found->second;
  return entry;
}

std::vector<CommandEntry> subcommandsOf(const CommandLine& line, const CLI::App& parent) {
  std::vector<CommandEntry> commands;
  for (const CLI::App* app : parent.get_subcommands([](const CLI::App*) { return true; })) {
    CommandEntry command{app->get_name(), app->get_description(), app->get_footer(), {}, {}, {}};
    command.subcommands = subcommandsOf(line, *app);
    for (const CLI::Option* option : app->get_options()) {
      if (!command.subcommands.empty()) break;  // --help alone
      OptionEntry entry = describe(line, *option);
      const bool positional = option->get_positional();
      if (positional) entry.longName = option->get_name();
      (positional ? command.positionals : command.options).push_back(std::move(entry));
    }
    commands.push_back(std::move(command));
  }
  return commands;
}

}  // namespace

std::vector<CommandEntry> describeCommands(const CommandLine& line) { return subcommandsOf(line, line.app); }

}  // namespace lorikeet::cli
