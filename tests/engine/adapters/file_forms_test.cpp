#include <gtest/gtest.h>
#include <lorikeet/error.h>

#include "engine/adapters/adapter_test_support.h"
#include "io/onnx_tensors.h"
#include "support/onnx_bytes.h"

namespace lorikeet::testing {
namespace {

namespace fs = std::filesystem;
constexpr float kFormTolerance = 1e-5f;
const std::string kQuery = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q";    // [32, 32]
const std::string kTextKey = "mid_block.attentions.0.transformer_blocks.0.attn2.to_k";  // [32, 16]

TinyNetworks& formNetworks() {
  static TinyNetworks tiny;
  return tiny;
}

/// Values that differ from one another.
std::vector<float> ramp(size_t count, float step) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = step * (static_cast<float>(i % 17) - 8);
  return values;
}

/// up [outputs, rank] times down [rank, inputs] plus the pristine weight.
std::vector<float> adapted(const std::string& module, const std::vector<float>& up, const std::vector<float>& down,
                           int64_t rank, float scale) {
  const RawTensor& raw = formNetworks().find("unet." + module + ".weight")->pristine();
  std::vector<float> weight = toFloats(raw);
  const int64_t outputs = raw.shape[0], inputs = raw.shape[1];
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t i = 0; i < inputs; ++i)
      for (int64_t r = 0; r < rank; ++r)
        weight[static_cast<size_t>(o * inputs + i)] +=
            scale * up[static_cast<size_t>(o * rank + r)] * down[static_cast<size_t>(r * inputs + i)];
  return weight;
}

std::vector<float> turned(const std::vector<float>& values, int64_t rows) {
  const auto columns = static_cast<int64_t>(values.size()) / rows;
  std::vector<float> result(values.size());
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j)
      result[static_cast<size_t>(j * rows + i)] = values[static_cast<size_t>(i * columns + j)];
  return result;
}

/// Puts one file in effect for as long as it lives.
struct InEffect {
  explicit InEffect(const fs::path& file, const std::string& variant = {}) {
    uses[0].file = file;
    uses[0].variant = variant;
    stack.open(uses[0]);
    stack.apply(formNetworks().context, uses);
  }
  ~InEffect() { stack.apply(formNetworks().context, {}); }
  const AdapterInfo& info() const { return *stack.info(uses[0]); }
  std::vector<float> values(const std::string& tensor) const {
    return effectiveValues(*formNetworks().find("unet." + tensor));
  }
  std::vector<AdapterUse> uses{AdapterUse{}};
  AdapterStack stack{formNetworks().textEncoder.parameters(), formNetworks().unet.parameters()};
};

void expectNear(const std::vector<float>& actual, const std::vector<float>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) ASSERT_NEAR(actual[i], expected[i], kFormTolerance) << i;
}

class PeftMethods : public ::testing::TestWithParam<std::string> {};

TEST_P(PeftMethods, ChangeWeightsAndBiasesAsPeftDoes) {
  const fs::path folder = goldenPath("peft_methods") / GetParam();
  const GoldenFile expected(folder / "expected.safetensors");
  const InEffect adapter(folder);
  EXPECT_EQ(adapter.info().matchedTensors, adapter.info().tensorCount);
  EXPECT_TRUE(adapter.info().unmatchedKeys.empty());
  int compared = 0;
  for (const std::string& name : expected.names()) {
    if (name.starts_with("second.")) continue;
    expectNear(adapter.values(name), expected.values(name));
    ++compared;
  }
  EXPECT_EQ(compared, 6) << "four modules, two of them with a bias";
}

INSTANTIATE_TEST_SUITE_P(All, PeftMethods,
                         ::testing::Values("ia3", "oft_exact", "oft_neumann", "loha", "lokr", "lokr_whole",
                                           "two_loras"),
                         [](const auto& test) { return test.param; });

TEST(FileForms, OneOfSeveralPeftAdaptersInAFileIsChosen) {
  const fs::path folder = goldenPath("peft_methods/two_loras");
  const GoldenFile expected(folder / "expected.safetensors");
  {
    const InEffect second(folder, "second");
    EXPECT_EQ(second.info().variants, (std::vector<std::string>{"default", "second"}));
    expectNear(second.values(kQuery + ".weight"), expected.values("second." + kQuery + ".weight"));
  }
  EXPECT_THROW(InEffect(folder, "third"), Error);
}

