#include <gtest/gtest.h>
#include <lorikeet/engine.h>
#include <lorikeet/workshop.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "io/model_files.h"
#include "io/safetensors.h"
#include "support/golden.h"
#include "support/golden_json.h"

namespace lorikeet::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kTiny = goldenPath("tiny-sd1");

fs::path adapterOf(const std::string& name) {
  const fs::path folder = goldenPath("lora/" + name);
  return fs::exists(folder / "adapter.safetensors") ? folder / "adapter.safetensors" : folder;
}

std::vector<AdapterUse> rows(const std::vector<std::pair<std::string, double>>& list) {
  std::vector<AdapterUse> uses;
  for (const auto& [name, weight] : list) {
    uses.emplace_back();
    uses.back().file = adapterOf(name);
    uses.back().weight = weight;
  }
  return uses;
}

Engine& workshopEngine() {
  static Engine shared({.threads = 2});
  return shared;
}

/// Latents of a small picture.
std::vector<float> latentsOf(const fs::path& model, const std::vector<AdapterUse>& adapters) {
  GenerateRequest request;
  request.model = model;
  request.prompt = "a watercolor painting of a red fox in the snow";
  request.width = request.height = 64;
  request.steps = 3;
  request.adapters = adapters;
  std::vector<float> values;
  GenerateCallbacks callbacks;
  callbacks.latents = [&](int, const Latents& latents) {
    if (latents.name == "latents.final") values = latents.values;
  };
  workshopEngine().generate(request, callbacks);
  return values;
}

double farthest(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  EXPECT_FALSE(a.empty());
  double largest = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) largest = std::max(largest, std::abs(double{a[i]} - b[i]));
  return largest;
}

MergeAdaptersRequest into(const fs::path& output, std::vector<AdapterUse> uses) {
  MergeAdaptersRequest request;
  request.adapters = std::move(uses);
  request.output = output;
  request.model = kTiny;
  return request;
}

TEST(MergeAdapters, IsExactForLoraOfMixedFormsAndJoinsTheRanks) {
  TemporaryFolder folder;
  std::vector<AdapterUse> uses = rows({{"kohya_lora", 0.7}, {"peft", -0.4}, {"diffusers_lora", 1.1}});
  uses[0].textWeight = 0.3;
  uses[0].blocks.mid = 0.5;
  const WorkshopResult result = mergeAdapters(into(folder / "all.safetensors", uses));
  EXPECT_GE(result.modules, 210);
  EXPECT_TRUE(result.notes.empty());
  AdapterUse merged;
  merged.file = folder / "all.safetensors";
  const std::vector<float> plain = latentsOf(kTiny, {}), live = latentsOf(kTiny, uses);
  EXPECT_GT(farthest(plain, live), 0.05);
  EXPECT_LT(farthest(latentsOf(kTiny, {merged}), live), 2e-4);
}

TEST(MergeAdapters, MixesKindsAsWholeDifferencesWithBiasesAndNorms) {
  TemporaryFolder folder;
  const std::vector<AdapterUse> uses =
      rows({{"kohya_locon", 0.8}, {"loha", 0.5}, {"norms", 1}, {"full_diff", 0.5}, {"lycoris_dora_out", 0.6}});
  const WorkshopResult result = mergeAdapters(into(folder / "all.safetensors", uses));
  ASSERT_EQ(result.notes.size(), 1u);
  EXPECT_NE(result.notes[0].find("whole differences"), std::string::npos);
  AdapterUse merged;
  merged.file = folder / "all.safetensors";
  EXPECT_LT(farthest(latentsOf(kTiny, {merged}), latentsOf(kTiny, uses)), 2e-4);
}

