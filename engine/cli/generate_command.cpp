#include <memory>

#include "cli/command_line.h"
#include "cli/generate_options.h"
#include "cli/generate_run.h"
#include "cli/prompt_file.h"

namespace lorikeet::cli {

void addGenerateCommand(CommandLine& line) {
  CLI::App* command = addSubcommand(line.app, "generate", "Make pictures from a prompt");
  auto options = std::make_shared<GenerateOptions>();
  addGenerateOptions(line, *command, *options);
  command->footer(
      "Examples:\n"
      "  lorikeet-cli generate -p \"a red apple, flat style\" -o apple.png\n"
      "  lorikeet-cli generate -p \"cat on a blue background, 3d style\" --num 2 --steps 12 -g 5 -o cats/\n"
      "  lorikeet-cli generate -p \"a fox\" -p \"an owl <lora:ink:0.8>\" -o \"{prompt}-{seed}.png\" --json\n"
      "  lorikeet-cli generate -p \"a peach on a navy background, 3d style\" --control canny:apple.png -o peach.png\n"
      "  lorikeet-cli generate -p \"a red apple, flat style\" --init apple.png --outpaint 64,0,0,0 -o wide.png\n"
      "  lorikeet-cli generate --from apple.png --seed random --num 2 -o more/");
  command->callback([&line, options] {
    if (options->prompts.empty() && options->promptFile.empty() && !options->from)
      throw CLI::RequiredError("--prompt or --prompt-file");
    line.run = [&line, options](std::stop_token stop) {
      if (!options->promptFile.empty())
        for (std::string& prompt : readPromptFile(options->promptFile)) options->prompts.push_back(std::move(prompt));
      finishFromPicture(*options);
      return GenerateRun(*options, line.json).run(stop);
    };
  });
}

}  // namespace lorikeet::cli