TEST(FileForms, GloraInItsOldOrderOfFactors) {
  TemporaryFolder folder;
  std::map<std::string, RawTensor> old;
  for (auto& [name, tensor] : readSafetensors(goldenPath("lora/glora/adapter.safetensors")).tensors) {
    std::string swapped = name;
    for (const char* factor : {".a", ".b"})
      if (const size_t at = name.rfind(factor + std::string("1.")); at != std::string::npos)
        swapped[at + 2] = '2';
      else if (const size_t second = name.rfind(factor + std::string("2.")); second != std::string::npos)
        swapped[second + 2] = '1';
    old.emplace(swapped, tensor);
  }
  writeSafetensors(folder / "old.safetensors", old);
  const GoldenFile expected(goldenPath("lora/glora/expected.safetensors"));
  InEffect adapter(folder / "old.safetensors");
  adapter.uses[0].weight = 0.75;
  adapter.stack.apply(formNetworks().context, adapter.uses);
  int compared = 0;
  for (const std::string& name : expected.names()) {
    Parameter* parameter = name.starts_with("latents.") ? nullptr : formNetworks().find(name);
    if (parameter == nullptr) continue;
    expectNear(effectiveValues(*parameter), expected.values(name));
    ++compared;
  }
  EXPECT_GE(compared, 7);
}

/// A file of one module in lora_wrapper's form.
std::map<std::string, RawTensor> wrapperFile(const std::string& prefix, float scale) {
  return {{prefix + kQuery + ".lora_A", rawFromFloats({2, 32}, ramp(64, 0.01f))},
          {prefix + kQuery + ".lora_B", rawFromFloats({32, 2}, ramp(64, 0.02f))},
          {prefix + kQuery + ".lora_scale", rawFromFloats({}, std::vector<float>{scale})}};
}

TEST(FileForms, LoraWrapper) {
  TemporaryFolder folder;
  for (const float scale : {0.7f, 0.f}) {
    const fs::path file = folder / "wrapper.safetensors";
    writeSafetensors(file, wrapperFile("", scale));
    const InEffect adapter(file);
    EXPECT_EQ(adapter.info().matchedTensors, 3);
    expectNear(adapter.values(kQuery + ".weight"), adapted(kQuery, ramp(64, 0.02f), ramp(64, 0.01f), 2, scale));
  }
}

TEST(FileForms, LoraWrapperOfAPointwiseConvolutionCallsTheFirstFactorB) {
  TemporaryFolder folder;
  const std::string module = "mid_block.attentions.0.proj_in";
  const fs::path file = folder / "wrapper.safetensors";
  writeSafetensors(file, {{module + ".lora_B.weight", rawFromFloats({2, 32, 1, 1}, ramp(64, 0.01f))},
                          {module + ".lora_A.weight", rawFromFloats({32, 2, 1, 1}, ramp(64, 0.02f))},
                          {module + ".lora_scale", rawFromFloats({}, std::vector<float>{0.5f})}});
  const InEffect adapter(file);
  expectNear(adapter.values(module + ".weight"), adapted(module, ramp(64, 0.02f), ramp(64, 0.01f), 2, 0.5f));
}

/// tiny-sd1 with an adapter put into its UNet, as lora_wrapper's "embed" writes it.
void writeEmbedded(const fs::path& file) {
  auto tensors = readSafetensors(goldenPath("tiny-sd1/unet/diffusion_pytorch_model.safetensors")).tensors;
  auto base = tensors.extract(kQuery + ".weight");
  base.key() = kQuery + ".base_layer.weight";
  tensors.insert(std::move(base));
  tensors.merge(wrapperFile("", 0.7f));
  writeSafetensors(file, tensors);
}

TEST(FileForms, AnAdapterInsideAModelIsFoundAndTheModelStaysReadable) {
  TemporaryFolder folder;
  fs::copy(goldenPath("tiny-sd1"), folder / "model", fs::copy_options::recursive);
  const fs::path file = folder.path() / "model/unet/diffusion_pytorch_model.safetensors";
  fs::remove(file);
  writeEmbedded(file);
  const InEffect adapter(file);
  EXPECT_EQ(adapter.info().tensorCount, 3);
  EXPECT_EQ(adapter.info().matchedTensors, 3);
  ASSERT_EQ(adapter.info().warnings.size(), 1u);
  EXPECT_NE(adapter.info().warnings[0].find("model of 686 tensors"), std::string::npos) << adapter.info().warnings[0];
  expectNear(adapter.values(kQuery + ".weight"), adapted(kQuery, ramp(64, 0.02f), ramp(64, 0.01f), 2, 0.7f));

  const ModelFiles model = openModel(folder / "model");
  EXPECT_TRUE(model.unet.root().find(kQuery + ".weight").has_value());
  EXPECT_EQ(model.unet.names().size(), 686u);
}

