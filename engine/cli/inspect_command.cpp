#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>

#include "cli/command_line.h"
#include "cli/inspect_report.h"
#include "lorikeet/adapter_info.h"
#include "lorikeet/engine.h"

namespace lorikeet::cli {
namespace {

namespace fs = std::filesystem;

bool isPicture(const fs::path& file) {
  std::string extension = file.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return extension == ".png" || extension == ".jpg" || extension == ".jpeg" || extension == ".webp";
}

std::optional<EmbeddingInfo> embeddingIn(const fs::path& file) {
  try {
    return inspectEmbedding(file);
  } catch (const Error&) {
    return std::nullopt;  // whoever reads it as something else says what is wrong
  }
}

FileReport inspectFile(const fs::path& file, const std::optional<fs::path>& model) {
  if (!fs::exists(file)) throw Error(ErrorKind::NotFound, fmt::format("There is no file \"{}\".", file.string()));
  if (isPicture(file)) {
    if (auto embedding = embeddingIn(file)) return {file, *std::move(embedding)};
    if (auto settings = readPictureSettings(file)) return {file, *std::move(settings)};
    throw Error(ErrorKind::Unsupported, fmt::format("The picture \"{}\" does not say how it was made.", file.string()));
  }
  if (isAdapter(file)) return {file, model ? inspectAdapter(file, *model) : inspectAdapter(file)};
  if (!isModel(file))
    if (auto embedding = embeddingIn(file)) return {file, *std::move(embedding)};
  return {file, inspectModel(file)};
}

}  // namespace

void addInspectCommand(CommandLine& line) {
  CLI::App* command = addSubcommand(
      line.app, "inspect",
      "Tell what a file is: a model, an adapter (LoRA and its relatives), a textual inversion, or a picture with its "
      "settings");
  auto files = std::make_shared<std::vector<fs::path>>();
  addOption(*command, "files", *files, "Models, adapters (file or folder), embeddings and pictures")
      ->type_name("FILE")
      ->required()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  auto model = std::make_shared<std::optional<fs::path>>();
  addOption(*command, "-m,--model", *model, "Compare adapters with this model")->type_name("FILE");
  addFlag(*command, "--json", line.json, "Print a JSON list, one object a file");
  command->callback([&line, files, model] {
    line.run = [&line, files, model](std::stop_token) {
      std::vector<FileReport> reports;
      for (const fs::path& file : *files) reports.push_back(inspectFile(file, *model));
      fmt::print("{}\n", line.json ? inspectJson(reports) : inspectText(reports));
      return kDone;
    };
  });
}

}  // namespace lorikeet::cli
