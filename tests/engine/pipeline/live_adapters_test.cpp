#include <gtest/gtest.h>
#include <lorikeet/adapter_info.h>
#include <lorikeet/engine.h>

#include "engine/adapters/adapter_test_support.h"
#include "support/onnx_bytes.h"

namespace lorikeet::testing {
namespace {

/// Of the largest absolute value of the latents.
constexpr double kAdapterTolerance = 2e-4;

Engine& engine() {
  static Engine shared({.threads = 2});
  return shared;
}

GenerateRequest goldenRequest() {
  GenerateRequest request;
  request.model = goldenPath("tiny-sd1");
  request.prompt = "a watercolor painting of a red fox in the snow, highly detailed";
  request.negativePrompt = "blurry, low quality, deformed";
  request.seed = 42;
  request.steps = 6;
  request.width = request.height = 128;
  request.guidanceScale = 7.5;
  request.sampler = Sampler::Euler;
  return request;
}

struct Outcome {
  std::map<std::string, std::vector<float>> latents;
  GenerateResult result;
};

Outcome run(const GenerateRequest& request, GenerateCallbacks callbacks = {}) {
  Outcome made;
  callbacks.latents = [&](int, const Latents& latents) { made.latents[latents.name] = latents.values; };
  made.result = engine().generate(request, callbacks);
  return made;
}

class GoldenLatents : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenLatents, AreThoseOfTheReference) {
  const LoraCase golden(GetParam());
  GenerateRequest request = goldenRequest();
  request.adapters = golden.uses;
  const Outcome with = run(request);
  EXPECT_TRUE(closeTo(with.latents.at("latents.final"), golden.expected.values("latents.final"), kAdapterTolerance));
  request.adapters.clear();
  const Outcome without = run(request);
  EXPECT_TRUE(closeTo(without.latents.at("latents.final"), golden.expected.values("latents.final_without_lora"),
                      kAdapterTolerance));
}

INSTANTIATE_TEST_SUITE_P(AllFormats, GoldenLatents, ::testing::ValuesIn(loraCases()),
                         [](const auto& test) { return test.param; });

TEST(LiveAdapters, LeaveNoTraceInTheNextPicture) {
  GenerateRequest request = goldenRequest();
  const Outcome before = run(request);
  request.adapters = LoraCase("kohya_lora").uses;
  const Outcome with = run(request);
  EXPECT_NE(with.result.images[0].pixels, before.result.images[0].pixels);
  ASSERT_GE(with.result.timings.size(), 2u);
  EXPECT_EQ(with.result.timings[0].name, "adapters");
  request.adapters.clear();
  EXPECT_EQ(run(request).latents, before.latents);
}

TEST(LiveAdapters, TheReportTellsWhatTheyCost) {
  const auto named = [](const GenerateResult& result, std::string_view name) {
    const auto found = std::find_if(result.timings.begin(), result.timings.end(),
                                    [&](const Timing& timing) { return timing.name == name; });
    return found == result.timings.end() ? Timing() : *found;
  };
  GenerateRequest request = goldenRequest();
  EXPECT_EQ(named(run(request).result, "adapters, in steps").calls, 0);
  request.adapters = LoraCase("loha").uses;
  GenerateResult result = run(request).result;
  EXPECT_EQ(named(result, "adapters, at the start").calls, 1);
  EXPECT_GT(named(result, "adapters, at the start").elapsedMs, 0);
  EXPECT_EQ(named(result, "adapters, last change").calls, 0);
  EXPECT_EQ(named(result, "adapters, in steps").calls, request.steps);
  EXPECT_GT(named(result, "adapters, in steps").elapsedMs, 0);
  EXPECT_LT(named(result, "adapters, in steps").elapsedMs, named(result, "denoise").elapsedMs);

  GenerateCallbacks callbacks;
  callbacks.adapters = [&, calls = 0]() mutable -> std::optional<std::vector<AdapterUse>> {
    if (calls++ != 3) return std::nullopt;
    request.adapters[0].weight = 0.1;
    return request.adapters;
  };
  result = run(request, callbacks).result;
  EXPECT_EQ(named(result, "adapters").calls, 1) << "at the start they were in effect";
  EXPECT_EQ(named(result, "adapters, in steps").calls, request.steps);
  EXPECT_GT(named(result, "adapters, last change").elapsedMs, 0);
}

TEST(LiveAdapters, AChangeTakesEffectAtTheNextStep) {
  const GenerateRequest plain = goldenRequest();
  GenerateRequest adapted = plain;
  adapted.adapters = LoraCase("kohya_lora").uses;
  const Outcome reference = run(plain);

  int calls = 0;
  GenerateCallbacks callbacks;
  callbacks.adapters = [&]() -> std::optional<std::vector<AdapterUse>> {
    if (calls++ == 3) return adapted.adapters;
    return std::nullopt;
  };
  const Outcome live = run(plain, callbacks);
  EXPECT_EQ(calls, 6);
  EXPECT_EQ(live.latents.at("latents.after_step.02"), reference.latents.at("latents.after_step.02"));
  EXPECT_NE(live.latents.at("latents.after_step.03"), reference.latents.at("latents.after_step.03"));

  // The same as a range of steps, text encoder included.
  adapted.adapters[0].begin = 0.5;
  EXPECT_EQ(run(adapted).latents, live.latents);
  EXPECT_EQ(run(plain).latents, reference.latents) << "what was changed live stays in that job";
}

TEST(LiveAdapters, OneThatCannotBeUsedIsToldAndTheRestGoesOn) {
  TemporaryFolder folder;
  GenerateRequest request = goldenRequest();
  request.adapters = LoraCase("loha").uses;
  const Outcome good = run(request);
  AdapterUse broken;
  broken.file = folder.write("broken.safetensors", "not an adapter");
  request.adapters.push_back(broken);
  EXPECT_THROW(run(request), Error);

  std::vector<std::string> problems;
  GenerateCallbacks callbacks;
  callbacks.adapterProblem = [&](const AdapterUse& use, const std::string& reason) {
    EXPECT_EQ(use.file, broken.file);
    problems.push_back(reason);
  };
  EXPECT_EQ(run(request, callbacks).latents, good.latents);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_NE(problems[0].find("broken.safetensors"), std::string::npos);
}

/// Every way in which a file can be unusable, by name: what its sentence tells.
std::map<std::filesystem::path, std::string> unusableFiles(const TemporaryFolder& folder) {
  using namespace std::string_literals;
  const std::string module = "lora_unet_mid_block_attentions_0_proj_in";
  const auto numbers = [](const Shape& shape, float value) {
    return rawFromFloats(shape, std::vector<float>(static_cast<size_t>(shape.elementCount()), value));
  };
  const auto write = [&](const char* name, const Shape& down, const RawTensor& up) {
    writeSafetensors(folder / name,
                     {{module + ".lora_down.weight", numbers(down, 0.1f)}, {module + ".lora_up.weight", up}});
    return folder / name;
  };
  const std::string good = readFile(LoraCase("kohya_lora").uses[0].file);
  const std::string twice = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                            R"("a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})";
  const std::string down = module + ".lora_down.weight";
  return {
      {folder.write("cut.safetensors", good.substr(0, good.size() / 2)), "cut.safetensors"},
      {folder.write("twice.safetensors", static_cast<char>(twice.size()) + "\0\0\0\0\0\0\0"s + twice + "12345678"),
       "twice"},
      {write("type.safetensors", {4, 32, 1, 1}, rawFromBytes(DType::I32, {32, 4, 1, 1}, std::vector<std::byte>(512))),
       "expected floating point"},
      {write("nan.safetensors", {4, 32, 1, 1}, numbers({32, 4, 1, 1}, std::numeric_limits<float>::quiet_NaN())),
       "not finite"},
      {write("rank.safetensors", {4, 32, 1, 1}, numbers({32, 5, 1, 1}, 0.1f)), "down has rank 4, up 5"},
      {write("shape.safetensors", {4, 33, 1, 1}, numbers({32, 4, 1, 1}, 0.1f)), "does not fit"},
      {folder.write("hostile.pt",
                    "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}."
                    "cos\nsystem\n(S'touch pwned'\ntR.\x80\x02]."s),
       "os.system"},
      {folder.write("outside.lora", onnxModel({onnxExternal(down, {32, 4}, {{"location", "../../etc/passwd"}})})),
       "out of the file's folder"},
      {folder.write("long.lora", onnxModel({onnxExternal(down, {32, 4},
                                                         {{"location", "cut.safetensors"}, {"offset", "99999999"}})})),
       "has only"},
      {folder / "gone.safetensors", "does not exist"},
  };
}

