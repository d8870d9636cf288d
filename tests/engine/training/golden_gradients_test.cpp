#include <gtest/gtest.h>
#include <lorikeet/engine.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/training/training_test_support.h"

namespace lorikeet {
namespace {

using testing::closeTo;
using testing::GoldenFile;
using testing::goldenPath;
using testing::torchNoise;

/// tests/golden/make/training.py made the numbers with torch and peft.
class GoldenTraining : public ::testing::Test {
 protected:
  GoldenTraining() { std::ifstream(goldenPath("training/training.json")) >> settings_; }
  double scale() const { return settings_["alpha"].get<double>() / settings_["rank"].get<double>(); }

  ThreadPool pool_{2};
  ExecutionContext context_{pool_};
  std::unique_ptr<DiffusionModel> model_ = DiffusionModel::load(context_, goldenPath("tiny-sd1"), findResources());
  nlohmann::json settings_;
};

double largest(const Tensor& x) {
  double most = 0;
  for (const float value : x.values()) most = std::max(most, std::abs(static_cast<double>(value)));
  return most;
}

class GoldenGradients : public GoldenTraining, public ::testing::WithParamInterface<Tape::Mode> {};

TEST_P(GoldenGradients, EveryTrainedTensorAgreesWithTorch) {
  const GoldenFile golden(goldenPath("training/gradients.safetensors"));
  LowRankLayers layers;
  for (LowRankSettings& one : testing::goldenLayers(golden, *model_, scale())) layers.add(std::move(one));
  ASSERT_EQ(layers.all().size(), 300u);
  testing::fillFactors(layers, golden);
  layers.refresh(context_);
  const UNetGraph unet(GraphSource(model_->unet.parameters(), layers, NetworkPart::UNet), model_->unet.config());
  const TextGraph text(GraphSource(model_->textEncoder.parameters(), layers, NetworkPart::TextEncoder),
                       model_->textEncoder);

  std::vector<int> ids;
  for (const float id : golden.values("ids")) ids.push_back(static_cast<int>(id));
  const std::vector<int> steps = settings_["timesteps"];
  const std::vector<float> timesteps(steps.begin(), steps.end());
  const Tensor latents = toChannelsLast(golden.tensor("latents")), noise = toChannelsLast(golden.tensor("noise"));
  const DiffusionLoss loss(model_->schedulerConfig, 0);

  Tape tape(context_, GetParam());
  const Variable rows(golden.tensor("rows"), true);
  const Variable states = text(tape, ids, 2, 1, &rows);
  const Variable prediction = unet(tape, Variable(loss.noisy(latents, noise, steps)), timesteps, states);
  EXPECT_TRUE(closeTo(toChannelsFirst(prediction.value()), golden.tensor("prediction"), 2e-5));
  DiffusionLoss::Result result = loss(prediction.value(), latents, noise, steps);
  EXPECT_NEAR(result.loss, golden.values("loss")[0], 1e-5 * golden.values("loss")[0]);
  tape.backward(prediction, std::move(result.gradient));

  EXPECT_TRUE(closeTo(rows.slot()->take(), golden.tensor("grad.rows"), 1e-4));
  // Of the largest gradients (0.01 and more), rounding leaves so much where the truth is zero: the projection of the
  // time that a norm with one channel a group takes away again.
  constexpr double kNothing = 1e-8;
  int zeros = 0;
  for (const TrainedTensor* tensor : layers.trained()) {
    const Tensor expected = golden.tensor("grad." + tensor->name);
    if (largest(expected) < 1e-15) {
      ++zeros;
      EXPECT_LT(largest(tensor->gradient), kNothing) << tensor->name;
    } else {
      EXPECT_TRUE(closeTo(tensor->gradient, expected, 1e-4)) << tensor->name;
    }
  }
  EXPECT_EQ(zeros, 34);
}

INSTANTIATE_TEST_SUITE_P(Modes, GoldenGradients, ::testing::Values(Tape::Mode::Record, Tape::Mode::Checkpoint));

class GoldenTrajectory : public GoldenTraining, public ::testing::WithParamInterface<const char*> {};

TEST_P(GoldenTrajectory, LossesOfTwentyStepsAgreeWithTorch) {
  const GoldenFile golden(goldenPath("training/trajectory.safetensors"));
  const bool predictsVelocity = std::string(GetParam()) == "velocity";
  LowRankLayers layers;
  for (LowRankSettings& one : testing::goldenLayers(golden, *model_, scale())) layers.add(std::move(one));
  testing::fillFactors(layers, golden);
  layers.refresh(context_);
  const UNetGraph unet(GraphSource(model_->unet.parameters(), layers, NetworkPart::UNet), model_->unet.config());
  std::vector<AdamW::Parameter> parameters;
  for (TrainedTensor* tensor : layers.trained()) parameters.push_back({tensor, settings_["rate"]});
  AdamW optimizer(std::move(parameters), settings_["weight_decay"]);
  SchedulerConfig config = model_->schedulerConfig;
  if (predictsVelocity) config.predictionType = PredictionType::VPrediction;
  const DiffusionLoss loss(config, 0);
  const Tensor latents = torchNoise(3, {2, 4, 16, 16});
  const Variable text(golden.tensor("text"));

  const nlohmann::json& expected = settings_[GetParam()];
  ASSERT_EQ(expected["loss"].size(), 20u);
  for (int step = 0; step < 20; ++step) {
    const Tensor noise = torchNoise(static_cast<uint64_t>(1000 + step), {2, 4, 16, 16});
    const std::vector<int> steps{37 * step % 1000, (811 + 53 * step) % 1000};
    const std::vector<float> timesteps(steps.begin(), steps.end());
    Tape tape(context_, Tape::Mode::Record);
    const Variable prediction = unet(tape, Variable(loss.noisy(latents, noise, steps)), timesteps, text);
    DiffusionLoss::Result result = loss(prediction.value(), latents, noise, steps);
    tape.backward(prediction, std::move(result.gradient));
    const double norm = limitGradients(optimizer.parameters(), settings_["clip"]);
    EXPECT_NEAR(result.loss, expected["loss"][step].get<double>(), 1e-3 * expected["loss"][step].get<double>());
    EXPECT_NEAR(norm, expected["norm"][step].get<double>(), 1e-2 * expected["norm"][step].get<double>());
    optimizer.step(1);
    layers.refresh(context_);
  }
}

INSTANTIATE_TEST_SUITE_P(Predictions, GoldenTrajectory, ::testing::Values("epsilon", "velocity"));

}  // namespace
}  // namespace lorikeet
