#include <memory>

#include "cli/command_line.h"
#include "cli/sweep_run.h"

namespace lorikeet::cli {
namespace {

constexpr const char* kFooter =
    "An axis is FIELD=VALUES. Fields: adapter:NAME (the -l file's name without its ending; adapter:NAME:unet or :te "
    "for\n"
    "one of its weights), seed, guidance, steps, sampler, schedule, strength, clip_skip, and prompt, whose first text\n"
    "is replaced by each in turn. Values, as in A1111's X/Y/Z plot: 1, 2, 3 or a range, 0-1 in steps of 1, 0-1(+0.25)\n"
    "in steps of 0.25, 1-10[5] as five numbers; text with commas in \"quotes\".\n"
    "Pictures are ROW-COLUMN-SEED-DIGEST.png, the grid is grid-DIGEST.png; its labels are in Latin letters. A picture\n"
    "that fails is reported and the others go on; the exit code is then 1.\n"
    "Examples:\n"
    "  lorikeet-cli sweep -p \"a red apple\" --x \"seed=1-2\" --y \"guidance=3-9(+3)\" --out apples\n"
    "  lorikeet-cli sweep -p \"a fox\" -l ink.safetensors --x \"adapter:ink=0-1(+0.25)\" --y \"seed=1-4\" --out ink\n"
    "  lorikeet-cli sweep -p \"a red fox\" --x \"prompt=red,blue,white\" --y \"sampler=Euler a,DPM++ 2M Karras\" --out "
    "foxes";

/// Bad axes are wrong usage, answered before anything is loaded.
void addAxis(CLI::App& command, const std::string& flag, std::string& target, const std::string& help) {
  auto set = [&target](const std::string& text) {
    try {
      const SweepAxis axis = parseSweepAxis(text);
      readSweepValues(axis.field, axis.values);
    } catch (const Error& error) {
      throw CLI::ValidationError(error.what(), CLI::ExitCodes::ValidationError);
    }
    target = text;
  };
  addTextOption(command, flag, set, help)->type_name("AXIS");
}

}  // namespace

void addSweepCommand(CommandLine& line) {
  CLI::App* command = addSubcommand(line.app, "sweep", "Make a grid of pictures over ranges of settings");
  auto options = std::make_shared<SweepOptions>();
  addAxis(*command, "--x", options->x, "What changes from left to right: FIELD=VALUES");
  addAxis(*command, "--y", options->y, "What changes from top to bottom");
  addOption(*command, "--out", options->folder, "Folder for the pictures and their grid")->type_name("DIR")->required();
  addFlag(*command, "--resume", options->resume, "Skip pictures that an earlier run finished");
  addFlag(*command, "--private", options->generate.writing.isPrivate,
          "Write nothing into the pictures that says how they were made");
  addRequestOptions(line, *command, options->generate);
  addOption(*command, "--threads", options->generate.threads, "Threads, 1 to 1024 (default: all processors)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""));
  addFlag(*command, "--json", line.json, "Print the result as JSON and nothing else on stdout");
  command->footer(kFooter);
  command->callback([&line, options] {
    if (options->x.empty()) throw CLI::RequiredError("--x");
    if (options->generate.prompts.empty()) throw CLI::RequiredError("--prompt");
    line.run = [&line, options](std::stop_token stop) { return SweepRun(*options, line.json).run(stop); };
  });
}

}  // namespace lorikeet::cli