TEST(LiveAdapters, EveryUnusableFileIsToldInOneSentenceAndTheRestGoesOn) {
  TemporaryFolder folder;
  const auto files = unusableFiles(folder);
  GenerateRequest request = goldenRequest();
  request.steps = 1;
  request.adapters = LoraCase("loha").uses;
  const Outcome good = run(request);
  for (const auto& [file, reason] : files) {
    request.adapters.emplace_back().file = file;
    request.adapters.back().weight = 0.5;
  }
  std::map<std::filesystem::path, std::string> told;
  GenerateCallbacks callbacks;
  callbacks.adapterProblem = [&](const AdapterUse& use, const std::string& sentence) { told[use.file] = sentence; };
  EXPECT_EQ(run(request, callbacks).latents, good.latents);
  ASSERT_EQ(told.size(), files.size());
  for (const auto& [file, sentence] : told) {
    EXPECT_NE(sentence.find(files.at(file)), std::string::npos) << file << ": " << sentence;
    EXPECT_NE(sentence.find(file.filename().string()), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find('\n'), std::string::npos) << sentence;
  }
}

TEST(LiveAdapters, AFileThatChangesOrDisappearsBetweenJobsIsNoticed) {
  TemporaryFolder folder;
  GenerateRequest request = goldenRequest();
  request.steps = 2;
  request.adapters.resize(1);
  request.adapters[0].file = folder.write("ink.safetensors", readFile(LoraCase("kohya_lora").uses[0].file));
  const Outcome first = run(request);
  GenerateRequest other = request;
  other.adapters = LoraCase("loha").uses;
  other.adapters[0].weight = 1;
  const Outcome loha = run(other);
  std::filesystem::rename(folder.write("new", readFile(LoraCase("loha").uses[0].file)), request.adapters[0].file);
  EXPECT_EQ(run(request).latents, loha.latents);
  std::filesystem::remove(request.adapters[0].file);
  EXPECT_THROW(run(request), Error);

  // While a job runs: the row goes, the rest stays.
  request.adapters[0].file = folder.write("ink.safetensors", readFile(LoraCase("kohya_lora").uses[0].file));
  request.adapters.push_back(other.adapters[0]);
  std::vector<std::string> problems;
  int calls = 0;
  GenerateCallbacks callbacks;
  callbacks.adapterProblem = [&](const AdapterUse&, const std::string& reason) { problems.push_back(reason); };
  callbacks.adapters = [&]() -> std::optional<std::vector<AdapterUse>> {
    if (calls++ > 0) return std::nullopt;
    std::filesystem::remove(request.adapters[0].file);
    return request.adapters;
  };
  EXPECT_EQ(run(request, callbacks).latents.at("latents.final"), loha.latents.at("latents.final"));
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_NE(problems[0].find("does not exist"), std::string::npos);
  EXPECT_NE(loha.latents, first.latents);
}

