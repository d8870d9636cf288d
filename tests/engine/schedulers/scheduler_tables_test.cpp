#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "schedulers/make_scheduler.h"
#include "support/golden_json.h"
#include "support/golden_tensors.h"

namespace lorikeet {
namespace {

using nlohmann::json;

const std::map<std::string, Sampler> kRows = {
    {"ddim", Sampler::Ddim},           {"euler", Sampler::Euler},
    {"euler_leading", Sampler::Euler}, {"euler_trailing", Sampler::Euler},
    {"euler_karras", Sampler::Euler},  {"euler_exponential", Sampler::Euler},
};

json readTables() { return testing::readGoldenJson(testing::goldenPath("schedulers/tables.json")); }

void expectValues(std::span<const float> values, const json& expected, double relative, const std::string& what) {
  ASSERT_EQ(values.size(), expected.size()) << what;
  for (size_t i = 0; i < values.size(); ++i) {
    const double wanted = expected[i];
    ASSERT_LE(std::fabs(values[i] - wanted), relative * std::fabs(wanted)) << what << " at " << i << ": " << wanted;
  }
}

/// Whole timesteps must be equal; those interpolated in log sigma agree to 1e-4.
void expectTimesteps(std::span<const float> values, const json& expected, const std::string& what) {
  ASSERT_EQ(values.size(), expected.size()) << what;
  for (size_t i = 0; i < values.size(); ++i) {
    const double wanted = expected[i];
    const double tolerance = wanted == std::floor(wanted) ? 0 : 1e-4 * wanted;
    ASSERT_LE(std::fabs(values[i] - wanted), tolerance) << what << " at " << i << ": " << values[i] << ", " << wanted;
  }
}

TEST(SchedulerTablesTest, TimestepsSigmasAndScalesEqualDiffusers) {
  const json tables = readTables();
  int compared = 0;
  for (const auto& [name, sampler] : kRows) {
    const SchedulerConfig config = parseSchedulerConfig(tables.at(name).at("config"));
    for (const auto& [steps, expected] : tables.at(name).at("steps").items()) {
      const std::string what = name + ", " + steps + " steps";
      if (expected.contains("not_possible")) continue;
      const auto scheduler = makeScheduler(sampler, config, {}, std::stoi(steps));
      expectTimesteps(scheduler->timesteps(), expected.at("timesteps"), what);
      expectValues(scheduler->sigmas(), expected.value("sigmas", json::array()), 1e-5, what);
      EXPECT_NEAR(scheduler->initialNoiseScale(), expected.at("init_noise_sigma").get<double>(), 2e-5) << what;
      ++compared;
    }
  }
  EXPECT_GE(compared, 6 * static_cast<int>(kRows.size()) - 4);
}

TEST(SchedulerTablesTest, CumulativeAlphasEqualTorch) {
  const NoiseSchedule schedule{SchedulerConfig{}};
  const json expected = readTables().at("_alphas_cumprod");
  for (const auto& [timestep, alpha] : expected.items())
    EXPECT_FLOAT_EQ(schedule.alphasCumprod()[std::stoul(timestep)], alpha.get<float>()) << timestep;
}

}  // namespace
}  // namespace lorikeet
