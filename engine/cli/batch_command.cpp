#include <fmt/format.h>

#include <memory>

#include "cli/batch_run.h"
#include "cli/command_line.h"
#include "lorikeet/request_json.h"

namespace lorikeet::cli {
namespace {

std::string fieldTable() {
  std::string table =
      "JOBS.jsonl holds one request a line, a JSON object with these fields. All may be left out; files are looked up\n"
      "from the working directory:\n";
  for (const RequestJsonField& field : requestJsonFields()) {
    std::string kind = field.kind;
    if (!field.value.empty()) kind += ", " + field.value;
    table += fmt::format("  {:<28} {:<24} {}\n", field.name, kind, field.help);
  }
  return table;
}

}  // namespace

void addBatchCommand(CommandLine& line) {
  CLI::App* command = addSubcommand(line.app, "batch", "Make the pictures that a file of requests asks for");
  auto options = std::make_shared<BatchOptions>();
  addOption(*command, "jobs", options->jobs, "File with one JSON request a line")->type_name("JOBS.jsonl")->required();
  addOption(*command, "--out", options->folder, "Folder for the pictures, LINE-SEED-DIGEST.png")
      ->type_name("DIR")
      ->required();
  auto shard = [options](const std::string& text) {
    try {
      options->shard = parseShard(text);
    } catch (const Error& error) {
      throw CLI::ValidationError(error.what(), CLI::ExitCodes::ValidationError);
    }
  };
  addTextOption(*command, "--shard", shard, "Do the I-th of N shares, for several machines or runs")->type_name("I/N");
  addFlag(*command, "--resume", options->resume, "Skip pictures that an earlier run finished");
  addFlag(*command, "--private", options->writing.isPrivate,
          "Write nothing into the pictures that says how they were made");
  addOption(*command, "--threads", options->threads, "Threads, 1 to 1024 (default: all processors)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""));
  addFlag(*command, "--json", line.json, "Print the result as JSON and nothing else on stdout");
  command->footer(
      fieldTable() +
      "A line that cannot be done is reported with its number and the others go on; the exit code is then 1.\n"
      "Examples:\n"
      "  echo '{\"prompt\": \"a fox\", \"seed\": 7, \"num\": 2}' > jobs.jsonl\n"
      "  lorikeet-cli batch jobs.jsonl --out pictures --resume");
  command->callback([&line, options] {
    line.run = [&line, options](std::stop_token stop) { return BatchRun(*options, line.json).run(stop); };
  });
}

}  // namespace lorikeet::cli
