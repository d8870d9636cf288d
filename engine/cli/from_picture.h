#pragma once
#include <filesystem>
#include <optional>

#include "cli/command_line.h"
#include "lorikeet/picture_settings.h"

namespace lorikeet::cli {

struct GenerateOptions;

/// A picture whose settings a command starts from.
struct FromPicture {
  std::filesystem::path file;
  PictureSettings settings;
  std::vector<std::string> notes;  ///< what could not be taken over
};

/// Adds --from: the request of the options begins as the picture's. The other options change it, wherever they stand.
void addFromOption(CLI::App& command, GenerateOptions& options);

/// After parsing: finds the files that the picture names, takes its prompt where no other one is given, and says on
/// stderr what is missing. Throws Error(NotFound) where the picture's model is another one than the starter and the
/// command line names none.
void finishFromPicture(GenerateOptions& options);

}  // namespace lorikeet::cli
