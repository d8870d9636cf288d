#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_line.h"
#include "cli/command_table.h"
#include "lorikeet/engine.h"

namespace lorikeet::cli {
namespace {

/// Text that troff prints as it stands.
std::string plain(const std::string& text) {
  std::string result;
  bool lineStart = true;
  for (const char c : text) {
    if (lineStart && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else
      result += c;
    lineStart = c == '\n';
  }
  return result;
}

std::string optionText(const OptionEntry& option) {
  std::vector<std::string> flags;
  const std::string value = option.value.empty() ? "" : " \\fI" + plain(option.value) + "\\fR";
  if (!option.shortName.empty()) flags.push_back("\\fB\\-" + plain(option.shortName) + "\\fR" + value);
  if (!option.longName.empty()) flags.push_back("\\fB\\-\\-" + plain(option.longName) + "\\fR" + value);
  std::string text = fmt::format(".TP\n{}\n{}", fmt::join(flags, ", "), plain(option.help));
  if (!text.ends_with('.')) text += ".";
  if (option.required) text += " Required.";
  if (!option.choices.empty())
    text += fmt::format("\nOne of: {}.", plain(fmt::format("{}", fmt::join(option.choices, ", "))));
  return text + "\n";
}

/// `group` is what stands before the command's name: "lora " for those of lora.
std::string commandText(const CommandEntry& command, const std::string& group = {}) {
  const std::string name = group + command.name;
  std::string below;
  for (const CommandEntry& subcommand : command.subcommands) below += commandText(subcommand, name + " ");
  if (!below.empty()) return below;
  std::string usage = "\\fBlorikeet\\-cli " + plain(name) + "\\fR";
  if (!command.options.empty()) usage += " [\\fIoptions\\fR]";
  for (const OptionEntry& positional : command.positionals)
    usage += " \\fI" + plain(positional.longName) + "\\fR" + (positional.repeatable ? "..." : "");
  std::string text = fmt::format(".SS {}\n{}.\n.PP\n{}\n", plain(name), plain(command.help), usage);
  for (const OptionEntry& option : command.options) text += optionText(option);
  if (!command.footer.empty()) text += ".PP\n.nf\n" + plain(command.footer) + "\n.fi\n";
  return text;
}

std::string manpage(const CommandLine& line) {
  std::string text = fmt::format(
      ".TH LORIKEET\\-CLI 1 \"\" \"Lorikeet {}\" \"User Commands\"\n"
      ".SH NAME\nlorikeet\\-cli \\- {}\n"
      ".SH SYNOPSIS\n\\fBlorikeet\\-cli\\fR \\fIcommand\\fR [\\fIoptions\\fR]\n"
      ".SH DESCRIPTION\n{}\n"
      "Results go to standard output, progress and messages to standard error.\n"
      ".SH COMMANDS\n",
      version(), "makes pictures with Stable Diffusion models on the CPU", plain(line.app.get_description()));
  for (const CommandEntry& command : describeCommands(line)) text += commandText(command);
  text +=
      ".SH EXIT STATUS\n"
      ".TP\n\\fB0\\fR\nDone.\n"
      ".TP\n\\fB1\\fR\nIt could not be done; standard error says why in one line.\n"
      ".TP\n\\fB2\\fR\nWrong usage.\n"
      ".TP\n\\fB130\\fR\nStopped by Ctrl\\-C; pictures that were finished are kept.\n"
      ".SH ENVIRONMENT\n"
      ".TP\n\\fBLORIKEET_RESOURCES\\fR\nFolder with the starter model and the vocabulary, where it is not found by "
      "itself.\n";
  return text;
}

}  // namespace

void addManpageCommand(CommandLine& line) {
  CLI::App* command = addSubcommand(line.app, "manpage", "Print the manual page, for man -l");
  command->callback([&line] {
    line.run = [&line](std::stop_token) {
      fmt::print("{}", manpage(line));
      return kDone;
    };
  });
}

}  // namespace lorikeet::cli
