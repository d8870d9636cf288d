#include <gtest/gtest.h>
#include <lorikeet/engine.h>
#include <lorikeet/picture_io.h>

#include "support/golden_runs.h"

namespace lorikeet {
namespace {

using namespace testing;
namespace fs = std::filesystem;

/// tiny-sd1 with the UNet of the 9-channel inpainting model.
class InpaintingModel {
 public:
  InpaintingModel() {
    for (const auto& entry : fs::directory_iterator(goldenPath("tiny-sd1")))
      if (entry.path().filename() != "unet") fs::create_symlink(entry.path(), folder_.path() / entry.path().filename());
    fs::create_symlink(goldenPath("tiny-sd1-inpaint/unet"), folder_.path() / "unet");
  }
  const fs::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

fs::path modelOf(const std::string& run) {
  static const InpaintingModel inpainting;
  return run.starts_with("inpaint9") ? inpainting.path() : goldenPath("tiny-sd1");
}

fs::path controlModel(size_t index) {
  return index == 0 ? goldenPath("tiny-controlnet") : sharedPath("golden/tiny-controlnet-b");
}

/// A call holds one value or one a ControlNet.
double valueAt(const nlohmann::json& call, const char* key, size_t index, double fallback) {
  if (!call.contains(key)) return fallback;
  return call[key].is_array() ? call[key].at(index).get<double>() : call[key].get<double>();
}

void addControls(GenerateRequest& request, const nlohmann::json& run, const nlohmann::json& maps) {
  const auto& call = run.at("call");
  const auto list = maps.is_array() ? maps : nlohmann::json::array({maps});
  for (size_t i = 0; i < list.size(); ++i) {
    ControlUnit unit;
    unit.type = ControlType::Map;
    unit.picture = goldenPath(list[i].get<std::string>());
    unit.model = controlModel(i);
    unit.scale = valueAt(call, "controlnet_conditioning_scale", i, 1);
    unit.start = valueAt(call, "control_guidance_start", i, 0);
    unit.end = valueAt(call, "control_guidance_end", i, 1);
    if (call.value("guess_mode", false)) unit.mode = ControlMode::Guess;
    request.controls.push_back(unit);
  }
}

/// The request of a golden run that starts from pictures.
GenerateRequest steeredRequest(const std::string& name) {
  const nlohmann::json run = readGoldenJson(goldenPath("pipelines") / (name + ".json"));
  GenerateRequest request = goldenRequest(run, modelOf(name));
  const auto& images = run.at("images");
  const bool textOnly = name.starts_with("controlnet_") && !images.contains("control_image");
  if (!textOnly) request.init = goldenPath(images.at("image").get<std::string>());
  if (images.contains("mask_image")) request.mask = goldenPath(images["mask_image"].get<std::string>());
  request.strength = run.at("call").value("strength", 1.0);
  request.maskOptions.matchColours = false;
  if (name.starts_with("controlnet_")) addControls(request, run, textOnly ? images["image"] : images["control_image"]);
  return request;
}

/// diffusers gives the decoded picture; ours keeps the source where the mask is 0 and the decoded one where it is 255.
void expectRepainted(const Image& actual, const fs::path& png, const GenerateRequest& request) {
  const Image expected = loadPicture(png).image, source = loadPicture(request.init.file).image;
  const Mask mask = maskFromPicture(loadPicture(request.mask.file));
  ASSERT_EQ(actual.pixels.size(), expected.pixels.size());
  int worst = 0;
  for (size_t i = 0; i < actual.pixels.size(); ++i) {
    if (mask.values[i / 3] == 0) {
      ASSERT_EQ(actual.pixels[i], source.pixels[i]) << "byte " << i;
    }
    if (mask.values[i / 3] == 255) worst = std::max(worst, std::abs(actual.pixels[i] - expected.pixels[i]));
  }
  EXPECT_LE(worst, 1) << png;
}

class SteeredPipelineTest : public ::testing::TestWithParam<std::string> {};

TEST_P(SteeredPipelineTest, AgreesWithDiffusers) {
  static Engine engine(twoThreads());
  if (GetParam() == "controlnet_two_euler") LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const fs::path stem = goldenPath("pipelines") / GetParam();
  const GenerateRequest request = steeredRequest(GetParam());
  const auto images = expectGoldenLatents(engine, stem.string() + ".safetensors", request, 3);
  ASSERT_EQ(images.size(), 1u);
  const fs::path png = stem.string() + ".png";
  if (!fs::exists(png)) return;
  if (request.mask.empty())
    expectSamePicture(images[0], png, 1);
  else
    expectRepainted(images[0], png, request);
}

std::vector<std::string> steeredRuns() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(goldenPath("pipelines")))
    if (entry.path().extension() == ".json" && !entry.path().stem().string().starts_with("txt2img"))
      names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Golden, SteeredPipelineTest, ::testing::ValuesIn(steeredRuns()), [](const auto& run) {
  std::string name = run.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
});

class SteeringTest : public ::testing::Test {
 protected:
  SteeringTest() {
    request_.model = goldenPath("tiny-sd1");
    request_.prompt = "a red fox";
    request_.width = request_.height = 64;
    request_.steps = 2;
    request_.sampler = Sampler::Ddim;
  }
  ControlUnit mapUnit() const {
    ControlUnit unit;
    unit.type = ControlType::Map;
    unit.picture = goldenPath("inputs/canny.png");
    unit.model = goldenPath("tiny-controlnet");
    return unit;
  }
  Image make(const GenerateRequest& request) { return engine_.generate(request).images.at(0); }
  /// The message of the error that a request gives; empty when it gives none.
  std::string refusal(const GenerateRequest& request) {
    try {
      engine_.generate(request);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  Image photo(int width, int height) const {
    Image image = Image::create(width, height);
    for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>(i * 7 + i / 97);
    return image;
  }
  Mask hole(int width, int height) const {
    Mask mask = Mask::create(width, height);
    for (int y = height / 4; y < height / 2; ++y)
      for (int x = width / 4; x < width / 2; ++x) mask.values[static_cast<size_t>(y) * width + x] = 255;
    return mask;
  }
  GenerateRequest request_;
  Engine engine_{twoThreads()};
};

void expectKept(const Image& result, const Image& source, const Mask& mask) {
  ASSERT_EQ(result.width, source.width);
  ASSERT_EQ(result.height, source.height);
  int64_t changed = 0, painted = 0;
  for (size_t i = 0; i < mask.values.size(); ++i) {
    const bool same = std::equal(&source.pixels[3 * i], &source.pixels[3 * i] + 3, &result.pixels[3 * i]);
    if (mask.values[i] == 0)
      changed += !same;
    else
      painted += !same;
  }
  EXPECT_EQ(changed, 0);
  EXPECT_GT(painted, 0);
}

TEST_F(SteeringTest, ResultsHaveTheSizeOfTheSource) {
  request_.init = photo(150, 91);
  const Image result = make(request_);
  EXPECT_EQ(result.width, 150);
  EXPECT_EQ(result.height, 91);
  EXPECT_NE(result, *request_.init.pixels);
}

TEST_F(SteeringTest, StrengthTooWeakForOneStepGivesTheSourceBack) {
  request_.init = photo(70, 50);
  for (const double strength : {0.0, 0.49}) {
    request_.strength = strength;
    EXPECT_EQ(make(request_), *request_.init.pixels);
  }
}

TEST_F(SteeringTest, PixelsThatAreNotMaskedKeepTheirBytesUnderEveryOption) {
  request_.init = photo(120, 77);
  request_.mask = hole(120, 77);
  for (const MaskedContent content :
       {MaskedContent::Original, MaskedContent::Fill, MaskedContent::Noise, MaskedContent::Nothing})
    for (const bool onlyMasked : {false, true}) {
      request_.maskOptions.content = content;
      request_.maskOptions.onlyMasked = onlyMasked;
      request_.maskOptions.soft = onlyMasked;
      expectKept(make(request_), *request_.init.pixels, *request_.mask.pixels);
    }
}

TEST_F(SteeringTest, InvertGrowAndBlurActOnTheMaskInThatOrder) {
  request_.init = photo(64, 64);
  request_.mask = hole(64, 64);
  request_.maskOptions.invert = true;
  expectKept(make(request_), *request_.init.pixels, invertMask(*request_.mask.pixels));
  request_.maskOptions.grow = -4;
  request_.maskOptions.blur = 1.5;
  expectKept(make(request_), *request_.init.pixels, blurMask(growMask(invertMask(*request_.mask.pixels), -4), 1.5));
}

TEST_F(SteeringTest, OutpaintingExtendsTheCanvasAndKeepsTheSource) {
  const Image source = photo(40, 48);
  request_.init = source;
  request_.outpaint = {16, 0, 8, 24};
  const GenerateResult result = engine_.generate(request_);
  const Image& image = result.images.at(0);
  ASSERT_EQ(image.width, 64);
  ASSERT_EQ(image.height, 72);
  EXPECT_EQ(result.width, 64);
  for (int y = 0; y < 48; ++y)
    ASSERT_TRUE(
        std::equal(&source.pixels[y * 40 * 3], &source.pixels[y * 40 * 3] + 120, &image.pixels[(y * 64 + 16) * 3]))
        << y;
}

TEST_F(SteeringTest, EveryInpaintingPictureKeepsItsUnmaskedBytes) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const fs::path folder = sharedPath("testdata/inpaint");
  int cases = 0;
  for (const auto& [picture, mask] : std::vector<std::pair<std::string, std::string>>{
           {"6458524847_2f4c361183_k.png", "6458524847_2f4c361183_k_mask.png"},
           {"8399166846_f6fb4e4b8e_k.png", "8399166846_f6fb4e4b8e_k_mask.png"},
           {"a1111_img2img_basic.png", "a1111_mask_basic.png"},
           {"alex-iby-G_Pk4D9rMLs.png", "alex-iby-G_Pk4D9rMLs_mask.png"},
           {"bertrand-gabioud-CpuFzIsHYJ0.png", "bertrand-gabioud-CpuFzIsHYJ0_mask.png"},
           {"cloneofsimo_base.png", "cloneofsimo_mask.png"},
           {"comfy_yosemite_alpha_mask.png", "comfy_yosemite_alpha_mask.png"},
           {"coyote-input.webp", "coyote-mask.webp"},
           {"overture-creations-5sI6fQgYIuo.png", "overture-creations-5sI6fQgYIuo_mask.png"},
           {"visioncpp_bench-image.jpg", "visioncpp_bench-mask.png"}}) {
    request_.init = folder / picture;
    request_.mask = folder / mask;
    const Picture source = loadPicture(folder / picture);
    const Mask painted = picture == mask ? maskFromTransparency(source) : maskFromPicture(loadPicture(folder / mask));
    if (painted.width != source.image.width || painted.height != source.image.height) {
      EXPECT_NE(refusal(request_).find("same size"), std::string::npos) << picture;
      continue;
    }
    // tiny-sd1, which blends with noise, and the inpainting model, which sees the mask.
    for (const fs::path& model : {modelOf("inpaint4"), modelOf("inpaint9")}) {
      SCOPED_TRACE(picture + " " + model.filename().string());
      request_.model = model;
      request_.maskOptions.onlyMasked = cases++ % 4 >= 2;
      expectKept(make(request_), flatten(source), painted);
    }
  }
  EXPECT_GE(cases, 16);
}

TEST_F(SteeringTest, ControlNetsInTheOriginalLayoutGiveTheSamePicture) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  request_.controls = {mapUnit()};
  const Image expected = make(request_);
  request_.controls[0].model = sharedPath("golden/tiny-controlnet.safetensors");
  EXPECT_EQ(make(request_), expected);
}

TEST_F(SteeringTest, ScaleZeroIsNoControlAndEveryModeChangesThePicture) {
  const Image plain = make(request_);
  request_.controls = {mapUnit()};
  request_.controls[0].scale = 0;
  EXPECT_EQ(make(request_), plain);
  request_.controls[0].scale = 1;
  std::vector<Image> seen = {plain};
  for (const auto& mode : controlModeNames()) {
    request_.controls[0].mode = mode.value;
    const Image image = make(request_);
    EXPECT_EQ(std::count(seen.begin(), seen.end(), image), 0) << mode.name;
    seen.push_back(image);
  }
}

TEST_F(SteeringTest, AnnotatorsSeeThePictureThatTheRequestStartsFrom) {
  request_.init = photo(80, 60);
  request_.controls = {mapUnit()};
  request_.controls[0].type = ControlType::Canny;
  request_.controls[0].picture = {};
  const Image implicit = make(request_);
  request_.controls[0].picture = photo(80, 60);
  EXPECT_EQ(make(request_), implicit);
}

TEST_F(SteeringTest, BadPicturesAndMasksGiveOneClearSentence) {
  const auto refused = [&](const char* part) {
    EXPECT_NE(refusal(request_).find(part), std::string::npos) << refusal(request_);
  };
  request_.init = photo(1, 1);
  refused("1x1");
  request_.init = Image::create(20000, 20000);
  refused("20000x20000");
  request_.init = photo(64, 48);
  request_.mask = hole(48, 64);
  refused("same size");
  request_.mask = Mask::create(64, 48);
  refused("empty");
  request_.mask = Mask::create(64, 48, 255);
  refused("whole picture");
  request_.mask = hole(64, 48);
  request_.maskOptions.grow = -40;
  refused("shrinking");
  request_.init = {};
  refused("no picture");
  request_.mask = {};
  request_.outpaint.left = 8;
  refused("no picture to extend");
  request_.outpaint = {};
  request_.init = goldenPath("no-such.png");
  refused("no-such.png");
  request_.init = photo(64, 48);
  request_.strength = 1.5;
  refused("strength");
}

TEST_F(SteeringTest, BadControlUnitsGiveOneClearSentence) {
  const auto refused = [&](const char* part) {
    EXPECT_NE(refusal(request_).find(part), std::string::npos) << refusal(request_);
  };
  request_.controls = {mapUnit()};
  request_.controls[0].model = goldenPath("tiny-sd1/unet");
  refused("not a ControlNet");
  request_.controls[0].model = goldenPath("no-such-model");
  refused("does not exist");
  request_.controls[0].model.clear();
  refused("no ControlNet model");
  request_.controls = {mapUnit()};
  request_.controls[0].picture = {};
  refused("no picture");
  request_.controls = {mapUnit()};
  request_.controls[0].start = 0.5;
  request_.controls[0].end = 0.5;
  refused("before its end");
  request_.controls = {mapUnit()};
  request_.model.clear();
  refused("another base model");
}

TEST_F(SteeringTest, InpaintingModelsAskForAPictureAndAMask) {
  const InpaintingModel model;
  request_.model = model.path();
  EXPECT_NE(refusal(request_).find("inpainting model"), std::string::npos);
  request_.init = photo(64, 64);
  EXPECT_NE(refusal(request_).find("inpainting model"), std::string::npos);
  request_.mask = hole(64, 64);
  expectKept(make(request_), *request_.init.pixels, *request_.mask.pixels);
}

TEST_F(SteeringTest, RequestsAreEqualWhenTheirPixelsAre) {
  request_.init = photo(16, 16);
  GenerateRequest other = request_;
  EXPECT_EQ(request_, other);
  other.init = photo(16, 16);
  EXPECT_EQ(request_, other);
  other.init = photo(16, 17);
  EXPECT_NE(request_, other);
}

}  // namespace
}  // namespace lorikeet