TEST(FileForms, AcceleratesCheckpointOfTwoNetworks) {
  TemporaryFolder folder;
  const std::string text = "text_model.encoder.layers.0.self_attn.q_proj";  // [16, 16]
  writeSafetensors(folder / "model.safetensors",
                   {{kQuery + ".base_layer.weight", rawFromFloats({32, 32}, ramp(1024, 0.1f))},
                    {kQuery + ".lora_A.default.weight", rawFromFloats({2, 32}, ramp(64, 0.01f))},
                    {kQuery + ".lora_B.default.weight", rawFromFloats({32, 2}, ramp(64, 0.02f))},
                    {"conv_in.weight", rawFromFloats({1}, ramp(1, 1))}});
  writeSafetensors(folder / "model_1.safetensors",
                   {{text + ".lora_A.default.weight", rawFromFloats({1, 16}, ramp(16, 0.01f))},
                    {text + ".lora_B.default.weight", rawFromFloats({16, 1}, ramp(16, 0.01f))}});
  folder.write("optimizer.bin", "not looked at");
  const InEffect adapter(folder.path());
  EXPECT_EQ(adapter.info().unetModules, 1);
  EXPECT_EQ(adapter.info().textEncoderModules, 1);
  EXPECT_TRUE(adapter.info().unmatchedKeys.empty());
  EXPECT_EQ(adapter.info().sha256.size(), 64u);
}

TEST(FileForms, OnnxInitializersAreTurned) {
  TemporaryFolder folder;
  const std::vector<float> down = ramp(4 * 16, 0.01f), up = ramp(32 * 4, 0.02f);
  const std::vector<float> squareDown = ramp(32 * 32, 0.01f), squareUp = ramp(32 * 32, 0.005f);
  const std::string kohya = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k";
  const fs::path file = folder.write(
      "ink.lora", onnxModel({onnxTensor(kohya + ".lora_down.weight", {16, 4}, turned(down, 4)),
                             onnxTensor(kohya + ".lora_up.weight", {4, 32}, turned(up, 32)),
                             onnxTensor(kohya + ".alpha", {}, std::vector<float>{2}),
                             // A rank equal to both sizes: only the file's kind tells how the matrices lie.
                             onnxTensor("/unet/mid_block/attentions.0/transformer_blocks.0/attn1/to_q/lora_A.weight",
                                        {32, 32}, turned(squareDown, 32)),
                             onnxTensor("/unet/mid_block/attentions.0/transformer_blocks.0/attn1/to_q/lora_B.weight",
                                        {32, 32}, turned(squareUp, 32))}));
  const InEffect adapter(file);
  EXPECT_EQ(adapter.info().matchedTensors, 5);
  EXPECT_EQ(adapter.info().lowestRank, 4);
  EXPECT_EQ(adapter.info().title, "ink");
  expectNear(adapter.values(kTextKey + ".weight"), adapted(kTextKey, up, down, 4, 0.5f));
  expectNear(adapter.values(kQuery + ".weight"), adapted(kQuery, squareUp, squareDown, 32, 1));
}

TEST(FileForms, EmbeddingsOfAnAdapterComeAndGoWithIt) {
  TemporaryFolder folder;
  auto tensors = wrapperFile("", 1);
  tensors["<s1>"] = rawFromFloats({16}, ramp(16, 0.1f));
  tensors["bundle_emb.ink.string_to_param.*"] = rawFromFloats({2, 16}, ramp(32, 0.1f));
  tensors["<wide>"] = rawFromFloats({768}, ramp(768, 0.1f));
  writeSafetensors(folder / "bundle.safetensors", tensors);
  InEffect adapter(folder / "bundle.safetensors");
  EXPECT_EQ(adapter.info().embeddings, (std::vector<std::string>{"<s1>", "<wide>", "ink"}));
  EXPECT_EQ(adapter.info().matchedTensors, 5);
  EXPECT_EQ(adapter.info().unmatchedKeys, std::vector<std::string>{"<wide>"}) << "made for another text encoder";
  EXPECT_EQ(adapter.stack.embeddings().size(), 2u);
  EXPECT_FALSE(adapter.stack.apply(formNetworks().context, adapter.uses).textEncoder);
  adapter.uses[0].enabled = false;
  EXPECT_TRUE(adapter.stack.apply(formNetworks().context, adapter.uses).textEncoder);
  EXPECT_TRUE(adapter.stack.embeddings().empty());
}

}  // namespace
}  // namespace lorikeet::testing