TEST(MergeAdapters, AtARankTellsTheErrorOfEveryModule) {
  TemporaryFolder folder;
  MergeAdaptersRequest request = into(folder / "small.safetensors", rows({{"kohya_lora", 1}, {"loha", 1}}));
  request.rank.rank = 3;
  const WorkshopResult result = mergeAdapters(request);
  EXPECT_EQ(static_cast<int>(result.fits.size()), result.modules);
  EXPECT_GT(result.relativeError, 0.01);
  EXPECT_LT(result.relativeError, 1);
  for (const ModuleFit& fit : result.fits) EXPECT_LE(fit.rank, 3) << fit.module;
  request.output = folder / "whole.safetensors";
  request.rank = {.rank = 0, .energy = 1, .ratio = 0};
  EXPECT_LT(mergeAdapters(request).relativeError, 1e-5);
  AdapterUse whole;
  whole.file = folder / "whole.safetensors";
  EXPECT_LT(farthest(latentsOf(kTiny, {whole}), latentsOf(kTiny, request.adapters)), 2e-4);
}

TEST(MergeAdapters, KeepsTheRecipe) {
  TemporaryFolder folder;
  std::vector<AdapterUse> uses = rows({{"kohya_lora", 0.7}, {"kohya_locon", 1}});
  mergeAdapters(into(folder / "all.safetensors", uses));
  const auto metadata = readSafetensors(folder / "all.safetensors").metadata;
  const nlohmann::json recipe = testing::parseGoldenJson(metadata.at("lorikeet.recipe"));
  EXPECT_EQ(recipe.at("operation"), "merge");
  EXPECT_EQ(recipe.at("adapters").size(), 2u);
  EXPECT_EQ(recipe.at("adapters")[0].at("weight"), 0.7);
  EXPECT_EQ(recipe.at("adapters")[0].at("sha256").get<std::string>().size(), 64u);
  EXPECT_EQ(metadata.at("ss_base_model_version"), "sd_v1");
}

TEST(MergeAdapters, ResizesToOneRankAndBack) {
  TemporaryFolder folder;
  ResizeAdapterRequest request;
  request.input.file = adapterOf("loha");
  request.output = folder / "small.safetensors";
  request.model = kTiny;
  EXPECT_THROW(resizeAdapter(request), Error) << "no rank";
  request.rank.energy = 0.9;
  request.type = WeightType::F32;
  const WorkshopResult result = resizeAdapter(request);
  EXPECT_LE(result.relativeError, std::sqrt(1 - 0.9) + 1e-3);
  EXPECT_GT(result.relativeError, 0);
  request.input.file = folder / "small.safetensors";
  request.output = folder / "again.safetensors";
  request.rank.energy = 1;
  EXPECT_LT(resizeAdapter(request).relativeError, 1e-5) << "nothing more to lose";
}

