#include "pipeline/straight_lines.h"

#include <gmock/gmock.h>
#include <lorikeet/error.h>
#include <lorikeet/picture_io.h>
#include <lorikeet/steering.h>

#include <array>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "core/thread_pool.h"
#include "imaging/resize.h"
#include "io/json_file.h"
#include "io/safetensors.h"
#include "io/tensor_values.h"
#include "support/golden.h"
#include "support/pictures.h"

namespace lorikeet::testing {
namespace {

const std::filesystem::path kMlsdFolder = std::filesystem::path(LORIKEET_SHARED_DATA) / "testdata/annotator";
const std::filesystem::path kMlsdFile = kMlsdFolder / "mlsd_tiny_512_fp32.pth";

/// The network of the shared test data, against the numbers of mlsd_pytorch (tests/golden/make/mlsd.py).
class StraightLines : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kMlsdFile)) GTEST_SKIP() << kMlsdFile << " is not there";
    picture_ = loadPicture(kMlsdFolder / "mlsd_input.png").image;
    golden_ = *readJsonObject(goldenPath("imaging/annotate/mlsd.json"));
  }
  Image crop(const nlohmann::json& box) const {
    return cropImage(picture_,
                     {box[0], box[1], box[2].get<int>() - box[0].get<int>(), box[3].get<int>() - box[1].get<int>()});
  }

  ThreadPool pool_{2};
  ExecutionContext context_{pool_};
  Image picture_;
  nlohmann::json golden_;
};

bool isNear(const LineSegment& line, const nlohmann::json& expected) {
  constexpr float kPixels = 0.02F;
  const float found[] = {line.x0, line.y0, line.x1, line.y1};
  for (size_t i = 0; i < 4; ++i)
    if (std::abs(found[i] - expected[i + 1].get<float>()) > kPixels) return false;
  return true;
}

TEST_F(StraightLines, EqualThoseOfTheReference) {
  const auto network = MlsdNetwork::load(context_, kMlsdFile);
  for (const auto& expected : golden_["cases"]) {
    const auto lines = findStraightLines(context_, *network, crop(expected["box"]), {"", 0.1, 20});
    EXPECT_EQ(lines.size(), expected["lines"].size());
    for (const auto& line : expected["lines"])
      EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [&](const LineSegment& found) {
        return isNear(found, line);
      })) << line;
  }
}

TEST_F(StraightLines, AreDrawnWhiteOnBlackAtThePicturesSize) {
  const Image odd = cropImage(picture_, {3, 5, 301, 203});
  const Image map = straightLines(odd, {kMlsdFile, 0.1, 10});
  EXPECT_EQ(map.width, 301);
  EXPECT_EQ(map.height, 203);
  const auto white = std::count(map.pixels.begin(), map.pixels.end(), 255);
  EXPECT_EQ(white + std::count(map.pixels.begin(), map.pixels.end(), 0), static_cast<int64_t>(map.pixels.size()));
  EXPECT_GT(white, 1000);
  const Image fewer = straightLines(odd, {kMlsdFile, 0.6, 40});
  EXPECT_LT(std::count(fewer.pixels.begin(), fewer.pixels.end(), 255), white);
  EXPECT_EQ(straightLines(solidImage(1, 1, 9, 9, 9), {kMlsdFile}).pixels.size(), 3U);
}

TEST_F(StraightLines, AnswerAStop) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_ANY_THROW(straightLines(picture_, {kMlsdFile}, stop.get_token()));
}

std::string refusalOfLines(const StraightLineOptions& options, const Image& picture = solidImage(64, 64, 1, 2, 3)) {
  try {
    straightLines(picture, options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(StraightLineOptionsTest, BadOnesAreRefused) {
  using ::testing::HasSubstr;
  EXPECT_THAT(refusalOfLines({}), HasSubstr("M-LSD"));
  EXPECT_THAT(refusalOfLines({"x.pth", 2}), HasSubstr("score"));
  EXPECT_THAT(refusalOfLines({"x.pth", 0.1, -1}), HasSubstr("length"));
  EXPECT_THAT(refusalOfLines({"x.pth"}, Image()), HasSubstr("empty"));
  EXPECT_THAT(refusalOfLines({"/nowhere/x.pth"}), HasSubstr("is not a file"));
  EXPECT_THAT(refusalOfLines({goldenPath("tiny-sd1/unet/diffusion_pytorch_model.safetensors")}),
              HasSubstr("is no M-LSD tiny"));
}

TEST(StraightLineOptionsTest, BrokenNetworksAreRefused) {
  using ::testing::HasSubstr;
  const auto file = std::filesystem::temp_directory_path() / "lorikeet-broken-mlsd.safetensors";
  const std::vector<float> one(1, 1.0F);
  TensorMap tensors;
  for (const char* name : {"backbone.features.0.0.weight", "block12.conv1.0.weight", "block16.conv3.weight"})
    tensors.emplace(name, rawFromFloats({1}, one));
  writeSafetensors(file, tensors);
  EXPECT_THAT(refusalOfLines({file}), HasSubstr("backbone.features.0.0"));
  std::filesystem::remove(file);
}

Image mapWith(int width, const std::function<std::array<uint8_t, 3>(int x, int y)>& colour) {
  Image image = Image::create(width, width);
  for (int y = 0; y < width; ++y)
    for (int x = 0; x < width; ++x) {
      const auto c = colour(x, y);
      std::copy(c.begin(), c.end(), image.pixels.begin() + 3 * (y * width + x));
    }
  return image;
}

bool isTaken(ControlType type, const Image& picture) {
  ControlUnit unit;
  unit.type = type;
  try {
    return controlMap(picture, unit).pixels == picture.pixels;
  } catch (const Error&) {
    return false;
  }
}

TEST(ReadyMapTest, PicturesThatCannotBeOneAreRefused) {
  using Colour = std::array<uint8_t, 3>;
  const Image greys = mapWith(32, [](int x, int y) {
    return Colour{uint8_t(x * 8), uint8_t(x * 8 + y % 3), uint8_t(x * 8)};
  });
  const Image photo = randomImage(32, 32, 1);
  const Image limbs = mapWith(32, [](int x, int y) { return x == y ? Colour{255, 0, 85} : Colour{}; });
  const Image edges = mapWith(32, [](int x, int y) { return x == y ? Colour{200, 200, 200} : Colour{}; });
  EXPECT_TRUE(isTaken(ControlType::Depth, greys));
  EXPECT_FALSE(isTaken(ControlType::Depth, photo));
  EXPECT_TRUE(isTaken(ControlType::Pose, limbs));
  EXPECT_FALSE(isTaken(ControlType::Pose, greys));
  EXPECT_TRUE(isTaken(ControlType::SoftEdge, edges));
  EXPECT_FALSE(isTaken(ControlType::SoftEdge, photo));
  EXPECT_FALSE(isTaken(ControlType::SoftEdge, mapWith(32, [](int, int) { return Colour{255, 255, 255}; })));
  EXPECT_TRUE(isTaken(ControlType::Map, photo));
}

}  // namespace
}  // namespace lorikeet::testing
