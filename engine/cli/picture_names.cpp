#include "cli/picture_names.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "lorikeet/error.h"
#include "lorikeet/picture_io.h"

namespace lorikeet::cli {
namespace {

namespace fs = std::filesystem;

bool isFolderName(const std::string& output) {
  return output.empty() || output.ends_with('/') || fs::is_directory(output);
}

/// NAME.png, with ".png" added where there is no extension.
std::string fileName(const std::string& output) {
  const fs::path file = fs::path(output).filename();
  if (file.extension().empty()) return file.string() + ".png";
  pictureFormatOf(file);
  return file.string();
}

bool has(const std::string& pattern, std::string_view placeholder) {
  return pattern.find(placeholder) != std::string::npos;
}

void replaceAll(std::string& text, std::string_view placeholder, const std::string& value) {
  for (size_t at = 0; (at = text.find(placeholder, at)) != std::string::npos; at += value.size())
    text.replace(at, placeholder.size(), value);
}

fs::path freeName(const fs::path& wanted) {
  fs::path name = wanted;
  for (int i = 2; fs::exists(name); ++i)
    name = wanted.parent_path() / fmt::format("{}-{}{}", wanted.stem().string(), i, wanted.extension().string());
  return name;
}

}  // namespace

PictureNames::PictureNames(const std::string& output, int promptCount, int imageCount, bool seedsDiffer)
    : intoFolder_(isFolderName(output)), imageCount_(imageCount) {
  if (intoFolder_) {
    folder_ = output.empty() ? fs::path(".") : fs::path(output);
    pattern_ = promptCount > 1 ? "lorikeet-{prompt}-{seed}.png" : "lorikeet-{seed}.png";
    return;
  }
  folder_ = fs::path(output).parent_path();
  if (folder_.empty()) folder_ = ".";
  pattern_ = fileName(output);
  const bool tellsImages = imageCount == 1 || has(pattern_, "{n}") || (seedsDiffer && has(pattern_, "{seed}"));
  const bool tellsPrompts = promptCount == 1 || has(pattern_, "{n}") || has(pattern_, "{prompt}");
  if (tellsImages && tellsPrompts) return;
  if (has(pattern_, "{seed}") || has(pattern_, "{prompt}"))
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("\"{}\" would give several pictures one name; add {{n}} to it.", output));
  pattern_.insert(pattern_.size() - fs::path(pattern_).extension().string().size(), "-{n}");
}

void PictureNames::prepare() const { prepareFolder(folder_); }

fs::path PictureNames::path(int promptIndex, int imageIndex, uint64_t seed) const {
  std::string name = pattern_;
  replaceAll(name, "{n}", std::to_string(promptIndex * imageCount_ + imageIndex + 1));
  replaceAll(name, "{prompt}", std::to_string(promptIndex + 1));
  replaceAll(name, "{seed}", std::to_string(seed));
  const fs::path file = folder_ == "." ? fs::path(name) : folder_ / name;
  return intoFolder_ ? freeName(file) : file;
}

void prepareFolder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed)
    throw Error(ErrorKind::Io, fmt::format("The folder \"{}\" cannot be made: {}.", folder.string(), failed.message()));
  std::string probe = (folder / ".lorikeet-XXXXXX").string();
  const int descriptor = mkstemp(probe.data());
  if (descriptor < 0)
    throw Error(ErrorKind::Io,
                fmt::format("The folder \"{}\" cannot be written to: {}.", folder.string(), std::strerror(errno)));
  close(descriptor);
  unlink(probe.c_str());
}

}  // namespace lorikeet::cli