TEST(MergeAdapters, RefusesBadRequestsAndStops) {
  TemporaryFolder folder;
  const fs::path out = folder / "x.safetensors";
  EXPECT_THROW(mergeAdapters(into(out, {})), Error);
  EXPECT_THROW(mergeAdapters(into(out, rows({{"kohya_lora", 0}}))), Error);
  EXPECT_THROW(mergeAdapters(into(out, rows({{"kohya_lora", 11}}))), Error);
  EXPECT_THROW(mergeAdapters(into(adapterOf("kohya_lora"), rows({{"kohya_lora", 1}}))), Error);
  MergeAdaptersRequest request = into(out, rows({{"kohya_lora", 1}}));
  request.rank.energy = 1.5;
  EXPECT_THROW(mergeAdapters(request), Error);
  std::stop_source stop;
  stop.request_stop();
  WorkshopControl control;
  control.stop = stop.get_token();
  EXPECT_EQ(mergeAdapters(into(out, rows({{"kohya_lora", 1}})), control).status, Status::Stopped);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

MergeIntoModelRequest intoModel(const fs::path& model, const fs::path& output, std::vector<AdapterUse> uses) {
  MergeIntoModelRequest request;
  request.model = model;
  request.output = output;
  request.adapters = std::move(uses);
  return request;
}

TEST(MergeIntoModel, OfF32GivesThePicturesOfTheLiveStack) {
  TemporaryFolder folder;
  const std::vector<AdapterUse> uses =
      rows({{"kohya_lora", 0.8}, {"kohya_locon", 0.6}, {"lokr_tucker", 0.7}, {"norms", 0.5}});
  MergeIntoModelRequest request = intoModel(kTiny, folder / "merged", uses);
  request.type = WeightType::F32;
  const WorkshopResult result = mergeIntoModel(request);
  EXPECT_GE(result.modules, 210);
  EXPECT_GT(result.parameters, 100'000);
  const std::vector<float> live = latentsOf(kTiny, uses);
  EXPECT_LT(farthest(latentsOf(folder / "merged", {}), live), 2e-4);
  EXPECT_GT(farthest(latentsOf(kTiny, {}), live), 0.05);
  EXPECT_TRUE(fs::exists(folder / "merged/tokenizer/vocab.json"));
  EXPECT_TRUE(fs::exists(folder / "merged/scheduler/scheduler_config.json"));
}

TEST(MergeIntoModel, KeepsNamesAndTypesAndWhatIsNotTouched) {
  TemporaryFolder folder;
  std::vector<AdapterUse> uses = rows({{"kohya_lora", 0.8}});
  uses[0].textWeight = 0;
  mergeIntoModel(intoModel(kTiny, folder / "merged", uses));
  const auto before = readSafetensors(kTiny / "unet/diffusion_pytorch_model.safetensors").tensors;
  const auto after = readSafetensors(folder / "merged/unet/diffusion_pytorch_model.safetensors").tensors;
  ASSERT_EQ(after.size(), before.size());
  int changed = 0;
  for (const auto& [name, tensor] : before) {
    EXPECT_EQ(after.at(name).dtype, tensor.dtype) << name;
    EXPECT_EQ(after.at(name).shape, tensor.shape) << name;
    changed += std::ranges::equal(after.at(name).bytes, tensor.bytes) ? 0 : 1;
  }
  EXPECT_EQ(changed, 192) << "the linear layers of 16 transformers, norms and biases untouched";
  const auto text = readSafetensors(kTiny / "text_encoder/model.safetensors").tensors;
  for (const auto& [name, tensor] : readSafetensors(folder / "merged/text_encoder/model.safetensors").tensors)
    EXPECT_TRUE(std::ranges::equal(text.at(name).bytes, tensor.bytes)) << name;
}

TEST(MergeIntoModel, RefusesBadRequestsAndLeavesNothingBehind) {
  TemporaryFolder folder;
  const auto uses = rows({{"kohya_lora", 1}});
  EXPECT_THROW(mergeIntoModel(intoModel(kTiny, kTiny / "inside", uses)), Error);
  folder.write("there/file", "x");
  EXPECT_THROW(mergeIntoModel(intoModel(kTiny, folder / "there", uses)), Error);
  EXPECT_THROW(mergeIntoModel(intoModel(folder / "none", folder / "out", uses)), Error);
  EXPECT_THROW(mergeIntoModel(intoModel(kTiny, folder / "out", {})), Error);
  std::stop_source stop;
  WorkshopControl control;
  control.stop = stop.get_token();
  control.progress = [&](const WorkshopProgress& progress) {
    if (progress.done > 20) stop.request_stop();
  };
  EXPECT_EQ(mergeIntoModel(intoModel(kTiny, folder / "out", uses), control).status, Status::Stopped);
  fs::remove_all(folder / "there");
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(MergeIntoModel, GoesOnWithWhatAStoppedRunHasWritten) {
  TemporaryFolder folder;
  const auto uses = rows({{"kohya_lora", 0.8}});
  mergeIntoModel(intoModel(kTiny, folder / "whole", uses));
  const MergeIntoModelRequest request = intoModel(kTiny, folder / "parts", uses);
  for (const int last : {150, 700}) {
    std::stop_source stop;
    WorkshopControl control;
    control.keepsPartial = true;
    control.stop = stop.get_token();
    control.progress = [&](const WorkshopProgress& progress) {
      if (progress.done == last) stop.request_stop();
    };
    const WorkshopResult stopped = mergeIntoModel(request, control);
    EXPECT_EQ(stopped.status, Status::Stopped);
    EXPECT_EQ(stopped.partial, folder / "parts.partial");
    EXPECT_FALSE(fs::exists(request.output));
  }
  WorkshopControl control;
  control.keepsPartial = true;
  mergeIntoModel(request, control);
  for (const char* file : {"unet/diffusion_pytorch_model.safetensors", "vae/diffusion_pytorch_model.safetensors",
                           "text_encoder/model.safetensors", "model_index.json"})
    EXPECT_EQ(readFile(folder / "parts" / file), readFile(folder / "whole" / file)) << file;
  int entries = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder.path())) ++entries;
  EXPECT_EQ(entries, 2) << "nothing unfinished is left";
  control.memoryLimit = 40'000'000;
  EXPECT_THROW(mergeIntoModel(intoModel(kTiny, folder / "refused", uses), control), Error);
  EXPECT_GT(estimateWorkshop(intoModel(kTiny, folder / "refused", uses)).memoryBytes, 60'000'000);
}

TEST(MergeAdapters, AndResizingAndConvertingAreRefusedWhereTheyCannotFit) {
  TemporaryFolder folder;
  WorkshopControl control;
  control.memoryLimit = 40'000'000;
  MergeAdaptersRequest merging;
  merging.adapters = rows({{"kohya_lora", 1}, {"kohya_locon", 1}});
  merging.model = kTiny;
  merging.output = folder / "out.safetensors";
  ResizeAdapterRequest resizing;
  resizing.input.file = merging.adapters[0].file;
  resizing.model = kTiny;
  resizing.output = merging.output;
  resizing.rank.rank = 2;
  const ConvertAdapterRequest converting{{resizing.input}, merging.output, AdapterForm::Diffusers, kTiny, false};
  const auto refused = [&](auto operation) {
    try {
      operation();
    } catch (const Error& error) {
      return error.kind() == ErrorKind::OutOfMemory;
    }
    return false;
  };
  EXPECT_TRUE(refused([&] { mergeAdapters(merging, control); }));
  EXPECT_TRUE(refused([&] { resizeAdapter(resizing, control); }));
  EXPECT_TRUE(refused([&] { convertAdapter(converting, control); }));
  EXPECT_TRUE(refused([&] { estimateWorkshop(merging, control); }));
  EXPECT_TRUE(fs::is_empty(folder.path()));
  EXPECT_EQ(estimateWorkshop(resizing).modules, 210);
  EXPECT_EQ(estimateWorkshop(converting).modules, 210);
  EXPECT_GE(estimateWorkshop(merging).memoryBytes, estimateWorkshop(resizing).memoryBytes);
}

TEST(MergeIntoModel, WorksOnSingleFilesOfTheOriginalLayout) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  TemporaryFolder folder;
  const std::vector<AdapterUse> uses = rows({{"kohya_lora", 0.8}, {"kohya_locon", 0.6}});
  for (const char* name : {"tiny-sd1.safetensors", "tiny-sd1.ckpt"}) {
    const fs::path model = sharedPath(std::string("golden/") + name);
    MergeIntoModelRequest request = intoModel(model, folder / "merged.safetensors", uses);
    request.type = WeightType::F32;
    mergeIntoModel(request);
    EXPECT_LT(farthest(latentsOf(folder / "merged.safetensors", {}), latentsOf(model, uses)), 2e-4) << name;
    const auto merged = readSafetensors(folder / "merged.safetensors").tensors;
    EXPECT_TRUE(merged.contains("model.diffusion_model.out.2.weight"));
    EXPECT_EQ(merged.at("cond_stage_model.transformer.text_model.embeddings.position_ids").dtype, DType::I64);
  }
}

}  // namespace
}  // namespace lorikeet::testing
