#include <fmt/format.h>

#include <memory>

#include "cli/command_line.h"
#include "cli/inspect_report.h"
#include "lorikeet/engine.h"

namespace lorikeet::cli {
namespace {

namespace fs = std::filesystem;

FileReport inspectFile(const fs::path& file) {
  if (!fs::exists(file)) throw Error(ErrorKind::NotFound, fmt::format("There is no file \"{}\".", file.string()));
  if (isModel(file)) return {file, inspectModel(file)};
  throw Error(ErrorKind::Unsupported, fmt::format("\"{}\" is no model that Lorikeet knows.", file.string()));
}

}  // namespace

void addInspectCommand(CommandLine& line) {
  CLI::App* command = line.app.add_subcommand("inspect", "Tell what a file is: a model");
  auto files = std::make_shared<std::vector<fs::path>>();
  command->add_option("files", *files, "Files and model folders")->type_name("FILE")->required();
  command->add_flag("--json", line.json, "Print a JSON list, one object a file");
  command->callback([&line, files] {
    line.run = [&line, files](std::stop_token) {
      std::vector<FileReport> reports;
      for (const fs::path& file : *files) reports.push_back(inspectFile(file));
      fmt::print("{}\n", line.json ? inspectJson(reports) : inspectText(reports));
      return kDone;
    };
  });
}

}  // namespace lorikeet::cli
