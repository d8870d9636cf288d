#include "cli/from_picture.h"

#include <fmt/format.h>

#include <cstdio>

#include "cli/generate_options.h"
#include "lorikeet/engine.h"
#include "lorikeet/file_hashes.h"
#include "lorikeet/settings_files.h"
#include "lorikeet/starter_parts.h"

namespace lorikeet::cli {
namespace {

namespace fs = std::filesystem;

void startFrom(const std::string& file, GenerateOptions& options) {
  const auto settings = readPictureSettings(file);
  if (!settings)
    throw Error(ErrorKind::NotFound, fmt::format("The picture \"{}\" does not say how it was made.", file));
  SettingsRequest wanted = toRequest(*settings);
  options.request = std::move(wanted.request);
  options.from = FromPicture{file, *settings, std::move(wanted.notes)};
}

void checkModel(const FromPicture& from, const fs::path& model, FileHashes& hashes, std::vector<std::string>& notes) {
  const PictureSettings& settings = from.settings;
  if (settings.model.empty() && settings.modelHash.empty()) return;
  const bool isSame = settings.modelHash.empty() ? inspectModel(model).name == settings.model
                                                 : hashes.model(model) == settings.modelHash;
  if (isSame) return;
  const std::string name = settings.model.empty() ? settings.modelHash : settings.model;
  if (model.empty())
    throw Error(ErrorKind::NotFound,
                fmt::format("The picture \"{}\" was made with the model \"{}\"; name its file with -m.",
                            from.file.string(), name));
  notes.push_back(
      fmt::format("The picture was made with the model \"{}\", which is not the file given with -m.", name));
}

}  // namespace

void addFromOption(CLI::App& command, GenerateOptions& options) {
  // At once, so that the other options, which are taken over after parsing, change what it sets.
  addTextOption(
      command, "--from", [&options](const std::string& file) { startFrom(file, options); },
      "Make the picture of this file again, with its settings; the other options change them")
      ->type_name("FILE")
      ->trigger_on_parse();
}

void finishFromPicture(GenerateOptions& options) {
  if (!options.from) return;
  FromPicture& from = *options.from;
  GenerateRequest& request = options.request;
  const fs::path own = fs::absolute(from.file).parent_path();
  FileHashes hashes;
  checkModel(from, request.model, hashes, from.notes);
  SettingsFolders folders;
  folders.adapters = request.prompting.adapterFolders;
  if (const fs::path folder = embeddingFolderOf(request); !folder.empty()) folders.embeddings = {folder};
  folders.networks = {own};
  if (!request.model.empty()) folders.networks.push_back(fs::absolute(request.model).parent_path());
  folders.pictures = {own, fs::current_path()};
  findSettingsFiles(request, from.settings, folders, hashes, from.notes);
  if (options.prompts.empty() && options.promptFile.empty()) options.prompts = {request.prompt};
  for (const std::string& note : from.notes) fmt::print(stderr, "lorikeet-cli: {}\n", note);
}

}  // namespace lorikeet::cli
