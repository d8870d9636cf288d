#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/tensor.h"
#include "io/raw_tensor.h"

namespace lorikeet::testing {

/// tests/golden/NAME, data that comes with the repository.
std::filesystem::path goldenPath(std::string_view name);

/// NAME below the folder of third-party data and the full golden set; it may not be there.
std::filesystem::path sharedPath(std::string_view name);
bool hasSharedData();

/// Skips the running test, visibly, where the shared data is absent.
#define LORIKEET_SKIP_WITHOUT_SHARED_DATA() \
  if (!::lorikeet::testing::hasSharedData()) GTEST_SKIP() << "shared test data is not at " LORIKEET_SHARED_DATA

/// The arrays of one safetensors file.
class GoldenFile {
 public:
  explicit GoldenFile(const std::filesystem::path& path);
  /// Fails the running test and gives an empty tensor if there is no such array.
  Tensor tensor(const std::string& name) const;
  std::vector<float> values(const std::string& name) const;
  Shape shape(const std::string& name) const;
  bool has(const std::string& name) const { return tensors_.contains(name); }
  std::vector<std::string> names() const;

 private:
  const RawTensor* find(const std::string& name) const;
  std::string path_;
  std::map<std::string, RawTensor> tensors_;
};

/// Succeeds if the largest difference is at most `tolerance` times the largest absolute value expected. The message
/// tells the worst index with both values. Not-a-number on either side fails.
::testing::AssertionResult closeTo(std::span<const float> actual, std::span<const float> expected, double tolerance);
/// As above, and the shapes must be equal.
::testing::AssertionResult closeTo(const Tensor& actual, const Tensor& expected, double tolerance);

/// A folder of its own for one test, removed with everything in it at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  /// Writes a file and returns its path.
  std::filesystem::path write(std::string_view name, std::string_view contents) const;

 private:
  std::filesystem::path path_;
};

/// The bytes of a file; fails the running test if it cannot be read.
std::string readFile(const std::filesystem::path& path);

}  // namespace lorikeet::testing