TEST(LiveAdapters, WeightsOutOfRangeAreRefused) {
  GenerateRequest request = goldenRequest();
  request.adapters = LoraCase("loha").uses;
  request.adapters[0].weight = 11;
  EXPECT_THROW(run(request), Error);
  request.adapters[0].weight = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(run(request), Error);
}

/// kohya_lora with an embedding of the given step beside its own tensors.
std::filesystem::path bundleWith(const TemporaryFolder& folder, const char* name, float step) {
  auto tensors = readSafetensors(LoraCase("kohya_lora").uses[0].file).tensors;
  std::vector<float> vectors(2 * 16);
  for (size_t i = 0; i < vectors.size(); ++i) vectors[i] = step * (static_cast<float>(i % 7) - 3);
  tensors["bundle_emb.inkstyle.string_to_param.*"] = rawFromFloats({2, 16}, vectors);
  writeSafetensors(folder / name, tensors);
  writeSafetensors(folder / "embeddings" / "inkstyle.safetensors", {{"emb_params", rawFromFloats({2, 16}, vectors)}});
  return folder / name;
}

TEST(LiveAdapters, PromptsNameTheEmbeddingsOfAnAdaptersFile) {
  TemporaryFolder folder;
  std::filesystem::create_directory(folder / "embeddings");
  GenerateRequest request = goldenRequest();
  request.prompt = "a fox, inkstyle";
  request.adapters.resize(1);
  request.adapters[0].file = bundleWith(folder, "bundle.safetensors", 0.1f);
  request.adapters[0].weight = 0;
  const Outcome embedded = run(request);
  GenerateRequest plain = request;
  plain.adapters.clear();
  EXPECT_NE(embedded.latents, run(plain).latents) << "the word is one of the file at any weight";
  EXPECT_EQ(embedded.result.promptTokens, 5) << "a, fox, comma and two vectors";

  plain.prompting.embeddingFolder = folder / "embeddings";
  EXPECT_EQ(embedded.latents, run(plain).latents) << "the same as in a file of its own";

  RunMemory memory(int64_t{1} << 26);
  const auto remembered = [&] {
    std::map<std::string, std::vector<float>> latents;
    GenerateCallbacks callbacks;
    callbacks.latents = [&](int, const Latents& made) { latents[made.name] = made.values; };
    engine().generate(request, callbacks, {}, &memory);
    return latents;
  };
  EXPECT_EQ(remembered(), embedded.latents);
  request.adapters[0].file = bundleWith(folder, "other.safetensors", -0.2f);
  const auto other = remembered();
  EXPECT_NE(other, embedded.latents) << "what is remembered belongs to other vectors";
  EXPECT_EQ(other, run(request).latents);
}

TEST(InspectAdapter, TellsWhatFitsTheModel) {
  const std::filesystem::path file = LoraCase("kohya_lora").uses[0].file;
  const AdapterInfo alone = inspectAdapter(file);
  EXPECT_FALSE(alone.compared);
  EXPECT_EQ(alone.moduleCount, 210);
  EXPECT_EQ(alone.formats, std::vector<std::string>{"LoRA"});
  EXPECT_EQ(alone.lowestRank, 4);
  EXPECT_EQ(alone.highestAlpha, 2.0);
  const AdapterInfo fitted = inspectAdapter(file, goldenPath("tiny-sd1"));
  EXPECT_TRUE(fitted.compared);
  EXPECT_EQ(fitted.matchedTensors, 630);
  EXPECT_EQ(fitted.matchedModules, 210);
  EXPECT_EQ(fitted.unetModules + fitted.textEncoderModules, 210);
  EXPECT_TRUE(fitted.warnings.empty());
  EXPECT_TRUE(isAdapter(file));
  EXPECT_FALSE(isAdapter(goldenPath("tiny-sd1/unet/diffusion_pytorch_model.safetensors")));
}

}  // namespace
}  // namespace lorikeet::testing
