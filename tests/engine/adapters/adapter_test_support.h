#pragma once
#include <nlohmann/json.hpp>

#include "adapters/adapter_stack.h"
#include "core/thread_pool.h"
#include "io/json_file.h"
#include "io/model_files.h"
#include "io/safetensors.h"
#include "io/tensor_values.h"
#include "models/clip_text_encoder.h"
#include "models/unet.h"
#include "ops/kernels.h"
#include "support/golden.h"

namespace lorikeet::testing {

/// tiny-sd1's text encoder and UNet.
struct TinyNetworks {
  ModelFiles files = openModel(goldenPath("tiny-sd1"));
  ThreadPool pool{2};
  ExecutionContext context{pool};
  ClipTextEncoder textEncoder{context, files.textEncoder, ClipTextConfig::fromJson(*files.textEncoderConfig, "test")};
  UNet unet{context, files.unet, UNetConfig::fromJson(*files.unetConfig, "test")};

  Parameter* find(const std::string& name) const {
    constexpr std::string_view kText = "text_encoder.", kUNet = "unet.";
    if (name.starts_with(kText)) return textEncoder.parameters().find(name.substr(kText.size()));
    return unet.parameters().find(name.substr(kUNet.size()));
  }
};

/// The values that products see, in the file's order [outputs, inputs(, h, w)].
inline std::vector<float> effectiveValues(const Parameter& parameter) {
  if (const auto* values = dynamic_cast<const ValueParameter*>(&parameter)) {
    const std::span<const float> span = values->values().values();
    return {span.begin(), span.end()};
  }
  const PackedWeights& packed = dynamic_cast<const MatrixParameter&>(parameter).packed();
  std::vector<float> values(static_cast<size_t>(packed.outputs() * packed.depth()));
  std::vector<float> scratch(static_cast<size_t>(packed.depth() * kPanelWidth));
  for (int64_t p = 0; p < packed.panelCount(); ++p) {
    const float* panel = packed.panel(p, 0, packed.depth(), scratch.data());
    for (int64_t n = 0; n < std::min<int64_t>(kPanelWidth, packed.outputs() - p * kPanelWidth); ++n)
      for (int64_t t = 0; t < packed.taps(); ++t)
        for (int64_t i = 0; i < packed.inputs(); ++i)
          values[static_cast<size_t>(((p * kPanelWidth + n) * packed.inputs() + i) * packed.taps() + t)] =
              panel[(t * packed.inputs() + i) * kPanelWidth + n];
  }
  return values;
}

/// One folder of tests/golden/lora.
struct LoraCase {
  explicit LoraCase(const std::string& name)
      : folder(goldenPath("lora/" + name)),
        description(*readJsonObject(folder / "case.json")),
        expected(folder / "expected.safetensors") {
    const auto& multiplier = description.at("multiplier");
    std::vector<std::filesystem::path> files;
    for (const std::string file : description.at("files")) {
      if (file.ends_with(".json") || file.starts_with("text_encoder/")) continue;
      files.push_back(file.starts_with("unet/") ? folder : folder / file);
    }
    for (size_t i = 0; i < files.size(); ++i) {
      AdapterUse use;
      use.file = files[i];
      use.weight = multiplier.is_array()    ? multiplier[i].get<double>()
                   : multiplier.is_object() ? multiplier.at("unet").get<double>()
                                            : multiplier.get<double>();
      if (multiplier.is_object()) use.textWeight = multiplier.at("text_encoder").get<double>();
      uses.push_back(use);
    }
  }
  std::filesystem::path folder;
  nlohmann::json description;
  GoldenFile expected;
  std::vector<AdapterUse> uses;
};

inline std::vector<std::string> loraCases() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(goldenPath("lora")))
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace lorikeet::testing
