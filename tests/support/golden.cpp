#include "support/golden.h"

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp

#include <cmath>
#include <fstream>
#include <iterator>

#include "io/safetensors.h"
#include "io/tensor_values.h"

namespace lorikeet::testing {

namespace fs = std::filesystem;

fs::path goldenPath(std::string_view name) { return fs::path(LORIKEET_SOURCE_DIR) / "tests" / "golden" / name; }
fs::path sharedPath(std::string_view name) { return fs::path(LORIKEET_SHARED_DATA) / name; }
bool hasSharedData() { return fs::exists(fs::path(LORIKEET_SHARED_DATA) / "testdata"); }

GoldenFile::GoldenFile(const fs::path& path) : path_(path.string()), tensors_(readSafetensors(path).tensors) {}

const RawTensor* GoldenFile::find(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found != tensors_.end()) return &found->second;
  ADD_FAILURE() << "no array \"" << name << "\" in " << path_;
  return nullptr;
}

Tensor GoldenFile::tensor(const std::string& name) const {
  const RawTensor* raw = find(name);
  return raw != nullptr ? toTensor(*raw) : Tensor();
}

std::vector<float> GoldenFile::values(const std::string& name) const {
  const RawTensor* raw = find(name);
  return raw != nullptr ? toFloats(*raw) : std::vector<float>();
}

Shape GoldenFile::shape(const std::string& name) const {
  const RawTensor* raw = find(name);
  return raw != nullptr ? raw->shape : Shape();
}

std::vector<std::string> GoldenFile::names() const {
  std::vector<std::string> result;
  result.reserve(tensors_.size());
  for (const auto& [name, tensor] : tensors_) result.push_back(name);
  return result;
}

::testing::AssertionResult closeTo(std::span<const float> actual, std::span<const float> expected, double tolerance) {
  if (actual.size() != expected.size())
    return ::testing::AssertionFailure() << actual.size() << " values instead of " << expected.size();
  if (expected.empty()) return ::testing::AssertionFailure() << "nothing to compare";
  double scale = 0;
  double worst = -1;
  size_t worstIndex = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    const double difference = std::abs(static_cast<double>(actual[i]) - static_cast<double>(expected[i]));
    if (std::isnan(difference) && !(actual[i] == expected[i]))
      return ::testing::AssertionFailure()
             << "value " << i << " is " << actual[i] << " where " << expected[i] << " is expected";
    scale = std::max(scale, std::abs(static_cast<double>(expected[i])));
    if (difference > worst) {
      worst = difference;
      worstIndex = i;
    }
  }
  if (worst <= tolerance * scale) return ::testing::AssertionSuccess() << "largest difference " << worst / scale;
  return ::testing::AssertionFailure() << "value " << worstIndex << " of " << expected.size() << " is "
                                       << actual[worstIndex] << " where " << expected[worstIndex]
                                       << " is expected: off by " << worst << " = " << worst / scale
                                       << " of the largest value " << scale << ", more than " << tolerance;
}

::testing::AssertionResult closeTo(const Tensor& actual, const Tensor& expected, double tolerance) {
  if (!(actual.shape() == expected.shape()))
    return ::testing::AssertionFailure() << "shape " << actual.shape().toString() << " instead of "
                                         << expected.shape().toString();
  return closeTo(actual.values(), expected.values(), tolerance);
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "lorikeet-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path TemporaryFolder::write(std::string_view name, std::string_view contents) const {
  const fs::path path = path_ / name;
  fs::create_directories(path.parent_path());
  fs::remove(path);  // some file systems flush a file that is truncated and written again, which takes milliseconds
  std::ofstream stream(path, std::ios::binary);
  stream.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  if (!stream.flush()) throw std::runtime_error("cannot write " + path.string());
  return path;
}

std::string readFile(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) ADD_FAILURE() << "cannot read " << path;
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace lorikeet::testing
