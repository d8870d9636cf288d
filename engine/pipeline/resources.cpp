#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "lorikeet/engine.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;

bool holdsResources(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "starter" / "model_index.json", ignored);
}

std::vector<fs::path> usualPlaces() {
  std::vector<fs::path> places;
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  if (!failed) {
    places.push_back(program.parent_path() / "resources");
    places.push_back(program.parent_path().parent_path() / "share" / "lorikeet");
  }
#ifdef LORIKEET_SOURCE_RESOURCES
  places.emplace_back(LORIKEET_SOURCE_RESOURCES);
#endif
  return places;
}

}  // namespace

fs::path findResources() {
  if (const char* chosen = std::getenv("LORIKEET_RESOURCES"); chosen && *chosen) {
    if (holdsResources(chosen)) return chosen;
    throw Error(ErrorKind::NotFound, "LORIKEET_RESOURCES names \"" + std::string(chosen) +
                                         "\", where there is no starter/model_index.json.");
  }
  std::string looked;
  for (const fs::path& place : usualPlaces()) {
    if (holdsResources(place)) return place;
    looked += (looked.empty() ? "" : ", ") + place.string();
  }
  throw Error(ErrorKind::NotFound, "Lorikeet's resources (starter model, vocabulary) are in none of: " + looked +
                                       ". Set LORIKEET_RESOURCES to their folder.");
}

}  // namespace lorikeet
