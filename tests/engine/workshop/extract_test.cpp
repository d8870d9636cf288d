#include <gtest/gtest.h>
#include <lorikeet/error.h>
#include <lorikeet/workshop.h>

#include "engine/workshop/same_contents.h"
#include "io/safetensors.h"
#include "support/golden.h"

namespace lorikeet::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kBaseModel = goldenPath("tiny-sd1");
constexpr const char* kUnetFile = "unet/diffusion_pytorch_model.safetensors";

fs::path loraFile(const std::string& name) { return goldenPath("lora/" + name) / "adapter.safetensors"; }

/// tiny-sd1 with adapters merged into it, in f32.
void writeTuned(const fs::path& folder, const std::vector<std::string>& adapters) {
  MergeIntoModelRequest request;
  request.model = kBaseModel;
  for (const std::string& name : adapters) {
    request.adapters.emplace_back();
    request.adapters.back().file = loraFile(name);
  }
  request.output = folder;
  request.type = WeightType::F32;
  mergeIntoModel(request);
}

ExtractAdapterRequest extraction(const fs::path& tuned, const fs::path& output) {
  ExtractAdapterRequest request;
  request.base = kBaseModel;
  request.tuned = tuned;
  request.output = output;
  request.type = WeightType::F32;
  return request;
}

AdapterComparison comparedWith(const fs::path& first, const fs::path& second, double tolerance) {
  CompareAdaptersRequest request;
  request.first.file = first;
  request.second.file = second;
  request.model = kBaseModel;
  request.tolerance = tolerance;
  return compareAdapters(request);
}

TEST(ExtractAdapter, FindsTheAdapterThatWasMergedIn) {
  TemporaryFolder folder;
  for (const char* name : {"kohya_lora", "kohya_locon"}) {
    const fs::path tuned = folder / (std::string(name) + "-tuned"), out = folder / (std::string(name) + ".safetensors");
    writeTuned(tuned, {name});
    const WorkshopResult result = extractAdapter(extraction(tuned, out));
    EXPECT_LT(result.relativeError, 1e-4);
    EXPECT_TRUE(result.notes.empty()) << result.notes.front();
    const AdapterComparison comparison = comparedWith(loraFile(name), out, 1e-5);
    EXPECT_TRUE(comparison.equal) << comparison.worstModule << " by " << comparison.largestDifference;
    EXPECT_EQ(comparison.modules, result.modules);
  }
}

TEST(ExtractAdapter, StaysBelowAnErrorWithARankForEachModule) {
  TemporaryFolder folder;
  writeTuned(folder / "tuned", {"full_diff", "loha"});
  ExtractAdapterRequest request = extraction(folder / "tuned", folder / "out.safetensors");
  request.rank = {.rank = 0, .energy = 1 - 0.2 * 0.2, .ratio = 0};
  const WorkshopResult result = extractAdapter(request);
  EXPECT_LE(result.relativeError, 0.2);
  int64_t highest = 0;
  for (const ModuleFit& fit : result.fits) {
    EXPECT_LE(fit.relativeError, 0.2 + 1e-3) << fit.module;
    highest = std::max(highest, fit.rank);
  }
  EXPECT_GT(highest, 4) << "loha is of no low rank";
}

TEST(ExtractAdapter, TellsWhatAnAdapterCannotHold) {
  TemporaryFolder folder;
  writeTuned(folder / "tuned", {"kohya_lora", "norms"});
  const WorkshopResult result = extractAdapter(extraction(folder / "tuned", folder / "out.safetensors"));
  ASSERT_EQ(result.notes.size(), 1u);
  EXPECT_NE(result.notes[0].find("norms and biases"), std::string::npos) << result.notes[0];
  ExtractAdapterRequest request = extraction(folder / "tuned", folder / "linear.safetensors");
  request.convolutions = false;
  EXPECT_EQ(extractAdapter(request).modules, result.modules) << "the LoRA has no kernels";
}

