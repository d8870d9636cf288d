#include "pipeline/prepared_cache.h"

#include <gtest/gtest.h>
#include <lorikeet/engine.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <vector>

#include "io/mapped_file.h"
#include "io/safetensors.h"
#include "pipeline/diffusion_model.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;

class PreparedCacheTest : public ::testing::Test {
 protected:
  std::unique_ptr<DiffusionModel> load(PreparedCache* cache, Precision precision = Precision::F32) {
    return DiffusionModel::load(context_, testing::goldenPath("tiny-sd1"), findResources(), precision, cache);
  }
  /// Loads the model once with a cache of every network, and waits for its files.
  void fill(Precision precision = Precision::F32) {
    PreparedCache cache(folder(), 0);
    load(&cache, precision);
    cache.wait();
  }
  fs::path folder() const { return temporary_.path() / "prepared"; }
  std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    if (fs::exists(folder()))
      for (const auto& entry : fs::directory_iterator(folder()))
        if (entry.path().extension() == ".safetensors") found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
  }
  static int64_t bytesIn(const std::vector<fs::path>& files) {
    int64_t sum = 0;
    for (const fs::path& file : files) sum += static_cast<int64_t>(fs::file_size(file));
    return sum;
  }
  static std::vector<std::byte> bytesOf(const MatrixParameter& weights) {
    const std::span<const std::byte> bytes = weights.packed().bytes();
    return {bytes.begin(), bytes.end()};
  }
  static const MatrixParameter& anyMatrix(const DiffusionModel& model) {
    return dynamic_cast<const MatrixParameter&>(*model.unet.parameters().find("mid_block.resnets.0.conv1.weight"));
  }
  /// Whether a matrix lies in a kept file.
  static bool isMappedIn(const MatrixParameter& weights) { return isMapped(weights.packed().bytes()); }

  testing::TemporaryFolder temporary_;
  ThreadPool pool_{2};
  ExecutionContext context_{pool_};
};

TEST_F(PreparedCacheTest, GivesBackTheSameBytesMapped) {
  for (const Precision precision : {Precision::F32, Precision::BF16, Precision::Int8}) {
    const auto packed = load(nullptr, precision);
    fill(precision);
    PreparedCache cache(folder(), 0);
    const auto mapped = load(&cache, precision);
    EXPECT_FALSE(isMappedIn(anyMatrix(*packed)));
    EXPECT_TRUE(isMappedIn(anyMatrix(*mapped)));
    int matrices = 0;
    for (const auto& [name, parameter] : packed->unet.parameters().all()) {
      const auto* before = dynamic_cast<const MatrixParameter*>(parameter.get());
      if (before == nullptr) continue;
      const auto* after = dynamic_cast<const MatrixParameter*>(mapped->unet.parameters().find(name));
      ASSERT_NE(after, nullptr) << name;
      EXPECT_EQ(bytesOf(*before), bytesOf(*after)) << name;
      ++matrices;
    }
    EXPECT_GT(matrices, 50);
  }
  EXPECT_EQ(files().size(), 8U);  // the autoencoder's is the same in bf16 and int8
}

TEST_F(PreparedCacheTest, TensorsBeginWithACacheLine) {
  fill();
  for (const fs::path& file : files())
    for (const auto& [name, tensor] : readSafetensors(file).tensors)
      EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.bytes.data()) % 64, 0U) << name;
}

TEST_F(PreparedCacheTest, ADamagedFileIsDroppedAndMadeAgain) {
  fill();
  const std::vector<fs::path> kept = files();
  ASSERT_EQ(kept.size(), 3U);
  for (const fs::path& file : kept) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(-100, std::ios::end);
    stream.put('\x55').put('\x55').put('\x55');
  }
  {
    PreparedCache cache(folder(), 0);
    const auto model = load(&cache);
    EXPECT_FALSE(isMappedIn(anyMatrix(*model)));
    cache.wait();
  }
  EXPECT_EQ(files(), kept);
  PreparedCache cache(folder(), 0);
  EXPECT_TRUE(isMappedIn(anyMatrix(*load(&cache))));
}

TEST_F(PreparedCacheTest, ATruncatedFileIsDropped) {
  fill();
  for (const fs::path& file : files()) fs::resize_file(file, fs::file_size(file) / 2);
  PreparedCache cache(folder(), 0);
  EXPECT_FALSE(isMappedIn(anyMatrix(*load(&cache))));
}

TEST_F(PreparedCacheTest, AChangedModelIsPreparedAnew) {
  const fs::path model = temporary_.path() / "model";
  fs::copy(testing::goldenPath("tiny-sd1"), model, fs::copy_options::recursive);
  const auto loadCopy = [&] {
    PreparedCache cache(folder(), 0);
    const auto loaded = DiffusionModel::load(context_, model, findResources(), Precision::F32, &cache);
    cache.wait();
    return isMappedIn(anyMatrix(*loaded));
  };
  EXPECT_FALSE(loadCopy());
  EXPECT_TRUE(loadCopy());
  const fs::path weights = model / "unet" / "diffusion_pytorch_model.safetensors";
  fs::last_write_time(weights, fs::file_time_type::clock::now() + std::chrono::seconds(5));
  EXPECT_FALSE(loadCopy());
}

TEST_F(PreparedCacheTest, LeavesSmallNetworksAlone) {
  PreparedCache cache(folder());
  load(&cache);
  cache.wait();
  EXPECT_TRUE(files().empty());
}

TEST_F(PreparedCacheTest, KeepsNothingBeyondItsLimit) {
  fs::create_directories(folder());
  std::ofstream(folder() / "limit") << "0\n";
  fill();
  EXPECT_TRUE(files().empty());

  std::ofstream(folder() / "limit") << "1000\n";
  fill();
  EXPECT_TRUE(files().empty());
}

TEST_F(PreparedCacheTest, WhatWasNotUsedForLongestGoesFirst) {
  fill();
  const fs::path oldest = files().front();  // one that loading in bf16 has no use for
  fill(Precision::Int8);
  const std::vector<fs::path> all = files();
  ASSERT_EQ(all.size(), 6U);
  const int64_t sum = bytesIn(all);
  const auto now = fs::file_time_type::clock::now();
  for (const fs::path& file : all) fs::last_write_time(file, now - std::chrono::hours(1));
  fill(Precision::BF16);
  const int64_t grown = bytesIn(files()) - sum;
  for (const fs::path& file : files())
    if (std::find(all.begin(), all.end(), file) == all.end()) fs::remove(file);

  std::ofstream(folder() / "limit") << sum + grown - 1 << "\n";
  fs::last_write_time(oldest, now - std::chrono::hours(2));
  fill(Precision::BF16);
  EXPECT_FALSE(fs::exists(oldest));
  EXPECT_GT(files().size(), 3U);  // room for headers is reckoned amply
  EXPECT_LE(bytesIn(files()), sum + grown - 1);
}

TEST_F(PreparedCacheTest, WhatIsForgottenIsNotKept) {
  PreparedCache cache(folder(), 0);
  load(&cache);
  cache.forget();
  cache.wait();
  for (const fs::path& file : files()) EXPECT_NO_THROW(PreparedWeights::open(context_, file));
  load(&cache);
  cache.wait();
  EXPECT_EQ(files().size(), 3U);
}

}  // namespace
}  // namespace lorikeet
