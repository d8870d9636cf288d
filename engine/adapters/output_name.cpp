#include "adapters/output_name.h"

#include <lorikeet/error.h>

#include <map>
#include <mutex>

#include "io/file_stamp.h"
#include "io/safetensors.h"

namespace lorikeet {
namespace {

std::string readOutputName(const std::filesystem::path& file) {
  try {
    const SafetensorsFile contents = readSafetensors(file);
    const auto name = contents.metadata.find("ss_output_name");
    return name == contents.metadata.end() || name->second == "None" ? std::string() : name->second;
  } catch (const Error&) {
    return {};  // whoever uses the file says what is wrong with it
  }
}

}  // namespace

std::string outputNameOf(const std::filesystem::path& file) {
  struct Known {
    FileStamp stamp;
    std::string name;
  };
  static std::mutex mutex;
  static std::map<std::filesystem::path, Known> known;
  if (file.extension() != ".safetensors") return {};
  const FileStamp stamp = fileStamp(file);
  {
    const std::lock_guard lock(mutex);
    const auto found = known.find(file);
    if (found != known.end() && found->second.stamp == stamp) return found->second.name;
  }
  std::string name = readOutputName(file);
  const std::lock_guard lock(mutex);
  known[file] = {stamp, name};
  return name;
}

}  // namespace lorikeet
