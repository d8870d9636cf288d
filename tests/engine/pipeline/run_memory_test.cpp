#include "lorikeet/run_memory.h"

#include <gtest/gtest.h>
#include <lorikeet/engine.h>

#include "engine/adapters/adapter_test_support.h"

namespace lorikeet::testing {
namespace {

Engine& memoryEngine() {
  static Engine shared({.threads = 2});
  return shared;
}

/// A run with all that it reported.
struct RememberedRun {
  GenerateResult result;
  std::map<std::string, std::vector<float>> latents;
  int previews = 0;

  RememberedRun(const GenerateRequest& request, RunMemory* memory, GenerateCallbacks callbacks = {}) {
    callbacks.latents = [this](int image, const Latents& now) {
      latents[std::to_string(image) + now.name] = now.values;
    };
    callbacks.preview = [this](int, int, const Image&) { ++previews; };
    result = memoryEngine().generate(request, callbacks, {}, memory);
  }
};

/// The whole run without memory, byte for byte.
void expectTheSameAsAWholeRun(const RememberedRun& run, const GenerateRequest& request) {
  const RememberedRun whole(request, nullptr);
  ASSERT_EQ(run.result.images.size(), whole.result.images.size());
  for (size_t i = 0; i < whole.result.images.size(); ++i)
    EXPECT_EQ(run.result.images[i].pixels, whole.result.images[i].pixels);
  EXPECT_EQ(run.latents, whole.latents);
}

GenerateRequest adaptedRequest() {
  GenerateRequest request;
  request.model = goldenPath("tiny-sd1");
  request.prompt = "a watercolor painting of a red fox";
  request.steps = 6;
  request.width = request.height = 64;
  request.adapters = LoraCase("kohya_lora").uses;
  request.adapters.push_back(LoraCase("loha").uses.front());
  request.adapters[1].begin = 0.5;
  return request;
}

class RunMemoryOfEverySampler : public ::testing::TestWithParam<Sampler> {};

TEST_P(RunMemoryOfEverySampler, ResumesWithTheBytesOfAWholeRun) {
  GenerateRequest request = adaptedRequest();
  request.sampler = GetParam();
  request.eta = 0.5;
  RunMemory memory;
  EXPECT_EQ(RememberedRun(request, &memory).result.replayedSteps, 0);
  EXPECT_GT(memory.byteSize(), 0);
  request.adapters[1].weight = 0.3;  // in effect from the fourth step on
  const RememberedRun changed(request, &memory);
  EXPECT_EQ(changed.result.replayedSteps, 3);
  EXPECT_LT(changed.previews, RememberedRun(request, nullptr).previews);
  expectTheSameAsAWholeRun(changed, request);
}

std::vector<Sampler> everySampler() {
  std::vector<Sampler> samplers;
  for (const auto& row : samplerNames()) samplers.push_back(row.value);
  return samplers;
}

/// Varied pictures of one job have one seed and are told apart by the variation's.
TEST(RunMemoryTest, TellsTheVariationsOfASeedApart) {
  GenerateRequest request = adaptedRequest();
  request.variation = {7, 0.4};
  request.imageCount = 2;
  RunMemory memory;
  const RememberedRun first(request, &memory);
  EXPECT_EQ(first.result.replayedSteps, 0);
  expectTheSameAsAWholeRun(first, request);
  request.adapters[1].weight = 0.3;
  const RememberedRun changed(request, &memory);
  EXPECT_EQ(changed.result.replayedSteps, 6);
  expectTheSameAsAWholeRun(changed, request);
}

INSTANTIATE_TEST_SUITE_P(All, RunMemoryOfEverySampler, ::testing::ValuesIn(everySampler()),
                         [](const auto& test) { return std::string(name(test.param)); });

TEST(RunMemory, AnUnchangedRequestNeedsNoModelCall) {
  const GenerateRequest request = adaptedRequest();
  RunMemory memory;
  const RememberedRun first(request, &memory);
  const RememberedRun again(request, &memory);
  EXPECT_EQ(again.result.replayedSteps, 6);
  EXPECT_EQ(again.previews, 0);
  EXPECT_EQ(again.latents, first.latents);
  EXPECT_EQ(again.result.images[0].pixels, first.result.images[0].pixels);
}

TEST(RunMemory, AChangeFromTheStartIsComputedFromTheStart) {
  GenerateRequest request = adaptedRequest();
  RunMemory memory;
  RememberedRun(request, &memory);
  request.adapters[0].weight = 0.2;
  const RememberedRun changed(request, &memory);
  EXPECT_EQ(changed.result.replayedSteps, 0);
  expectTheSameAsAWholeRun(changed, request);
  request.adapters[0].textWeight = 0.9;  // the prompts are encoded anew
  expectTheSameAsAWholeRun(RememberedRun(request, &memory), request);
  request.adapters[0].enabled = false;
  expectTheSameAsAWholeRun(RememberedRun(request, &memory), request);
  request.adapters.clear();
  expectTheSameAsAWholeRun(RememberedRun(request, &memory), request);
}

TEST(RunMemory, AnyOtherChangeBeginsAnew) {
  const GenerateRequest base = adaptedRequest();
  RunMemory memory;
  const auto expectAnew = [&](auto change) {
    RememberedRun(base, &memory);
    GenerateRequest other = base;
    change(other);
    const RememberedRun run(other, &memory);
    EXPECT_EQ(run.result.replayedSteps, 0);
    expectTheSameAsAWholeRun(run, other);
  };
  expectAnew([](GenerateRequest& other) { other.prompt = "a blue bird"; });
  expectAnew([](GenerateRequest& other) { other.seed = 7; });
  expectAnew([](GenerateRequest& other) { other.steps = 5; });
  expectAnew([](GenerateRequest& other) { other.guidanceScale = 5; });
  expectAnew([](GenerateRequest& other) {
    other.model = goldenPath("tiny-sd1").parent_path() / "tiny-sd1";
    other.clipSkip = 2;
  });
}

TEST(RunMemory, AStoppedRunIsContinued) {
  const GenerateRequest request = adaptedRequest();
  RunMemory memory;
  std::stop_source stop;
  GenerateCallbacks callbacks;
  callbacks.progress = [&](const Progress& progress) {
    if (progress.stage == Stage::Denoising && progress.step == 4) stop.request_stop();
  };
  const GenerateResult stopped = memoryEngine().generate(request, callbacks, stop.get_token(), &memory);
  EXPECT_EQ(stopped.status, Status::Stopped);
  const RememberedRun rest(request, &memory);
  EXPECT_EQ(rest.result.replayedSteps, 4);
  expectTheSameAsAWholeRun(rest, request);
}

TEST(RunMemory, RemembersWhatReallyWasInEffect) {
  GenerateRequest request = adaptedRequest();
  request.adapters.resize(1);
  std::vector<AdapterUse> weaker = request.adapters;
  weaker[0].weight = 0.25;
  int asked = 0;
  GenerateCallbacks callbacks;
  callbacks.adapters = [&]() -> std::optional<std::vector<AdapterUse>> {
    return asked++ == 2 ? std::optional(weaker) : std::nullopt;
  };
  RunMemory memory;
  const RememberedRun changedLive(request, &memory, callbacks);
  const RememberedRun whole(request, &memory);
  EXPECT_EQ(whole.result.replayedSteps, 2);
  expectTheSameAsAWholeRun(whole, request);
}

TEST(RunMemory, EveryImageHasItsOwn) {
  GenerateRequest request = adaptedRequest();
  request.imageCount = 2;
  RunMemory memory;
  RememberedRun(request, &memory);
  request.adapters[1].weight = -1;
  const RememberedRun changed(request, &memory);
  EXPECT_EQ(changed.result.replayedSteps, 6);
  expectTheSameAsAWholeRun(changed, request);
  request.imageCount = 1;
  request.seed += 1;
  EXPECT_EQ(RememberedRun(request, &memory).result.replayedSteps, 6);
}

TEST(RunMemory, StartsFromAPictureAndUnderAMaskToo) {
  GenerateRequest request = adaptedRequest();
  request.sampler = Sampler::EulerA;
  Image picture = Image::create(64, 64);
  for (size_t i = 0; i < picture.pixels.size(); ++i) picture.pixels[i] = static_cast<uint8_t>(i * 31 % 251);
  request.init = PictureSource(picture);
  request.strength = 0.9;
  RunMemory memory;
  RememberedRun(request, &memory);
  request.adapters[1].weight = 2;
  const RememberedRun fromPicture(request, &memory);
  EXPECT_GT(fromPicture.result.replayedSteps, 0);
  expectTheSameAsAWholeRun(fromPicture, request);

  Mask mask = Mask::create(64, 64);
  std::fill(mask.values.begin(), mask.values.begin() + 64 * 32, 255);
  request.mask = MaskSource(mask);
  const RememberedRun masked(request, &memory);
  EXPECT_EQ(masked.result.replayedSteps, 0);
  request.adapters[1].weight = 0;
  const RememberedRun changedMasked(request, &memory);
  EXPECT_GT(changedMasked.result.replayedSteps, 0);
  expectTheSameAsAWholeRun(changedMasked, request);
}

TEST(RunMemory, KeepsWithinItsLimit) {
  const GenerateRequest request = adaptedRequest();
  const int64_t bytesPerStep = 4 * 8 * 8 * sizeof(float);
  RunMemory memory(2 * bytesPerStep);
  RememberedRun(request, &memory);
  EXPECT_EQ(memory.byteSize(), 2 * bytesPerStep);
  const RememberedRun again(request, &memory);
  EXPECT_EQ(again.result.replayedSteps, 2);
  expectTheSameAsAWholeRun(again, request);
  memory.clear();
  EXPECT_EQ(memory.byteSize(), 0);
  EXPECT_EQ(RememberedRun(request, &memory).result.replayedSteps, 0);
}

}  // namespace
}  // namespace lorikeet::testing
