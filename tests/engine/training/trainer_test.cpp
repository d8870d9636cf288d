#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lorikeet/adapter_info.h>
#include <lorikeet/engine.h>
#include <lorikeet/error.h>
#include <lorikeet/training.h>

#include <cmath>
#include <thread>

#include "core/execution_context.h"
#include "io/safetensors.h"
#include "io/tensor_values.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

using testing::goldenPath;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

/// A picture of coloured stripes that differ by `number`.
Image stripes(int width, int height, int number) {
  Image image = Image::create(width, height);
  for (size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = static_cast<uint8_t>((i * static_cast<size_t>(number + 3)) % 251);
  return image;
}

class TrainerTest : public ::testing::Test {
 protected:
  TrainerTest() {
    std::filesystem::create_directory(folder_ / "data");
    for (int i = 0; i < 3; ++i) {
      savePng(folder_ / ("data/picture-" + std::to_string(i) + ".png"), stripes(96 + 8 * i, 80, i));
      folder_.write("data/picture-" + std::to_string(i) + ".txt", "stripes of kind " + std::to_string(i) + "\n");
    }
  }

  TrainingRequest request(const std::string& name) const {
    TrainingRequest request;
    request.model = goldenPath("tiny-sd1");
    request.output = folder_ / (name + ".safetensors");
    request.data.folder = folder_ / "data";
    request.data.width = request.data.height = 64;
    request.data.flip = request.data.randomCrop = true;
    request.data.captionDropout = 0.3;
    request.steps = 6;
    request.batchSize = 2;
    request.rank = 2;
    request.learningRate = 1e-2;
    request.warmupSteps = 2;
    request.minSnr = 5;
    request.noiseOffset = 0.1;
    request.type = WeightType::F32;
    request.saveEvery = 0;
    return request;
  }

  /// All values that a file holds, by name.
  static std::map<std::string, std::vector<float>> valuesOf(const std::filesystem::path& file) {
    std::map<std::string, std::vector<float>> values;
    for (const auto& [name, tensor] : readSafetensors(file).tensors) values[name] = toFloats(tensor);
    return values;
  }

  template <class Body>
  static std::string errorOf(Body body) {
    try {
      body();
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing was thrown";
  }

  TemporaryFolder folder_;
};

TEST_F(TrainerTest, WritesALoraThatItsOwnReaderMatchesCompletely) {
  TrainingRequest training = request("style");
  training.trainsTextEncoder = true;
  training.layers = TrainedLayers::Everything;
  const TrainingResult result = trainAdapter(training);
  EXPECT_EQ(result.status, Status::Done);
  EXPECT_EQ(result.steps, 6);
  ASSERT_EQ(result.losses.size(), 6u);
  for (const float loss : result.losses) EXPECT_TRUE(std::isfinite(loss) && loss > 0);
  const auto values = valuesOf(training.output);
  EXPECT_EQ(values.size(), 3u * static_cast<size_t>(result.modules));
  // Where a map has shrunk to one pixel, nothing can be learned; on the finest level and in the text encoder all is.
  for (const auto& [name, list] : values)
    if (name.ends_with("lora_up.weight") && (name.starts_with("lora_te") || name.find("down_blocks_0_att") < 30)) {
      EXPECT_TRUE(std::ranges::any_of(list, [](float v) { return v != 0; })) << name;
    }
  EXPECT_FALSE(std::filesystem::exists(trainingStateOf(training.output)));

  const auto metadata = readSafetensors(training.output).metadata;
  for (const char* key :
       {"ss_network_dim", "ss_network_alpha", "ss_learning_rate", "ss_sd_model_name", "ss_tag_frequency",
        "ss_dataset_dirs", "ss_num_train_images", "ss_seed", "ss_steps", "ss_output_name"})
    EXPECT_TRUE(metadata.contains(key)) << key;
  EXPECT_EQ(metadata.at("ss_network_dim"), "2");
  EXPECT_EQ(metadata.at("ss_output_name"), "style");

  Engine engine({.threads = 2});
  GenerateRequest picture;
  picture.model = training.model;
  picture.prompt = "stripes";
  picture.width = picture.height = 64;
  picture.steps = 3;
  const Image plain = engine.generate(picture).images.front();
  AdapterUse use;
  use.file = training.output;
  picture.adapters = {use};
  EXPECT_NE(engine.generate(picture).images.front(), plain);
}

TEST_F(TrainerTest, NeitherThreadsNorCheckpointsNorPausesChangeTheResult) {
  TrainingRequest first = request("first"), second = request("second");
  first.threads = 1;
  first.checkpointing = Checkpointing::Off;
  second.threads = 3;
  second.checkpointing = Checkpointing::On;
  trainAdapter(first);

  TrainingPause pause;
  std::thread waker;
  TrainingCallbacks callbacks;
  callbacks.pause = &pause;
  callbacks.progress = [&](const TrainingProgress& progress) {
    if (progress.stage != TrainingStage::Training || progress.done != 3 || waker.joinable()) return;
    pause.pause();
    waker = std::thread([&] {
      EXPECT_TRUE(pause.isPaused());
      pause.resume();
    });
  };
  trainAdapter(second, callbacks);
  waker.join();
  EXPECT_EQ(valuesOf(first.output), valuesOf(second.output));
}

TEST_F(TrainerTest, AStoppedTrainingGoesOnAsIfNothingHadHappened) {
  const TrainingRequest whole = request("whole");
  const TrainingResult expected = trainAdapter(whole);

  TrainingRequest parts = request("parts");
  for (const int stopAt : {1, 4}) {
    std::stop_source stop;
    TrainingCallbacks callbacks;
    callbacks.progress = [&](const TrainingProgress& progress) {
      if (progress.stage == TrainingStage::Training && progress.done == stopAt) stop.request_stop();
    };
    const TrainingResult stopped = trainAdapter(parts, callbacks, stop.get_token());
    EXPECT_EQ(stopped.status, Status::Stopped);
    EXPECT_EQ(stopped.steps, stopAt);
    EXPECT_EQ(stopped.state, trainingStateOf(parts.output));
    EXPECT_FALSE(std::filesystem::exists(parts.output));
    parts.resume = true;
  }
  const TrainingResult result = trainAdapter(parts);
  EXPECT_EQ(result.firstStep, 4);
  EXPECT_EQ(result.losses, expected.losses);
  EXPECT_EQ(valuesOf(parts.output), valuesOf(whole.output));
}

TEST_F(TrainerTest, AStateIsNeitherOverwrittenNorMixedUp) {
  TrainingRequest training = request("kept");
  std::stop_source stop;
  TrainingCallbacks callbacks;
  callbacks.progress = [&](const TrainingProgress& progress) {
    if (progress.stage == TrainingStage::Training) stop.request_stop();
  };
  trainAdapter(training, callbacks, stop.get_token());
  const std::string state = testing::readFile(trainingStateOf(training.output));
  EXPECT_THAT(errorOf([&] { trainAdapter(training); }), HasSubstr("resume it"));
  training.resume = true;
  training.learningRate = 5e-3;
  EXPECT_THAT(errorOf([&] { trainAdapter(training); }), HasSubstr("learning_rate was 0.01, now 0.005"));
  training.learningRate = 1e-2;
  folder_.write("data/picture-1.txt", "something else");
  EXPECT_THAT(errorOf([&] { trainAdapter(training); }), HasSubstr("pictures was"));
  EXPECT_EQ(testing::readFile(trainingStateOf(training.output)), state);
  folder_.write("kept.training", state.substr(0, state.size() / 2));
  EXPECT_THAT(errorOf([&] { trainAdapter(training); }), HasSubstr("kept.training"));
}

TEST_F(TrainerTest, TextualInversionLearnsTheVectorsOfAWord) {
  TrainingRequest training = request("word");
  training.kind = TrainingKind::TextualInversion;
  training.word = "<kind>";
  training.vectorCount = 2;
  training.initialText = "stripes";
  training.data.captionDropout = 0;
  EXPECT_THAT(errorOf([&] { trainAdapter(training); }), HasSubstr("No caption names"));
  folder_.write("data/picture-0.txt", "a picture of <kind>");
  const TrainingResult result = trainAdapter(training);
  EXPECT_EQ(result.parameters, 2 * 16);
  const auto values = valuesOf(training.output);
  ASSERT_TRUE(values.contains("<kind>"));
  const std::vector<float>& rows = values.at("<kind>");
  ASSERT_EQ(rows.size(), 32u);
  training.output = folder_ / "untouched.safetensors";
  training.learningRate = 1e-9;
  trainAdapter(training);
  EXPECT_NE(valuesOf(training.output).at("<kind>"), rows);
}

TEST_F(TrainerTest, AConfigurationChoosesLayersRanksAndScales) {
  TrainingRequest training = request("configured");
  training.configuration =
      folder_.write("lora.json", R"({"to_q": {"r": 3, "scale": 2, "trainable_scale": 1}, "conv1": {"r": 1}})");
  const TrainingResult result = trainAdapter(training);
  const auto values = valuesOf(training.output);
  EXPECT_EQ(values.size(), 3u * static_cast<size_t>(result.modules));
  const std::string module = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q";
  EXPECT_EQ(readSafetensors(training.output).tensors.at(module + ".lora_down.weight").shape[0], 3);
  EXPECT_NE(values.at(module + ".alpha")[0], 6);
  EXPECT_NEAR(values.at(module + ".alpha")[0], 6, 1);
  training.configuration = folder_.write("bad.json", R"({"to_quary": {"r": 3}})");
  EXPECT_THAT(errorOf([&] { trainAdapter(training); }), HasSubstr("to_q"));
}

TEST_F(TrainerTest, SamplesShowTheTrainingAndLeaveItAlone) {
  TrainingRequest plain = request("plain"), shown = request("shown");
  trainAdapter(plain);
  shown.sampleEvery = 3;
  GenerateRequest sample;
  sample.prompt = "stripes";
  sample.width = sample.height = 64;
  sample.steps = 2;
  shown.samples = {sample};
  std::map<int, Image> samples;
  TrainingCallbacks callbacks;
  callbacks.sample = [&](int step, int, const GenerateRequest&, const Image& image) { samples[step] = image; };
  trainAdapter(shown, callbacks);
  ASSERT_EQ(samples.size(), 3u);
  EXPECT_NE(samples.at(0), samples.at(6));
  EXPECT_EQ(valuesOf(plain.output), valuesOf(shown.output));
}

TEST_F(TrainerTest, BadDataIsRefusedInASentenceEach) {
  const auto said = [&] { return errorOf([&] { estimateTraining(request("bad")); }); };
  EXPECT_EQ(said(), "nothing was thrown");
  folder_.write("data/lonely.txt", "a caption");
  EXPECT_THAT(said(), HasSubstr("lonely.txt\" has no picture"));
  std::filesystem::remove(folder_ / "data/lonely.txt");

  savePng(folder_ / "data/dot.png", stripes(1, 1, 1));
  folder_.write("data/dot.txt", "a dot");
  EXPECT_THAT(said(), HasSubstr("1x1 pixels, too small"));
  std::filesystem::remove(folder_ / "data/dot.png");
  std::filesystem::remove(folder_ / "data/dot.txt");

  savePng(folder_ / "data/mute.png", stripes(64, 64, 1));
  EXPECT_THAT(said(), HasSubstr("mute.png\" has no caption"));
  folder_.write("data/mute.png", "not a picture");
  EXPECT_THAT(said(), HasSubstr("mute.png"));
  std::filesystem::remove(folder_ / "data/mute.png");

  TrainingRequest training = request("x");
  training.memoryLimit = 50'000'000;
  EXPECT_THAT(errorOf([&] { trainAdapter(training); }), HasSubstr("GB of memory"));
  training = request("x");
  training.data.folder = folder_ / "none";
  EXPECT_THAT(errorOf([&] { trainAdapter(training); }), HasSubstr("none"));
  training = request("x");
  training.output = folder_ / "none/x.safetensors";
  EXPECT_THAT(errorOf([&] { trainAdapter(training); }), HasSubstr("for the output is not there"));
  training = request("x");
  training.learningRate = std::nan("");
  EXPECT_THAT(errorOf([&] { trainAdapter(training); }), HasSubstr("learning rate"));
}

TEST_F(TrainerTest, ATriggerStandsBeforeCaptionsThatDoNotHoldItAndInTheMetadata) {
  folder_.write("data/picture-0.txt", "stripes in zigzag style");
  savePng(folder_ / "data/plain.png", stripes(64, 64, 4));
  TrainingRequest training = request("zigzag");
  training.data.trigger = "zigzag";
  EXPECT_EQ(estimateTraining(training).captions, 3);
  trainAdapter(training);
  const auto metadata = readSafetensors(training.output).metadata;
  EXPECT_EQ(metadata.at("modelspec.trigger_phrase"), "zigzag");
  const std::string& tags = metadata.at("ss_tag_frequency");
  EXPECT_THAT(tags, HasSubstr("\"stripes in zigzag style\":1"));
  EXPECT_THAT(tags, HasSubstr("\"zigzag\":3"));  // two captions without it, and the picture without a caption
  EXPECT_THAT(inspectAdapter(training.output).triggerWords, ::testing::Contains("zigzag"));
}

TEST_F(TrainerTest, CaptionsThatDoNotFitAreNamed) {
  TrainingRequest training = request("long");
  EXPECT_TRUE(estimateTraining(training).warnings.empty());
  std::string caption;
  for (int i = 0; i < 225; ++i) caption += "cat ";
  folder_.write("data/picture-1.txt", caption);
  EXPECT_TRUE(estimateTraining(training).warnings.empty());
  folder_.write("data/picture-1.txt", caption + "dog");
  const std::vector<std::string> warnings = estimateTraining(training).warnings;
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings.front(), HasSubstr("caption of one picture does not fit into 225 tokens"));
  EXPECT_THAT(warnings.front(), HasSubstr("picture-1.png"));
  trainAdapter(training);
  for (int i = 0; i < 30; ++i) folder_.write("data/picture-1.txt", caption += caption.substr(0, 4 * 225));
  EXPECT_THAT(errorOf([&] { estimateTraining(training); }), HasSubstr("picture-1.png\" cannot be used"));
}

TEST_F(TrainerTest, LossesThatAreNoNumbersEndTheTrainingAndKeepItsState) {
  TrainingRequest training = request("numbers");
  std::filesystem::copy(goldenPath("tiny-sd1"), folder_ / "model", std::filesystem::copy_options::recursive);
  training.model = folder_ / "model";
  std::stop_source stop;
  TrainingCallbacks callbacks;
  callbacks.progress = [&](const TrainingProgress& progress) {
    if (progress.stage == TrainingStage::Training && progress.done == 2) stop.request_stop();
  };
  trainAdapter(training, callbacks, stop.get_token());
  const std::string state = testing::readFile(trainingStateOf(training.output));

  // The model on disk is exchanged: its last layer's weights are so large that what comes out is no number.
  const std::filesystem::path weights = folder_ / "model/unet/diffusion_pytorch_model.safetensors";
  auto tensors = readSafetensors(weights).tensors;
  RawTensor& last = tensors.at("conv_out.weight");
  last = rawFromFloats(last.shape, std::vector<float>(toFloats(last).size(), 3e38F));
  writeSafetensors(folder_ / "huge.safetensors", tensors, {});
  tensors.clear();
  std::filesystem::rename(folder_ / "huge.safetensors", weights);
  training.resume = true;
  EXPECT_THAT(errorOf([&] { trainAdapter(training); }), HasSubstr("has left the range of numbers at step 3"));
  EXPECT_EQ(testing::readFile(trainingStateOf(training.output)), state);
  EXPECT_FALSE(std::filesystem::exists(training.output));
}

TEST_F(TrainerTest, WhatWasLeftIsFoundAgain) {
  TrainingRequest training = request("left");
  EXPECT_FALSE(findSavedTraining(training.output).has_value());
  std::stop_source stop;
  TrainingCallbacks callbacks;
  callbacks.progress = [&](const TrainingProgress& progress) {
    if (progress.stage == TrainingStage::Training && progress.done == 3) stop.request_stop();
  };
  const TrainingResult result = trainAdapter(training, callbacks, stop.get_token());
  const auto saved = findSavedTraining(training.output);
  ASSERT_TRUE(saved.has_value());
  EXPECT_EQ(saved->steps, 3);
  EXPECT_EQ(saved->losses, result.losses);
  EXPECT_EQ(saved->file, trainingStateOf(training.output));
  folder_.write("left.training", "nothing");
  EXPECT_THAT(errorOf([&] { findSavedTraining(training.output); }), HasSubstr("left.training"));
}

TEST_F(TrainerTest, TheModelsOwnSizeIsUsual) {
  TrainingRequest usual = request("usual");
  usual.data.width = usual.data.height = 0;
  const TrainingEstimate own = estimateTraining(usual);
  const ModelInfo model = inspectModel(usual.model);
  EXPECT_EQ(own.width, model.nativeWidth);
  EXPECT_EQ(own.height, model.nativeHeight);
  EXPECT_NE(own.width, 512);
  usual.data.width = 64;
  EXPECT_EQ(estimateTraining(usual).width, 64);
  std::filesystem::create_directory(folder_ / "dot");
  savePng(folder_ / "dot/dot.png", stripes(1, 1, 0));
  usual.data.width = 0;
  usual.data.folder = folder_ / "dot";
  usual.data.caption = "a dot";
  EXPECT_THROW(estimateTraining(usual), Error);
  usual.data.folder = folder_ / "data";
  usual.data.width = 8;
  EXPECT_THROW(estimateTraining(usual), Error);
}

TEST_F(TrainerTest, AnEstimateIsStopped) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(estimateTraining(request("never"), stop.get_token()), Stopped);
  EXPECT_EQ(trainAdapter(request("never"), {}, stop.get_token()).status, Status::Stopped);
}

TEST_F(TrainerTest, FoldersSayHowOftenTheirPicturesAreShown) {
  std::filesystem::create_directories(folder_ / "set/4_red fox");
  std::filesystem::create_directories(folder_ / "set/1_owl");
  savePng(folder_ / "set/4_red fox/a.png", stripes(64, 64, 1));
  savePng(folder_ / "set/1_owl/b.png", stripes(64, 64, 2));
  TrainingRequest training = request("foxes");
  training.data.folder = folder_ / "set";
  const TrainingEstimate estimate = estimateTraining(training);
  EXPECT_EQ(estimate.pictures, 2);
  EXPECT_EQ(estimate.epochSamples, 5);
  EXPECT_GT(estimate.secondsPerStep, 0);
  EXPECT_GT(estimate.memoryBytes, 0);
  EXPECT_EQ(estimate.modules, 192);
}

}  // namespace
}  // namespace lorikeet
