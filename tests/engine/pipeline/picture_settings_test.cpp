#include "lorikeet/picture_settings.h"

#include <gtest/gtest.h>
#include <lorikeet/picture_io.h>

#include <filesystem>

#include "support/golden.h"

namespace lorikeet {
namespace {

struct Expected {
  const char* file;
  const char* program;
  const char* prompt;    ///< its beginning
  const char* negative;  ///< its beginning
  uint64_t seed;
  int steps;
  double guidance;
  int width;  ///< 0: the file does not say
  int height;
  const char* sampler;
  const char* model;
};

void PrintTo(const Expected& expected, std::ostream* out) { *out << expected.file; }

class SettingsOfOtherProgramsTest : public ::testing::TestWithParam<Expected> {};

TEST_P(SettingsOfOtherProgramsTest, AreRead) {
  const Expected& expected = GetParam();
  const auto file = std::filesystem::path(LORIKEET_SHARED_DATA) / "testdata/infotext" / expected.file;
  if (!exists(file)) GTEST_SKIP() << file << " is not here";
  const auto settings = readPictureSettings(file);
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(settings->program, expected.program);
  EXPECT_EQ(settings->prompt.substr(0, std::string(expected.prompt).size()), expected.prompt);
  EXPECT_EQ(settings->negativePrompt.substr(0, std::string(expected.negative).size()), expected.negative);
  EXPECT_EQ(settings->negativePrompt.empty(), std::string(expected.negative).empty());
  EXPECT_EQ(settings->seed, expected.seed);
  EXPECT_EQ(settings->steps, expected.steps);
  EXPECT_EQ(settings->guidanceScale, expected.guidance);
  EXPECT_EQ(settings->width.value_or(0), expected.width);
  EXPECT_EQ(settings->height.value_or(0), expected.height);
  EXPECT_EQ(settings->sampler, expected.sampler);
  EXPECT_EQ(settings->model, expected.model);
}

// clang-format off
const Expected kFiles[] = {
    {"a1111_1.10.1_best-1.png", "AUTOMATIC1111", "<lora:1950-lora:1>A guitar made of ice cream", "Black background. colored background.", 2416316665, 20, 7, 512, 512, "DPM++ 2M", "v1-5-pruned-emaonly"},
    {"a1111_1.10.1_best-2.png", "AUTOMATIC1111", "<lora:1950-lora:1>A guitar made of ice cream", "Black background. colored background. many guitar", 245259664, 20, 7, 512, 512, "DPM++ 2M", "v1-5-pruned-emaonly"},
    {"a1111_1.10.1_no-lora.png", "AUTOMATIC1111", "A guitar made of ice cream", "Black background. colored background.", 3428582650, 20, 7, 512, 512, "DPM++ 2M", "v1-5-pruned-emaonly"},
    {"a1111_card-no-preview.png", "AUTOMATIC1111", "dreamlike neural network logo that says NO PREVIEW", "3d", 2448144561, 20, 12, 512, 768, "Euler a", "dreamlike-photoreal-2.0"},
    {"sd-parsers/parsers/AUTOMATIC1111/automatic1111_cropped.png", "AUTOMATIC1111", "photo of a duck", "monochrome", 235284042, 15, 5, 512, 400, "UniPC", "realistic_realisticVisionV20_v20"},
    {"sd-parsers/parsers/AUTOMATIC1111/automatic1111_cropped.jpg", "AUTOMATIC1111", "photo of a duck", "monochrome", 235284042, 15, 5, 512, 400, "UniPC", "realistic_realisticVisionV20_v20"},
    {"sd-parsers/parsers/AUTOMATIC1111/automatic1111_stealth.png", "AUTOMATIC1111", "a circle", "a square", 2015833630, 20, 7, 64, 64, "Euler", "realisticVisionV51_v51VAE"},
    {"sdcpp_flux1-dev-q8_0_with_lora.png", "stable-diffusion.cpp", "a lovely cat holding a sign says 'flux.cpp'<lora:realism_lora_comfy_converted:1>", "", 42, 20, 1, 512, 512, "euler", ""},
    {"sdcpp_without_lcm.png", "stable-diffusion.cpp", "a lovely cat", "", 42, 4, 7, 512, 512, "euler_a", "v1-5-pruned-emaonly-ggml-model-f16.bin"},
    {"unpaint_showcase.png", "Unpaint", "a samurai drawing his sword to defend his land", "blurry, render", 2647861309, 15, 7, 768, 768, "", "axodoxian/realistic_vision_onnx"},
    {"sd-parsers/parsers/NovelAI/novelai1_cropped.png", "NovelAI", "masterpiece, best quality,  cat, space, icon", "lowres, bad anatomy", 2253955223, 50, 10, 0, 0, "k_euler_ancestral", "Stable Diffusion 1D44365E"},
    {"sd-parsers/parsers/Fooocus/fooocus1_cropped.png", "Fooocus", "a smiling goldfish", "", 6952411511246973023u, 30, 4, 768, 1280, "dpmpp_2m_sde_gpu", "juggernautXL_v8Rundiffusion"},
    {"sd-parsers/parsers/InvokeAI/invokeai_dream1.png", "InvokeAI", "professional full body photo of young woman", "rendering, glowing eyes, skinny", 2980747362, 50, 5, 512, 768, "k_lms", ""},
    {"sd-parsers/parsers/InvokeAI/invokeai_sdmeta1.png", "InvokeAI", "professional full body photo of young woman", "rendering, glowing eyes, skinny", 2980747362, 50, 5, 512, 768, "k_lms", "deliberateForInvoke_v08"},
    {"sd-parsers/parsers/InvokeAI/invokeai_imeta1.png", "InvokeAI", "digital artwork, oil painting. painterly brushstrokes, holidays,", "grainy+, photo", 3293022630, 35, 8, 1024, 1024, "euler", "juggernautXL"},
    {"sd-parsers/parsers/ComfyUI/img2img_cropped.png", "ComfyUI", "photograph of victorian woman with wings, sky clouds, meadow grass", "watermark, text", 280823642470253, 20, 8, 0, 0, "sample_dpmpp_2m", "v1-5-pruned-emaonly.ckpt"},
    {"sd-parsers/parsers/ComfyUI/unclip_2pass_cropped.png", "ComfyUI", "(waifu, anime, exceptional", "lowres, (bad anatomy)", 1106257833005336, 26, 8, 1280, 704, "uni_pc_bh2", "wd-1-5-beta2-aesthetic-unclip-h-fp32.safetensors"},
    {"sd-parsers/parsers/ComfyUI/night_evening_day_morning_cropped.png", "ComfyUI", "(best quality) (night:1.3) (darkness)", "(hands), text, error", 335608130539327, 13, 8.5, 704, 1280, "dpmpp_sde", "Anything-V3.0.ckpt"},
    {"sd-parsers/parsers/ComfyUI/noisy_latents_3_subjects_cropped.png", "ComfyUI", "sky clouds nature national park", "(hands), text, error", 512136241112371, 16, 7, 1280, 704, "sample_dpmpp_sde", "Anything-V3.0.ckpt"},
    {"comfyui/controlnet_example.png", "ComfyUI", "(solo) girl (flat chest:0.9)", "(hands), text", 1002496614778823, 16, 6, 512, 512, "uni_pc", "Anything-V3.0.ckpt"},
    {"comfyui/embedding_example.png", "ComfyUI", "photograph in the style of embedding:SDA768.pt", "bad hands", 193694018275622, 20, 8, 768, 768, "uni_pc_bh2", "v2-1_768-ema-pruned.ckpt"},
    {"comfyui/esrgan_example.png", "ComfyUI", "masterpiece best quality girl standing", "bad hands", 833543590226030, 20, 8, 512, 512, "euler", "v1-5-pruned-emaonly.ckpt"},
    {"comfyui/hiresfix_latent_workflow.png", "ComfyUI", "masterpiece HDR victorian portrait", "bad hands, text, watermark", 89848141647836, 12, 8, 768, 768, "dpmpp_sde", "v2-1_768-ema-pruned.ckpt"},
    {"comfyui/hypernetwork_example_output.png", "ComfyUI", "woman (fennec ears fox ears:1.1), marble statue, museum", "text, watermark", 572636856966402, 20, 8, 512, 512, "uni_pc_bh2", "v1-5-pruned-emaonly.ckpt"},
    {"comfyui/img2img_workflow.png", "ComfyUI", "photograph of victorian woman with wings", "watermark, text", 280823642470253, 20, 8, 0, 0, "dpmpp_2m", "v1-5-pruned-emaonly.ckpt"},
    {"comfyui/inpain_model_cat.png", "ComfyUI", "closeup photograph of maine coon (cat:1.2)", "watermark, text", 1040111309094545, 20, 8, 0, 0, "uni_pc_bh2", "512-inpainting-ema.safetensors"},
    {"comfyui/inpain_model_outpainting.png", "ComfyUI", "outdoors in the yosemite national park", "watermark, text", 152545289528694, 20, 8, 0, 0, "uni_pc_bh2", "512-inpainting-ema.safetensors"},
    {"comfyui/lcm_basic_example.png", "ComfyUI", "evening sunset scenery blue sky nature", "text, watermark", 167055194337639, 5, 1.8, 1024, 1024, "lcm", "sd_xl_1.0.safetensors"},
    {"comfyui/lora.png", "ComfyUI", "masterpiece best quality girl", "bad hands", 851616030078638, 20, 8, 512, 512, "euler", "v1-5-pruned-emaonly.ckpt"},
    {"comfyui/lora_multiple.png", "ComfyUI", "masterpiece best quality girl", "bad hands", 513173432917412, 20, 8, 512, 512, "euler", "v1-5-pruned-emaonly.ckpt"},
    {"comfyui/mixing_controlnets.png", "ComfyUI", "(solo) girl photograph realistic", "(hands), text", 894480165483805, 12, 6, 768, 768, "dpmpp_sde", "AOM3A1.safetensors"},
    {"comfyui/sdxl_simple_example.png", "ComfyUI", "evening sunset scenery blue sky nature", "text, watermark", 721897303308196, 25, 8, 1024, 1024, "euler", "sd_xl_base_1.0.safetensors"},
};
// clang-format on
INSTANTIATE_TEST_SUITE_P(Files, SettingsOfOtherProgramsTest, ::testing::ValuesIn(kFiles));

TEST(PictureSettingsTest, PicturesWithoutSettings) {
  const auto folder = std::filesystem::path(LORIKEET_SHARED_DATA) / "testdata/infotext/sd-parsers/bad_images";
  if (!exists(folder)) GTEST_SKIP() << folder << " is not here";
  EXPECT_FALSE(readPictureSettings(folder / "empty_image.png"));
  EXPECT_FALSE(readPictureSettings(folder / "empty_image.jpg"));
  const auto behind = readPictureSettings(folder / "text_after_idat.png");
  ASSERT_TRUE(behind.has_value());
  EXPECT_EQ(behind->prompt, "photo of a duck");
}

GenerateRequest unusualRequest() {
  GenerateRequest request;
  request.prompt = " blanks around \nNegative prompt: not this, \"quoted\"\n日本語";
  request.negativePrompt = "two\nlines";
  request.seed = 18446744073709551615u;
  request.steps = 7;
  request.width = 512;
  request.height = 768;
  request.guidanceScale = 0.1;
  request.sampler = Sampler::Ddim;
  request.schedule = Schedule::Default;
  request.spacing = Spacing::Trailing;
  request.eta = 0.3;
  request.clipSkip = 2;
  request.noiseSource = NoiseSource::Numpy;
  request.variation = {18446744073709551615U, 0.35};
  request.sampling = {0.8, {2.5, 0.05, 12, 1.003}, 5, SdeNoise::Brownian, 31337};
  return request;
}

TEST(PictureSettingsTest, OurOwnTextGivesTheSameRequestAgain) {
  GenerateRequest plain;
  plain.prompt = "a fox, in the snow";
  plain.width = plain.height = 512;
  for (const NoiseSource source : {NoiseSource::Torch, NoiseSource::Philox, NoiseSource::Numpy}) {
    for (const Schedule schedule : {Schedule::Default, Schedule::Uniform, Schedule::Karras}) {
      for (GenerateRequest request : {plain, unusualRequest()}) {
        request.noiseSource = source;
        request.schedule = schedule;
        const std::string text =
            toInfotext(request, 0, {request.width, request.height, "model, with: comma", "", {}, {}});
        const auto settings = parseInfotext(text);
        ASSERT_TRUE(settings.has_value()) << text;
        EXPECT_EQ(settings->program, "Lorikeet");
        EXPECT_EQ(settings->model, "model, with: comma");
        const SettingsRequest again = toRequest(*settings);
        EXPECT_EQ(again.request, request) << text;
        EXPECT_TRUE(again.notes.empty());
      }
    }
  }
}

TEST(PictureSettingsTest, SamplersAreNamedOrNoted) {
  const auto settings = parseInfotext("fox\nSteps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 1, Size: 512x512");
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(toRequest(*settings).request.sampler, Sampler::DpmPp2M);
  EXPECT_EQ(toRequest(*settings).request.schedule, Schedule::Karras);
  EXPECT_EQ(toRequest(*settings).request.noiseSource, NoiseSource::Philox);
  const auto unknown = parseInfotext("fox\nSteps: 20, Sampler: Wobble, Seed: 1");
  ASSERT_TRUE(unknown.has_value());
  ASSERT_EQ(toRequest(*unknown).notes.size(), 1u);
  EXPECT_NE(toRequest(*unknown).notes.front().find("Wobble"), std::string::npos);
}

TEST(PictureSettingsTest, OddInfotexts) {
  EXPECT_FALSE(parseInfotext(""));
  EXPECT_FALSE(parseInfotext("only a prompt, with: a colon"));
  EXPECT_FALSE(parseInfotext("Steps: 20, Seed: 1"));
  const auto settings =
      parseInfotext("Steps: many, Seed: -1, Size: 512, Model: \"never closed, CFG scale: nan, : , ,,");
  ASSERT_TRUE(settings.has_value());
  EXPECT_TRUE(settings->prompt.empty());
  EXPECT_FALSE(settings->steps || settings->seed || settings->width || settings->guidanceScale);
  EXPECT_EQ(settings->model, "\"never closed");
  EXPECT_FALSE(parseInfotext(std::string(10 << 20, '(')));
  EXPECT_TRUE(parseInfotext(std::string(10 << 20, 'x') + "\nSteps: 1, Seed: 2, Sampler: Euler"));
}

std::optional<PictureSettings> readPngTexts(const ImageText& texts) {
  const testing::TemporaryFolder folder;
  savePng(folder / "picture.png", Image::create(8, 8), texts);
  return readPictureSettings(folder / "picture.png");
}

/// Texts that made naive readers take minutes or run out of stack: these answer at once (the suite has a time limit).
TEST(PictureSettingsTest, HostileTextsCostNothing) {
  const auto commas = parseInfotext("fox\nSteps: 1, Seed: 2, Sampler: Euler" + std::string(4 << 20, ','));
  ASSERT_TRUE(commas.has_value());
  EXPECT_EQ(commas->steps, 1);

  // Every node offers seven ways to the next: 7^32 paths.
  std::string graph =
      R"({"1": {"class_type": "KSampler", "inputs": {"positive": ["n0", 0], "latent_image": ["x", 0]}})";
  for (int i = 0; i < 40; ++i) {
    graph += ", \"n" + std::to_string(i) + "\": {\"inputs\": {";
    for (const char* key : {"text", "string", "value", "prompt", "text_g", "Text", "positive"})
      graph += (key == std::string("text") ? "\"" : ", \"") + std::string(key) + "\": [\"n" + std::to_string(i + 1) +
               "\", 0]";
    graph += "}}";
  }
  const auto workflow = readPngTexts({{"prompt", graph + "}"}});
  ASSERT_TRUE(workflow.has_value());
  EXPECT_EQ(workflow->program, "ComfyUI");
  EXPECT_EQ(workflow->prompt, "");

  // A chain of conditionings that is longer than any stack.
  std::string chain = R"({"1": {"inputs": {"positive": ["n0", 0], "latent_image": ["x", 0]}})";
  for (int i = 0; i < 100'000; ++i)
    chain +=
        ", \"n" + std::to_string(i) + "\": {\"inputs\": {\"conditioning\": [\"n" + std::to_string(i + 1) + "\", 0]}}";
  EXPECT_TRUE(readPngTexts({{"prompt", chain + "}"}}));
  EXPECT_FALSE(readPngTexts({{"prompt", "{\"a\": " + std::string(1 << 20, '[')}}));
}

TEST(PictureSettingsTest, NumbersThatFitNoFieldAreLeftOut) {
  const auto settings =
      readPngTexts({{"Dream", "\"a fox\" -s 4294967297 -S 7 -W 99999999999 -H 512 -C 7.5 -A k_euler"}});
  ASSERT_TRUE(settings.has_value());
  EXPECT_FALSE(settings->steps || settings->width);
  EXPECT_EQ(settings->height, 512);
  EXPECT_EQ(settings->seed, 7u);
}

}  // namespace
}  // namespace lorikeet