/// Stopped after some layers, and killed in the middle of a record: the result is the one of a run in one go.
TEST(ExtractAdapter, GoesOnWithWhatAStoppedRunHasFinished) {
  TemporaryFolder folder;
  writeTuned(folder / "tuned", {"kohya_locon"});
  extractAdapter(extraction(folder / "tuned", folder / "whole.safetensors"));
  const ExtractAdapterRequest request = extraction(folder / "tuned", folder / "parts.safetensors");
  const fs::path partial = folder / "parts.safetensors.partial";
  std::stop_source stop;
  WorkshopControl control;
  control.keepsPartial = true;
  control.threads = 2;
  control.stop = stop.get_token();
  control.progress = [&](const WorkshopProgress& progress) {
    if (progress.done == 40) stop.request_stop();
  };
  const WorkshopResult stopped = extractAdapter(request, control);
  EXPECT_EQ(stopped.status, Status::Stopped);
  EXPECT_EQ(stopped.partial, partial);
  EXPECT_FALSE(fs::exists(request.output));
  const auto length = fs::file_size(partial);
  ASSERT_GT(length, 1000u);
  fs::resize_file(partial, length - 7);

  control.stop = {};
  control.progress = {};
  const WorkshopResult result = extractAdapter(request, control);
  EXPECT_EQ(readFile(request.output), readFile(folder / "whole.safetensors"));
  EXPECT_FALSE(fs::exists(partial));
  EXPECT_EQ(extractAdapter(request).relativeError, result.relativeError);
}

TEST(ExtractAdapter, ForgetsWhatAnotherRequestHasLeft) {
  TemporaryFolder folder;
  writeTuned(folder / "tuned", {"kohya_lora"});
  ExtractAdapterRequest request = extraction(folder / "tuned", folder / "out.safetensors");
  request.rank.rank = 1;
  std::stop_source stop;
  WorkshopControl control;
  control.keepsPartial = true;
  control.stop = stop.get_token();
  control.progress = [&](const WorkshopProgress& progress) {
    if (progress.done == 30) stop.request_stop();
  };
  extractAdapter(request, control);
  control.stop = {};
  control.progress = {};
  request.rank.rank = 2;
  const WorkshopResult result = extractAdapter(request, control);
  EXPECT_TRUE(std::ranges::any_of(result.fits, [](const ModuleFit& fit) { return fit.rank == 2; }));
  request.output = folder / "fresh.safetensors";
  extractAdapter(request);
  EXPECT_EQ(readFile(folder / "out.safetensors"), readFile(request.output));
}

TEST(ExtractAdapter, IsRefusedWhereItCannotFit) {
  TemporaryFolder folder;
  writeTuned(folder / "tuned", {"kohya_lora"});
  const ExtractAdapterRequest request = extraction(folder / "tuned", folder / "out.safetensors");
  const WorkshopEstimate estimate = estimateWorkshop(request);
  EXPECT_GT(estimate.modules, 200);
  EXPECT_GT(estimate.memoryBytes, 50'000'000);
  EXPECT_LT(estimate.memoryBytes, 200'000'000) << "the model has a few hundred thousand values";
  WorkshopControl control;
  control.memoryLimit = 40'000'000;
  try {
    extractAdapter(request, control);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::OutOfMemory);
    EXPECT_NE(std::string(error.what()).find("Extracting needs about 0.1 GB of memory"), std::string::npos)
        << error.what();
  }
  EXPECT_FALSE(fs::exists(request.output));
}

TEST(ExtractAdapter, FollowsAConfiguration) {
  TemporaryFolder folder;
  writeTuned(folder / "tuned", {"kohya_lora"});
  ExtractAdapterRequest request = extraction(folder / "tuned", folder / "out.safetensors");
  request.configuration = folder.write("config.json", R"({"trainable_model": 0, "to_q": {"r": 3, "scale": 0.5},
      "attn2.to_q": {"r": 2, "scale": 1, "trainable_scale": 1, "hard": 1}})");
  const WorkshopResult result = extractAdapter(request);
  EXPECT_EQ(result.modules, 32);
  for (const ModuleFit& fit : result.fits)
    EXPECT_LE(fit.rank, fit.module.ends_with("attn2.to_q") ? 2 : 3) << fit.module;
  EXPECT_EQ(result.notes.size(), 1u) << "the other layers differ as well";
}

TEST(ExtractAdapter, RefusesBadRequests) {
  TemporaryFolder folder;
  const auto fails = [&](const ExtractAdapterRequest& request) { EXPECT_THROW(extractAdapter(request), Error); };
  fails(extraction(kBaseModel, folder / "same.safetensors"));
  fails(extraction(goldenPath("tiny-sd1-inpaint"), folder / "x.safetensors"));
  fails(extraction(folder / "none", folder / "x.safetensors"));
  ExtractAdapterRequest request = extraction(kBaseModel, folder / "x.safetensors");
  request.rank = {};
  fails(request);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(LoraConfiguration, CountsTheTrainableParametersOfStableDiffusion) {
  TemporaryFolder folder;
  const fs::path file = folder.write("config.json", R"({"trainable_model": 0,
      "to_q": {"r": 8, "scale": 1, "trainable_scale": 0, "hard": 1},
      "to_v": {"r": 8, "scale": 1, "trainable_scale": 0, "hard": 1}})");
  const LoraConfiguration read = readLoraConfiguration(file, {});
  EXPECT_EQ(read.parameters, 797'184);
  EXPECT_EQ(read.modules.size(), 64u);
  EXPECT_FALSE(read.trainsModel);
}

void expectConfigurationRefused(const std::string& text, const std::string& reason) {
  TemporaryFolder folder;
  try {
    readLoraConfiguration(folder.write("config.json", text), {});
    ADD_FAILURE() << text;
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(reason), std::string::npos) << error.what();
  }
}

