#include "core/noise_generator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/numpy_rng.h"
#include "core/torch_rng.h"
#include "support/golden_json.h"
#include "support/golden_tensors.h"

namespace lorikeet {
namespace {

constexpr double kTolerance = 2e-6;
constexpr uint64_t kTorchSeeds[] = {0, 42, 4294967301ull};

std::vector<float> draw(NoiseGenerator& generator, size_t count) {
  std::vector<float> values(count);
  generator.normal(values);
  return values;
}

template <class Values>
void expectNear(const Values& values, const std::vector<double>& expected, double tolerance, const std::string& what) {
  ASSERT_EQ(values.size(), expected.size()) << what;
  for (size_t i = 0; i < values.size(); ++i) ASSERT_NEAR(values[i], expected[i], tolerance) << what << " at " << i;
}

TEST(TorchRngTest, FirstDrawsEqualTorch) {
  const testing::GoldenTensors golden(testing::goldenPath("rng/randn.safetensors"));
  int compared = 0;
  for (const uint64_t seed : kTorchSeeds)
    for (const std::string& name : golden.names()) {
      const std::string prefix = "torch.seed" + std::to_string(seed) + ".";
      const std::string rest = name.starts_with(prefix) ? name.substr(prefix.size()) : "";
      if (!rest.starts_with("n") && !rest.starts_with("shape")) continue;
      TorchRng generator(seed);
      const auto expected = golden.values(name);
      expectNear(draw(generator, expected.size()), expected, kTolerance, name);
      ++compared;
    }
  EXPECT_EQ(compared, 3 * 16);
}

TEST(TorchRngTest, ConsecutiveDrawsOfAllLengthsEqualTorch) {
  const testing::GoldenTensors golden(testing::goldenPath("rng/randn.safetensors"));
  constexpr int kLengths[] = {5, 16, 3, 64, 17, 1, 2, 20};
  for (const uint64_t seed : kTorchSeeds) {
    TorchRng generator(seed);
    for (int i = 0; i < 8; ++i) {
      const auto name =
          "torch.seed" + std::to_string(seed) + ".sequence." + std::to_string(i) + ".n" + std::to_string(kLengths[i]);
      expectNear(draw(generator, kLengths[i]), golden.values(name), kTolerance, name);
    }
  }
}

TEST(TorchRngTest, UniformAndDoubleDrawsEqualTorch) {
  const testing::GoldenTensors golden(testing::goldenPath("rng/randn.safetensors"));
  for (const uint64_t seed : kTorchSeeds) {
    const std::string prefix = "torch.seed" + std::to_string(seed) + ".";
    TorchRng uniform(seed);
    std::vector<float> values(10);
    uniform.uniform(values);
    expectNear(values, golden.values(prefix + "rand10"), 0, prefix);
    TorchRng normal(seed);
    std::vector<double> doubles(8);
    for (double& value : doubles) value = normal.normalDouble();
    expectNear(doubles, golden.values(prefix + "float64.n8"), 1e-14, prefix);
  }
}

TEST(NumpyRngTest, EqualsRandomState) {
  const testing::GoldenTensors golden(testing::goldenPath("rng/randn.safetensors"));
  for (const uint64_t seed : {42, 7}) {
    const std::string prefix = "numpy.seed" + std::to_string(seed) + ".";
    NumpyRng generator(seed);
    std::vector<double> values(256);
    for (double& value : values) value = generator.normalDouble();
    expectNear(values, golden.values(prefix + "n256"), 1e-14, prefix);
    NumpyRng uniform(seed);
    std::vector<double> uniforms(10);
    for (double& value : uniforms) value = uniform.uniform();
    expectNear(uniforms, golden.values(prefix + "rand10"), 0, prefix);
    NumpyRng sequence(seed);
    expectNear(draw(sequence, 3), golden.values(prefix + "sequence.0.n3"), 1e-6, prefix);
    expectNear(draw(sequence, 4), golden.values(prefix + "sequence.1.n4"), 1e-6, prefix);
  }
}

TEST(NumpyRngTest, LongSeedsSeedLikeAnArray) {
  // numpy.random.RandomState([5, 1]).randn(3)
  NumpyRng generator((uint64_t{1} << 32) + 5);
  for (const double expected : {-0.48928741256665903, -0.7709517265863789, -0.16183160033892013})
    EXPECT_NEAR(generator.normalDouble(), expected, 1e-14);
}

/// Noise that the reference programs made: first and last values, sum and sum of squares of [1, 4, h, w].
void expectSummary(NoiseGenerator& generator, size_t count, const nlohmann::json& expected, const std::string& name) {
  const auto values = draw(generator, count);
  const std::vector<double> first = expected.at("first");
  for (size_t i = 0; i < first.size(); ++i) EXPECT_NEAR(values[i], first[i], kTolerance) << name;
  if (expected.contains("last")) {
    const std::vector<double> last = expected.at("last");
    for (size_t i = 0; i < last.size(); ++i) EXPECT_NEAR(values[count - last.size() + i], last[i], kTolerance) << name;
  }
  double sum = 0;
  double sumOfSquares = 0;
  for (const double value : values) {
    sum += value;
    sumOfSquares += value * value;
  }
  EXPECT_NEAR(sum, expected.value("sum", sum), 5e-3) << name;
  EXPECT_NEAR(sumOfSquares, expected.value("sumsq", sumOfSquares), 5e-3) << name;
  if (!expected.contains("second_draw_first")) return;
  const std::vector<double> second = expected.at("second_draw_first");
  const auto next = draw(generator, count);
  for (size_t i = 0; i < second.size(); ++i) EXPECT_NEAR(next[i], second[i], kTolerance) << name;
}

TEST(NoiseGeneratorTest, EqualsTorchAndA1111OnWholeLatents) {
  const auto file = std::filesystem::path(LORIKEET_SHARED_DATA) / "testdata/golden/noise_golden.json";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no " << file;
  const auto golden = testing::readGoldenJson(file);
  int compared = 0;
  for (const auto& [name, expected] : golden.items()) {
    unsigned long long seed = 0;
    int height = 0;
    int width = 0;
    if (std::sscanf(name.c_str(), "torch_cpu_randn_seed%llu_1x4x%dx%d", &seed, &height, &width) == 3) {
      expectSummary(*makeNoiseGenerator(NoiseSource::Torch, seed), size_t{4} * height * width, expected, name);
    } else if (std::sscanf(name.c_str(), "philox_cuda_randn_seed%llu_1x4x%dx%d", &seed, &height, &width) == 3) {
      expectSummary(*makeNoiseGenerator(NoiseSource::Philox, seed), size_t{4} * height * width, expected, name);
    } else if (std::sscanf(name.c_str(), "torch_cpu_seed%llu_second_draw_1x4x%dx%d", &seed, &height, &width) == 3) {
      const auto generator = makeNoiseGenerator(NoiseSource::Torch, seed);
      draw(*generator, size_t{4} * height * width);
      expectSummary(*generator, size_t{4} * height * width, expected, name);
    } else {
      continue;
    }
    ++compared;
  }
  EXPECT_EQ(compared, 21);
}

TEST(NoiseGeneratorTest, BytesArePinned) {
  // The sequences are part of what a seed means: these bits must never change, on no machine.
  const auto hash = [](NoiseSource source) {
    const auto generator = makeNoiseGenerator(source, 42);
    uint64_t value = 1469598103934665603ull;
    for (int i = 0; i < 4; ++i)
      for (const float x : draw(*generator, 4096 + i)) value = (value ^ std::bit_cast<uint32_t>(x)) * 1099511628211ull;
    return value;
  };
  EXPECT_EQ(hash(NoiseSource::Torch), 1707848542434199779u);
  EXPECT_EQ(hash(NoiseSource::Numpy), 18009152523574660440u);
  EXPECT_EQ(hash(NoiseSource::Philox), 5680430138838493913u);
}

}  // namespace
}  // namespace lorikeet
