#include "training/training_pictures.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <lorikeet/error.h>
#include <lorikeet/picture_io.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <sstream>

#include "core/execution_context.h"
#include "core/message_digest.h"
#include "io/lower_extension.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPictureEndings[] = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"};
constexpr std::string_view kCaptionEndings[] = {".txt", ".caption"};
constexpr uintmax_t kMaxCaptionBytes = 64 * 1024;
/// Pictures may be enlarged by this to cover the size that is trained.
constexpr int kMaxEnlargement = 8;

bool isOneOf(const std::string& ending, std::span<const std::string_view> endings) {
  return std::count(endings.begin(), endings.end(), ending) > 0;
}

/// "12_a red fox" of a folder: how often, and what it shows.
struct FolderRule {
  int repeats = 1;
  std::string caption;
};

std::optional<FolderRule> ruleOf(const fs::path& folder) {
  const std::string name = folder.filename().string();
  const size_t line = name.find('_');
  FolderRule rule;
  const auto [end, error] = std::from_chars(name.data(), name.data() + std::min(line, name.size()), rule.repeats);
  if (line == std::string::npos || error != std::errc() || end != name.data() + line || rule.repeats < 1)
    return std::nullopt;
  rule.caption = name.substr(line + 1);
  return rule;
}

class FolderReader {
 public:
  FolderReader(const TrainingData& data, const std::stop_token& stop) : data_(data), stop_(stop) {}

  std::vector<TrainingPicture> read() {
    std::vector<std::pair<fs::path, FolderRule>> folders;
    for (const fs::path& entry : entriesOf(data_.folder))
      if (fs::is_directory(entry))
        if (auto rule = ruleOf(entry)) folders.emplace_back(entry, *rule);
    readFolder(data_.folder, {data_.repeats, data_.caption}, folders.empty());
    for (auto& [folder, rule] : folders) {
      if (rule.caption.empty()) rule.caption = data_.caption;
      readFolder(folder, rule, true);
    }
    if (!problems_.empty()) throw Error(problemKind_, problems_.front(), fmt::format("{}", fmt::join(problems_, "\n")));
    return std::move(pictures_);
  }

 private:
  static std::vector<fs::path> entriesOf(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> entries;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
      if (!entry->path().filename().string().starts_with('.')) entries.push_back(entry->path());
    if (error)
      throw Error(error == std::errc::no_such_file_or_directory ? ErrorKind::NotFound : ErrorKind::Io,
                  fmt::format("The folder \"{}\" cannot be read: {}.", folder.string(), error.message()));
    std::sort(entries.begin(), entries.end());
    return entries;
  }

  void problem(ErrorKind kind, std::string message) {
    if (problems_.empty()) problemKind_ = kind;
    problems_.push_back(std::move(message));
  }

  void readFolder(const fs::path& folder, const FolderRule& rule, bool mustHavePictures) {
    std::vector<fs::path> pictures;
    std::map<std::string, fs::path> captions;  // by what they are for, "folder/name"
    for (const fs::path& entry : entriesOf(folder)) {
      const std::string ending = lowerExtension(entry);
      if (isOneOf(ending, kPictureEndings)) pictures.push_back(entry);
      if (isOneOf(ending, kCaptionEndings)) captions.emplace(stemOf(entry), entry);
    }
    for (const fs::path& file : pictures) {
      throwIfStopped(stop_);
      addPicture(file, rule, captions);
    }
    for (const fs::path& file : pictures) captions.erase(stemOf(file));
    for (const auto& [stem, caption] : captions)
      problem(ErrorKind::NotFound, fmt::format("The caption \"{}\" has no picture beside it.", caption.string()));
    if (pictures.empty() && mustHavePictures)
      problem(ErrorKind::NotFound,
              fmt::format("The folder \"{}\" holds no pictures (PNG, JPEG, WebP, BMP or TIFF).", folder.string()));
  }

  static std::string stemOf(const fs::path& file) { return (file.parent_path() / file.stem()).string(); }

  void addPicture(const fs::path& file, const FolderRule& rule, const std::map<std::string, fs::path>& captions) {
    TrainingPicture picture{file, rule.caption, false, rule.repeats, 0, 0};
    if (!readSize(picture)) return;
    if (const auto found = captions.find(stemOf(file)); found != captions.end()) {
      if (auto text = readCaption(found->second)) picture.caption = *std::move(text);
      picture.hasOwnCaption = true;
    } else if (rule.caption.empty() && data_.trigger.empty()) {
      return problem(ErrorKind::NotFound,
                     fmt::format("The picture \"{}\" has no caption: write it into \"{}.txt\", or give one for all "
                                 "pictures without.",
                                 file.string(), file.stem().string()));
    }
    if (picture.caption.find(data_.trigger) == std::string::npos)
      picture.caption = picture.caption.empty() ? data_.trigger : data_.trigger + ", " + picture.caption;
    pictures_.push_back(std::move(picture));
  }

  bool readSize(TrainingPicture& picture) {
    try {
      std::ifstream stream(picture.file, std::ios::binary);
      std::ostringstream bytes;
      bytes << stream.rdbuf();
      const std::string text = std::move(bytes).str();
      const PictureInfo info =
          inspectPicture(std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()), picture.file.string());
      picture.width = info.width;
      picture.height = info.height;
    } catch (const Error& error) {
      problem(error.kind(), error.what());
      return false;
    }
    const int width = (data_.width + kMaxEnlargement - 1) / kMaxEnlargement;
    const int height = (data_.height + kMaxEnlargement - 1) / kMaxEnlargement;
    if (picture.width >= width && picture.height >= height) return true;
    problem(
        ErrorKind::InvalidArgument,
        fmt::format("The picture \"{}\" is {}x{} pixels, too small to learn from at {}x{}: it should have at least "
                    "{}x{}.",
                    picture.file.string(), picture.width, picture.height, data_.width, data_.height, width, height));
    return false;
  }

  std::optional<std::string> readCaption(const fs::path& file) {
    std::error_code error;
    const uintmax_t size = fs::file_size(file, error);
    std::ifstream stream(file, std::ios::binary);
    if (error || !stream || size > kMaxCaptionBytes) {
      problem(ErrorKind::Io, fmt::format("The caption \"{}\" cannot be read{}.", file.string(),
                                         size > kMaxCaptionBytes && !error ? ", because it is over 64 KB" : ""));
      return std::nullopt;
    }
    std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    const size_t first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
    return first == std::string::npos ? std::string() : text.substr(first, last - first + 1);
  }

  const TrainingData& data_;
  const std::stop_token& stop_;
  std::vector<TrainingPicture> pictures_;
  std::vector<std::string> problems_;
  ErrorKind problemKind_ = ErrorKind::NotFound;
};

}  // namespace

std::vector<TrainingPicture> findTrainingPictures(const TrainingData& data, const std::stop_token& stop) {
  return FolderReader(data, stop).read();
}

std::string fingerprintOf(const std::vector<TrainingPicture>& pictures, const fs::path& folder) {
  Sha256 hash;
  for (const TrainingPicture& picture : pictures) {
    std::error_code ignored;
    const std::string line = fmt::format("{}\n{}\n{}\n{}\n", picture.file.lexically_relative(folder).string(),
                                         fs::file_size(picture.file, ignored), picture.repeats, picture.caption);
    hash.add(std::as_bytes(std::span(line)));
  }
  return hash.finish();
}

}  // namespace lorikeet