TEST(LoraConfiguration, RefusesUnknownKeysWithTheNearestNames) {
  expectConfigurationRefused(R"({"to_qq": {"r": 8}})", "\"to_q\"");
  expectConfigurationRefused(R"({"qkv_proj": {"r": 8}})", "names no linear layer");
  expectConfigurationRefused(R"({"o_q": {"r": 8}})", "names no linear layer");
  expectConfigurationRefused(R"({"to_q": {"rank": 8}})", "is no setting");
  expectConfigurationRefused(R"({"to_q": {"r": 0}})", "1 to 16384");
  expectConfigurationRefused(R"({"to_q": {"r": "8"}})", "whole number");
  expectConfigurationRefused(R"({"to_q": 8})", "should be an object");
  expectConfigurationRefused(R"({"to_q": {"r": 8, "hard": 2}})", "0 or 1");
  expectConfigurationRefused(R"({"trainable_model": 0})", "names no layers");
  expectConfigurationRefused(R"([1])", "not an object");
}

WorkshopResult embedded(const fs::path& model, const fs::path& adapter, const fs::path& output) {
  EmbedAdapterRequest request;
  request.model = model;
  request.adapter.file = adapter;
  request.output = output;
  return embedAdapter(request);
}

TEST(EmbedAdapter, GoesRoundByteForByte) {
  TemporaryFolder folder;
  const fs::path both = folder / "both", again = folder / "again";
  const WorkshopResult result = embedded(kBaseModel, loraFile("kohya_lora"), both);
  EXPECT_EQ(result.modules, 210);
  const auto inside = readSafetensors(both / kUnetFile).tensors;
  const std::string query = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q";
  EXPECT_TRUE(inside.contains(query + ".base_layer.weight"));
  EXPECT_TRUE(inside.contains(query + ".lora_A"));
  EXPECT_TRUE(inside.contains(query + ".lora_scale"));
  EXPECT_FALSE(inside.contains(query + ".weight"));

  removeEmbedded({both, again});
  for (const char* file : {kUnetFile, "vae/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors"})
    EXPECT_TRUE(readFile(again / file) == readFile(kBaseModel / file)) << file;

  ConvertAdapterRequest out;
  out.input.file = both;
  out.output = folder / "out.safetensors";
  out.model = kBaseModel;
  EXPECT_EQ(convertAdapter(out).modules, 210);
  expectSameContents(out.output, loraFile("kohya_lora"));
}

TEST(EmbedAdapter, RefusesWhatDoesNotGoIn) {
  TemporaryFolder folder;
  EXPECT_THROW(embedded(kBaseModel, loraFile("loha"), folder / "x"), Error);
  EXPECT_THROW(embedded(kBaseModel, loraFile("kohya_locon"), folder / "x"), Error);
  EXPECT_THROW(removeEmbedded({kBaseModel, folder / "x"}), Error);
  EXPECT_TRUE(fs::is_empty(folder.path()));
  embedded(kBaseModel, loraFile("kohya_lora"), folder / "once");
  EXPECT_THROW(embedded(folder / "once", loraFile("kohya_lora"), folder / "twice"), Error);
}

TEST(EmbedAdapter, KeepsTheLayoutOfASingleFile) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  TemporaryFolder folder;
  const fs::path model = sharedPath("golden/tiny-sd1.safetensors"), both = folder / "both.safetensors";
  embedded(model, loraFile("kohya_lora"), both);
  EXPECT_TRUE(readSafetensors(both).tensors.contains(
      "model.diffusion_model.middle_block.1.transformer_blocks.0.attn1.to_q.base_layer.weight"));
  removeEmbedded({both, folder / "again.safetensors"});
  EXPECT_TRUE(readFile(folder / "again.safetensors") == readFile(model));
  ConvertAdapterRequest out;
  out.input.file = both;
  out.output = folder / "out.safetensors";
  out.model = model;
  convertAdapter(out);
  expectSameContents(out.output, loraFile("kohya_lora"));
}

}  // namespace
}  // namespace lorikeet::testing
