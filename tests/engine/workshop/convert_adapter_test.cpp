#include <gtest/gtest.h>
#include <lorikeet/error.h>
#include <lorikeet/workshop.h>

#include <algorithm>

#include "engine/workshop/same_contents.h"
#include "io/json_file.h"
#include "io/onnx_tensors.h"
#include "io/safetensors.h"
#include "io/tensor_values.h"
#include "nlohmann/json.hpp"
#include "support/golden.h"

namespace lorikeet::testing {
namespace {

namespace fs = std::filesystem;

constexpr AdapterForm kAllForms[] = {AdapterForm::Kohya, AdapterForm::Diffusers, AdapterForm::DiffusersOld,
                                     AdapterForm::Peft,  AdapterForm::Ldm,       AdapterForm::Onnx};

std::string nameFor(AdapterForm form) {
  if (form == AdapterForm::Peft) return "peft";
  const auto names = adapterFormNames();
  const auto row = std::find_if(names.begin(), names.end(), [&](const auto& one) { return one.value == form; });
  return std::string(row->name) + (form == AdapterForm::Onnx ? ".lora" : ".safetensors");
}

fs::path caseFile(const std::string& name) {
  const fs::path folder = goldenPath("lora/" + name);
  return fs::exists(folder / "adapter.safetensors") ? folder / "adapter.safetensors" : folder;
}

WorkshopResult converted(const fs::path& from, const fs::path& to, AdapterForm form,
                         const fs::path& model = goldenPath("tiny-sd1")) {
  ConvertAdapterRequest request;
  request.input.file = from;
  request.output = to;
  request.form = form;
  request.model = model;
  return convertAdapter(request);
}

AdapterComparison compared(const fs::path& first, const fs::path& second,
                           const fs::path& model = goldenPath("tiny-sd1"), double tolerance = 1e-6) {
  CompareAdaptersRequest request;
  request.first.file = first;
  request.second.file = second;
  request.model = model;
  request.tolerance = tolerance;
  return compareAdapters(request);
}

class ConvertLora : public ::testing::TestWithParam<std::string> {};

TEST_P(ConvertLora, KeepsTheEffectInEveryFormAndOnTheWayBack) {
  TemporaryFolder folder;
  const fs::path source = caseFile(GetParam());
  const bool isDora = GetParam().find("dora") != std::string::npos;
  for (const AdapterForm form : kAllForms) {
    const fs::path there = folder / nameFor(form), back = folder / ("back-" + nameFor(form) + ".safetensors");
    if (isDora && form == AdapterForm::DiffusersOld) {
      EXPECT_THROW(converted(source, there, form), Error);
      EXPECT_FALSE(fs::exists(there));
      continue;
    }
    const WorkshopResult result = converted(source, there, form);
    EXPECT_GT(result.modules, 0);
    const AdapterComparison comparison = compared(source, there);
    EXPECT_TRUE(comparison.equal) << nameFor(form) << ": " << comparison.worstModule << " by "
                                  << comparison.largestDifference;
    EXPECT_EQ(comparison.modules, result.modules);
    EXPECT_TRUE(comparison.onlyInFirst.empty() && comparison.onlyInSecond.empty());
    converted(there, back, AdapterForm::Kohya);
    EXPECT_TRUE(compared(source, back).equal) << nameFor(form);
  }
}

INSTANTIATE_TEST_SUITE_P(All, ConvertLora,
                         ::testing::Values("kohya_lora", "kohya_locon", "kohya_locon_tucker", "kohya_lora_no_alpha",
                                           "kohya_lora_sgm_names", "diffusers_lora", "attn_procs", "peft",
                                           "peft_rslora", "peft_patterns", "peft_dora", "lycoris_dora_out"),
                         [](const auto& test) { return test.param; });

TEST(ConvertAdapter, GivesTheSameBytesBackFromFormsThatHoldScales) {
  TemporaryFolder folder;
  for (const char* name : {"kohya_lora", "kohya_locon"})
    for (const AdapterForm form : {AdapterForm::Diffusers, AdapterForm::Peft, AdapterForm::Ldm, AdapterForm::Onnx}) {
      const fs::path there = folder / (std::string(name) + nameFor(form)), back = folder / "back.safetensors";
      converted(caseFile(name), there, form);
      converted(there, back, AdapterForm::Kohya);
      SCOPED_TRACE(nameFor(form));
      expectSameContents(back, caseFile(name));
    }
}

class ConvertLycoris : public ::testing::TestWithParam<std::string> {};

TEST_P(ConvertLycoris, GoesThroughTheOriginalBlockNamesUnchanged) {
  TemporaryFolder folder;
  converted(caseFile(GetParam()), folder / "ldm.safetensors", AdapterForm::Ldm);
  const auto names = readSafetensors(folder / "ldm.safetensors").tensors;
  EXPECT_TRUE(std::ranges::any_of(names, [](const auto& e) { return e.first.find("_blocks_") != std::string::npos; }));
  EXPECT_FALSE(
      std::ranges::any_of(names, [](const auto& e) { return e.first.find("attentions") != std::string::npos; }));
  converted(folder / "ldm.safetensors", folder / "back.safetensors", AdapterForm::Kohya);
  expectSameContents(folder / "back.safetensors", caseFile(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(All, ConvertLycoris,
                         ::testing::Values("loha", "loha_tucker", "lokr_both_factored", "lokr_both_full", "lokr_tucker",
                                           "glora", "ia3", "oft", "boft", "full_diff", "norms", "lycoris_dora_in"),
                         [](const auto& test) { return test.param; });

std::string refusal(const std::string& name, AdapterForm form) {
  TemporaryFolder folder;
  try {
    converted(caseFile(name), folder / nameFor(form), form);
  } catch (const Error& error) {
    EXPECT_TRUE(fs::is_empty(folder.path())) << "nothing half done stays";
    return error.what();
  }
  ADD_FAILURE() << name << " was taken";
  return {};
}

TEST(ConvertAdapter, RefusesWhatAFormCannotHoldByName) {
  EXPECT_NE(refusal("loha", AdapterForm::Diffusers).find("of the kind LoHa"), std::string::npos);
  EXPECT_NE(refusal("loha", AdapterForm::Onnx).find("lora_te_text_model"), std::string::npos) << "names the module";
  EXPECT_NE(refusal("norms", AdapterForm::Peft).find("cannot hold"), std::string::npos);
  EXPECT_NE(refusal("lycoris_dora_in", AdapterForm::Peft).find("belong to the inputs"), std::string::npos);
}

TEST(ConvertAdapter, WritesPeftsConfiguration) {
  TemporaryFolder folder;
  converted(caseFile("peft_patterns"), folder / "kohya.safetensors", AdapterForm::Kohya);
  converted(folder / "kohya.safetensors", folder / "peft", AdapterForm::Peft);
  const auto config = readJsonObject(folder / "peft/unet/adapter_config.json");
  EXPECT_EQ(config->at("peft_type"), "LORA");
  EXPECT_FALSE(config->at("alpha_pattern").empty());
  EXPECT_GT(config->at("target_modules").size(), 3u);
  EXPECT_EQ(config->at("use_dora"), false);
  EXPECT_TRUE(fs::exists(folder / "peft/text_encoder/adapter_model.safetensors"));
}

TEST(ConvertAdapter, KeepsMetadata) {
  TemporaryFolder folder;
  converted(caseFile("kohya_lora"), folder / "a.lora", AdapterForm::Onnx);
  EXPECT_EQ(readOnnxTensors(folder / "a.lora").metadata.at("ss_base_model_version"), "sd_v1");
  converted(folder / "a.lora", folder / "b.safetensors", AdapterForm::Diffusers);
  converted(folder / "b.safetensors", folder / "c.safetensors", AdapterForm::Kohya);
  const auto metadata = readSafetensors(folder / "c.safetensors").metadata;
  EXPECT_EQ(metadata.at("ss_network_dim"), "4");
  EXPECT_FALSE(metadata.contains("lora_adapter_metadata")) << "it described the other file";
}

TEST(ConvertAdapter, NotesScalesThatWereMultipliedIn) {
  TemporaryFolder folder;
  const WorkshopResult result =
      converted(caseFile("kohya_lora"), folder / "old.safetensors", AdapterForm::DiffusersOld);
  ASSERT_EQ(result.notes.size(), 1u);
  EXPECT_NE(result.notes[0].find("scale of 210 modules"), std::string::npos) << result.notes[0];
}

TEST(ConvertAdapter, RefusesBadRequests) {
  TemporaryFolder folder;
  fs::copy_file(caseFile("kohya_lora"), folder / "in.safetensors");
  const fs::path in = folder / "in.safetensors";
  EXPECT_THROW(converted(in, in, AdapterForm::Kohya), Error);
  EXPECT_THROW(converted(in, folder / "x.bin", AdapterForm::Kohya), Error);
  EXPECT_THROW(converted(in, folder / "x.safetensors", AdapterForm::Onnx), Error);
  folder.write("there/file.txt", "somebody's");
  EXPECT_THROW(converted(in, folder / "there", AdapterForm::Peft), Error);
  EXPECT_THROW(converted(in, folder / "none/x.safetensors", AdapterForm::Kohya), Error);
  EXPECT_THROW(converted(in, folder / "x.safetensors", AdapterForm::Kohya, {}), Error)
      << "fits neither published family";
  EXPECT_THROW(converted(folder / "none", folder / "x.safetensors", AdapterForm::Kohya), Error);
  EXPECT_EQ(readFile(folder / "there/file.txt"), "somebody's");
  EXPECT_THROW(adapterFormFromName("koya"), Error);
  EXPECT_EQ(adapterFormFromName("Diffusers_Old"), AdapterForm::DiffusersOld);
}

TEST(ConvertAdapter, TensorsThatMatchNothingAreAnErrorUnlessLeftOut) {
  TemporaryFolder folder;
  auto tensors = readSafetensors(caseFile("kohya_lora")).tensors;
  tensors.emplace("lora_unet_no_such_layer.lora_down.weight", rawFromFloats({2}, std::vector<float>{1, 2}));
  writeSafetensors(folder / "odd.safetensors", tensors);
  ConvertAdapterRequest request;
  request.input.file = folder / "odd.safetensors";
  request.output = folder / "out.safetensors";
  request.model = goldenPath("tiny-sd1");
  try {
    convertAdapter(request);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("lora_unet_no_such_layer"), std::string::npos) << error.what();
  }
  request.partial = true;
  EXPECT_EQ(convertAdapter(request).modules, 210);
}

TEST(ConvertAdapter, RealFilesGoRoundWithoutAModel) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  TemporaryFolder folder;
  for (const char* name : {"diffusers_2100-lora.safetensors", "diffusers_attnprocs_old.bin", "peft_sd15_te",
                           "cloneofsimo_lora_disney.safetensors", "diffusers_sd2_bf16.safetensors"}) {
    const fs::path source = sharedPath("testdata/lora/") / name;
    for (const AdapterForm form : kAllForms) {
      const fs::path there = folder / (std::string(name) + nameFor(form));
      converted(source, there, form, {});
      EXPECT_TRUE(compared(source, there, {}).equal) << there;
    }
    converted(folder / (std::string(name) + "peft"), folder / "back.safetensors", AdapterForm::Diffusers, {});
    EXPECT_TRUE(compared(source, folder / "back.safetensors", {}, 0).equal) << name;
  }
}

TEST(ConvertAdapter, RealFilesComeBackByteForByte) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  TemporaryFolder folder;
  const fs::path lokr = sharedPath("testdata/lora/kohya_lycoris_lokr_4.safetensors");
  converted(lokr, folder / "ldm.safetensors", AdapterForm::Ldm, {});
  converted(folder / "ldm.safetensors", folder / "lokr.safetensors", AdapterForm::Kohya, {});
  expectSameContents(folder / "lokr.safetensors", lokr);
  const fs::path old = sharedPath("testdata/lora/diffusers_2100-lora.safetensors");
  for (const AdapterForm form : kAllForms) {
    converted(old, folder / nameFor(form), form, {});
    converted(folder / nameFor(form), folder / "old.safetensors", AdapterForm::DiffusersOld, {});
    SCOPED_TRACE(nameFor(form));
    expectSameContents(folder / "old.safetensors", old);
    fs::remove_all(folder / nameFor(form));
  }
}

}  // namespace
}  // namespace lorikeet::testing
