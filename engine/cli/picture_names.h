#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace lorikeet::cli {

/// Where the pictures of one run go, from what -o says:
/// nothing or a folder (existing, or with a '/' at the end): lorikeet-SEED.png there, with several prompts
/// lorikeet-PROMPT-SEED.png; a file that exists is left alone and "-2", "-3" ... is added.
/// A file name: that file, replaced if it exists. {seed}, {prompt} and {n} stand for the seed, the number of the prompt
/// and the number of the picture, both from 1; without one of them several pictures become NAME-1.png, NAME-2.png ...
class PictureNames {
 public:
  /// Throws Error(Unsupported) for other formats than PNG and Error(InvalidArgument) for a pattern that would write two
  /// pictures to one file.
  PictureNames(const std::string& output, int promptCount, int imageCount, bool seedsDiffer = true);

  /// Makes the folder and tries to write there, before any time is spent. Throws Error(Io).
  void prepare() const;
  std::filesystem::path path(int promptIndex, int imageIndex, uint64_t seed) const;

 private:
  bool intoFolder_;
  std::filesystem::path folder_;
  std::string pattern_;
  int imageCount_;
};

/// Makes a folder with its parents and checks that files can be made in it. Throws Error(Io).
void prepareFolder(const std::filesystem::path& folder);

}  // namespace lorikeet::cli
