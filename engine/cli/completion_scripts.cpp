#include "cli/completion_scripts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lorikeet::cli {
namespace {

std::vector<std::string> flagsOf(const OptionEntry& option) {
  std::vector<std::string> flags;
  if (!option.shortName.empty()) flags.push_back("-" + option.shortName);
  if (!option.longName.empty()) flags.push_back("--" + option.longName);
  return flags;
}

/// Text inside single quotes of a shell.
std::string quoted(const std::string& text, std::string_view quote) {
  std::string result;
  for (const char c : text) c == '\'' ? result.append(quote) : result.append(1, c);
  return "'" + result + "'";
}

/// A bash statement that sets `words` to what may stand for the word under the cursor.
std::string bashWords(const OptionEntry& option) {
  if (!option.choices.empty())
    return fmt::format("words=$(compgen -W '{}' -- \"$word\")", fmt::join(option.choices, " "));
  if (option.value == "DIR") return "words=$(compgen -d -- \"$word\"); compopt -o filenames";
  if (option.value == "FILE") return "words=$(compgen -f -- \"$word\"); compopt -o filenames";
  return ":";
}

std::string bashCommand(const CommandEntry& command, int depth = 1) {
  if (!command.subcommands.empty()) {
    std::vector<std::string> names;
    std::string cases;
    for (const CommandEntry& subcommand : command.subcommands) {
      names.push_back(subcommand.name);
      cases += bashCommand(subcommand, depth + 1);
    }
    return fmt::format(
        "    {0})\n      if (( COMP_CWORD == {1} )); then words=$(compgen -W '{2}' -- \"$word\"); else\n"
        "      case ${{COMP_WORDS[{1}]}} in\n{3}      esac; fi ;;\n",
        command.name, depth + 1, fmt::join(names, " "), cases);
  }
  std::string text = fmt::format("    {})\n      case $previous in\n", command.name);
  std::vector<std::string> all;
  for (const OptionEntry& option : command.options) {
    const auto flags = flagsOf(option);
    all.insert(all.end(), flags.begin(), flags.end());
    if (!option.value.empty()) text += fmt::format("        {}) {} ;;\n", fmt::join(flags, "|"), bashWords(option));
  }
  const std::string positional = command.positionals.empty() ? ":" : bashWords(command.positionals.front());
  text += fmt::format(
      "        *) if [[ $word == -* ]]; then words=$(compgen -W '{}' -- \"$word\"); else {}; fi ;;\n"
      "      esac ;;\n",
      fmt::join(all, " "), positional);
  return text;
}

std::string zshAction(const OptionEntry& option) {
  if (!option.choices.empty()) return fmt::format("({})", fmt::join(option.choices, " "));
  if (option.value == "DIR") return "_files -/";
  if (option.value == "FILE") return "_files";
  return " ";
}

/// In _arguments, ':' and brackets separate the parts of a specification.
std::string zshText(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string zshOption(const OptionEntry& option) {
  const auto flags = flagsOf(option);
  const std::string once = option.repeatable ? "*" : fmt::format("({})", fmt::join(flags, " "));
  std::string text;
  for (const std::string& flag : flags) {
    std::string spec = once + flag + "[" + zshText(option.help) + "]";
    if (!option.value.empty()) spec += ":" + option.value + ":" + zshAction(option);
    text += " \\\n        " + quoted(spec, "'\\''");
  }
  return text;
}

/// `condition` says that the option's command was given.
std::string fishOption(const std::string& condition, const OptionEntry& option) {
  std::string text = fmt::format("complete -c lorikeet-cli -n '{}'", condition);
  if (!option.shortName.empty()) text += " -s " + option.shortName;
  if (!option.longName.empty()) text += " -l " + option.longName;
  if (!option.choices.empty())
    text += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
  else if (option.value == "DIR")
    text += " -x -a '(__fish_complete_directories)'";
  else if (option.value == "FILE")
    text += " -r -F";
  else if (!option.value.empty())
    text += " -x";
  return text + " -d " + quoted(option.help, "\\'") + "\n";
}

std::string fishCommand(const CommandEntry& command, const std::string& group = {}) {
  const std::string condition = group + "__fish_seen_subcommand_from " + command.name;
  std::string text;
  for (const CommandEntry& subcommand : command.subcommands) {
    text += fmt::format("complete -c lorikeet-cli -n '{}' -a {} -d {}\n", condition, subcommand.name,
                        quoted(subcommand.help, "\\'"));
    text += fishCommand(subcommand, condition + "; and ");
  }
  for (const OptionEntry& option : command.options) text += fishOption(condition, option);
  for (const OptionEntry& positional : command.positionals) {
    const std::string words =
        positional.choices.empty() ? "-F" : fmt::format("-a '{}'", fmt::join(positional.choices, " "));
    text += fmt::format("complete -c lorikeet-cli -n '{}' {}\n", condition, words);
  }
  return text;
}

/// The names of commands with their help, for _describe.
std::string zshNames(const std::vector<CommandEntry>& commands) {
  std::string names;
  for (const CommandEntry& command : commands)
    names += "    " + quoted(command.name + ":" + command.help, "'\\''") + "\n";
  return names;
}

std::string zshCommand(const CommandEntry& command) {
  if (!command.subcommands.empty()) {
    std::string cases;
    for (const CommandEntry& subcommand : command.subcommands) cases += zshCommand(subcommand);
    return fmt::format(
        "    {})\n      commands=(\n{}  )\n"
        "      if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n      fi\n"
        "      command=$words[2]\n      shift words\n      (( CURRENT-- ))\n"
        "      case $command in\n{}      esac ;;\n",
        command.name, zshNames(command.subcommands), cases);
  }
  std::string text = fmt::format("    {})\n      _arguments", command.name);
  for (const OptionEntry& option : command.options) text += zshOption(option);
  for (const OptionEntry& positional : command.positionals)
    text += " \\\n        " +
            quoted((positional.repeatable ? "*:" : "1:") + positional.value + ":" + zshAction(positional), "'\\''");
  return text + " ;;\n";
}

}  // namespace

std::string bashCompletion(const std::vector<CommandEntry>& commands) {
  std::vector<std::string> names;
  std::string cases;
  for (const CommandEntry& command : commands) {
    names.push_back(command.name);
    cases += bashCommand(command);
  }
  return fmt::format(
      "# bash completion of lorikeet-cli, made by: lorikeet-cli completion bash\n"
      "_lorikeet_cli() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} words=\n"
      "  case ${{COMP_WORDS[1]}} in\n{}    *) words=$(compgen -W '{} --help --version' -- \"$word\") ;;\n"
      "  esac\n"
      "  mapfile -t COMPREPLY <<<\"$words\"\n"
      "  [[ -n $words ]] || COMPREPLY=()\n"
      "}}\n"
      "complete -F _lorikeet_cli lorikeet-cli\n",
      cases, fmt::join(names, " "));
}

std::string zshCompletion(const std::vector<CommandEntry>& commands) {
  std::string cases;
  for (const CommandEntry& command : commands) cases += zshCommand(command);
  return fmt::format(
      "#compdef lorikeet-cli\n"
      "# made by: lorikeet-cli completion zsh\n"
      "_lorikeet_cli() {{\n"
      "  local -a commands=(\n{}  )\n"
      "  if (( CURRENT == 2 )); then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  local command=$words[2]\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  case $command in\n{}  esac\n"
      "}}\n"
      "_lorikeet_cli \"$@\"\n",
      zshNames(commands), cases);
}

std::string fishCompletion(const std::vector<CommandEntry>& commands) {
  std::string text = "# made by: lorikeet-cli completion fish\ncomplete -c lorikeet-cli -f\n";
  for (const CommandEntry& command : commands)
    text += fmt::format("complete -c lorikeet-cli -n __fish_use_subcommand -a {} -d {}\n", command.name,
                        quoted(command.help, "\\'"));
  for (const CommandEntry& command : commands) text += fishCommand(command);
  return text;
}

}  // namespace lorikeet::cli
