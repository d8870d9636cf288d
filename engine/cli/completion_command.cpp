#include <fmt/format.h>

#include <memory>

#include "cli/command_line.h"
#include "cli/completion_scripts.h"

namespace lorikeet::cli {

void addCompletionCommand(CommandLine& line) {
  CLI::App* command = addSubcommand(line.app, "completion", "Print the completion script of a shell");
  auto shell = std::make_shared<std::string>();
  const std::vector<std::string> shells = {"bash", "zsh", "fish"};
  CLI::Option* option = addOption(*command, "shell", *shell, "bash, zsh or fish")
                            ->type_name("SHELL")
                            ->required()
                            ->check(CLI::IsMember(shells));
  line.choices[option] = shells;
  command->footer(
      "Install:\n"
      "  bash: lorikeet-cli completion bash > ~/.local/share/bash-completion/completions/lorikeet-cli\n"
      "  zsh:  lorikeet-cli completion zsh > ~/.zfunc/_lorikeet-cli   (with ~/.zfunc in $fpath)\n"
      "  fish: lorikeet-cli completion fish > ~/.config/fish/completions/lorikeet-cli.fish");
  command->callback([&line, shell] {
    line.run = [&line, shell](std::stop_token) {
      const auto commands = describeCommands(line);
      fmt::print("{}", *shell == "bash"  ? bashCompletion(commands)
                       : *shell == "zsh" ? zshCompletion(commands)
                                         : fishCompletion(commands));
      return kDone;
    };
  });
}

}  // namespace lorikeet::cli
