#pragma once
#include <filesystem>

namespace lorikeet {

/// A folder that shows its name only when it is complete: files are put into a hidden folder beside it, which commit()
/// renames. Without commit() that folder is removed. Throws Error(Io), and Error(InvalidArgument) if something of that
/// name is there already (an empty folder is taken).
class OutputFolder {
 public:
  /// `hidden`: a folder that may have been left by an earlier one and stays unless it is committed; empty: one of its
  /// own.
  explicit OutputFolder(std::filesystem::path target, const std::filesystem::path& hidden = {});
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// Where to put files until then.
  const std::filesystem::path& path() const { return hidden_; }
  void commit();

 private:
  std::filesystem::path target_;
  std::filesystem::path hidden_;
  bool isKept_ = false;
};

}  // namespace lorikeet
