// Pictures made with another VAE than the model's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lorikeet/engine.h>

#include <algorithm>

#include "io/model_files.h"
#include "io/safetensors.h"
#include "io/tensor_values.h"
#include "io/vae_names.h"
#include "support/golden_runs.h"

namespace lorikeet {
namespace {

using testing::goldenPath;
using ::testing::HasSubstr;
using testing::TemporaryFolder;
using testing::twoThreads;
namespace fs = std::filesystem;

GenerateRequest foxThroughVae(const fs::path& vae = {}) {
  GenerateRequest request;
  request.model = goldenPath("tiny-sd1");
  request.vae = vae;
  request.prompt = "a red fox";
  request.steps = 2;
  request.width = request.height = 64;
  return request;
}

/// The tiny model's VAE in the original layout; `shift` is added to its output.
void writeOriginalVae(const fs::path& file, const std::string& prefix, float shift) {
  const WeightStore vae = openModel(goldenPath("tiny-sd1")).vae;
  const NameTable table = vaeNames(vae.names());
  std::map<std::string, RawTensor> tensors;
  for (const std::string& name : vae.names()) {
    RawTensor tensor = vae.root().get(name);
    if (name == "decoder.conv_out.bias") {
      std::vector<float> values = toFloats(tensor);
      for (float& value : values) value += shift;
      tensor = rawFromFloats(tensor.shape, values);
    }
    tensors.emplace(prefix + table.toOriginal(name).value_or(name), tensor);
  }
  writeSafetensors(file, tensors);
}

TEST(VaeChoice, EveryFormOfTheModelsOwnGivesTheSameBytes) {
  const TemporaryFolder folder;
  writeOriginalVae(folder / "bare.safetensors", "", 0);
  writeOriginalVae(folder / "prefixed.safetensors", "first_stage_model.", 0);
  Engine engine(twoThreads());
  const Image own = engine.generate(foxThroughVae()).images.at(0);
  const fs::path part = goldenPath("tiny-sd1") / "vae";
  for (const fs::path& vae : {part, part / "diffusion_pytorch_model.safetensors", folder / "bare.safetensors",
                              folder / "prefixed.safetensors"})
    EXPECT_EQ(engine.generate(foxThroughVae(vae)).images.at(0).pixels, own.pixels) << vae;
}

TEST(VaeChoice, AnotherOneIsUsedAndTakenAwayWithoutATrace) {
  const TemporaryFolder folder;
  writeOriginalVae(folder / "bright.safetensors", "", 0.5F);
  Engine engine(twoThreads());
  RunMemory memory;
  const auto make = [&](const fs::path& vae) {
    return engine.generate(foxThroughVae(vae), {}, {}, &memory).images.at(0).pixels;
  };
  const std::vector<uint8_t> own = make({});
  const std::vector<uint8_t> bright = make(folder / "bright.safetensors");
  const auto sum = [](const std::vector<uint8_t>& pixels) {
    int64_t total = 0;
    for (const uint8_t value : pixels) total += value;
    return total;
  };
  EXPECT_GT(sum(bright), sum(own) + int64_t{20} * static_cast<int64_t>(own.size()));
  EXPECT_EQ(make({}), own);
  EXPECT_EQ(make(folder / "bright.safetensors"), bright);
  writeOriginalVae(folder / "bright.safetensors", "", 0);  // a file that changed is read again
  EXPECT_EQ(make(folder / "bright.safetensors"), own);
}

TEST(VaeChoice, ATinyDecoderDecodesAndTheModelsOwnEncodes) {
  const fs::path tiny = goldenPath("tiny-decoder");
  Engine engine(twoThreads());
  const Image own = engine.generate(foxThroughVae()).images.at(0);
  const Image drafted = engine.generate(foxThroughVae(tiny)).images.at(0);
  EXPECT_EQ(drafted.width, own.width);
  EXPECT_NE(drafted.pixels, own.pixels);
  EXPECT_EQ(engine.generate(foxThroughVae(tiny / "diffusion_pytorch_model.safetensors")).images.at(0).pixels,
            drafted.pixels);

  GenerateRequest again = foxThroughVae(tiny);
  again.init = goldenPath("inputs/photo.png");
  EXPECT_NO_THROW(engine.generate(again));
  EXPECT_EQ(engine.generate(foxThroughVae()).images.at(0).pixels, own.pixels);
}

TEST(VaeChoice, WhatIsNoVaeIsRefusedAndTheModelStays) {
  const TemporaryFolder folder;
  writeSafetensors(folder / "taesd.safetensors",
                   {{"decoder.layers.0.weight", rawFromFloats({1}, std::vector<float>{1})}});
  writeSafetensors(folder / "lora.safetensors", {{"lora_unet_x.alpha", rawFromFloats({1}, std::vector<float>{1})}});
  Engine engine(twoThreads());
  const auto refusal = [&](const fs::path& vae, ErrorKind kind) -> std::string {
    try {
      engine.generate(foxThroughVae(vae));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      return error.what();
    }
    return "made a picture";
  };
  const Image own = engine.generate(foxThroughVae()).images.at(0);
  EXPECT_THAT(refusal(folder / "none.safetensors", ErrorKind::NotFound), HasSubstr("does not exist"));
  EXPECT_THAT(refusal(folder / "taesd.safetensors", ErrorKind::Unsupported),
              HasSubstr("no decoder of a tiny autoencoder"));
  EXPECT_THAT(refusal(folder / "lora.safetensors", ErrorKind::Unsupported), HasSubstr("is no VAE"));
  EXPECT_EQ(engine.generate(foxThroughVae()).images.at(0).pixels, own.pixels);
}

}  // namespace
}  // namespace lorikeet
