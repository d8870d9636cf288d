#include <fmt/format.h>
#include <lorikeet/benchmark.h>
#include <lorikeet/error.h>

#include <array>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/dtype.h"
#include "io/atomic_file.h"
#include "io/json_text.h"
#include "io/safetensors.h"
#include "io/tensor_values.h"
#include "pipeline/sd_inventory.h"

namespace lorikeet {
namespace {

/// Collects random tensors under the names that layers expect.
class RandomTensors : public TensorSink {
 public:
  explicit RandomTensors(std::stop_token stop) : stop_(std::move(stop)) {}

  void add(const std::string& name, const Shape& shape, TensorRole role) override {
    if (stop_.stop_requested()) throw Error(ErrorKind::Io, "Writing the random model was stopped.");
    const double center = role == TensorRole::Gain ? 1 : 0, spread = spreadOf(shape, role);
    std::vector<std::byte> bytes(static_cast<size_t>(shape.elementCount()) * 2);
    for (size_t i = 0; i < bytes.size(); i += 2) {
      state_ = state_ * 6364136223846793005u + 1442695040888963407u;
      const double uniform = static_cast<double>(state_ >> 40) / 8388608.0 - 1;  // [-1, 1)
      const uint16_t bits = f32ToF16(static_cast<float>(center + spread * uniform));
      bytes[i] = static_cast<std::byte>(bits & 0xff);
      bytes[i + 1] = static_cast<std::byte>(bits >> 8);
    }
    tensors_.emplace(name, rawFromBytes(DType::F16, shape, std::move(bytes)));
  }
  const std::map<std::string, RawTensor>& tensors() const { return tensors_; }

 private:
  static double spreadOf(const Shape& shape, TensorRole role) {
    if (role == TensorRole::Weight)
      return 1 / std::sqrt(static_cast<double>(shape.elementCount()) / static_cast<double>(shape[0]));
    return role == TensorRole::Gain ? 0 : role == TensorRole::Bias ? 0.01 : 0.02;
  }
  std::stop_token stop_;
  uint64_t state_ = 0x9e3779b97f4a7c15u;
  std::map<std::string, RawTensor> tensors_;
};

void writePart(const std::filesystem::path& folder, const char* file, const nlohmann::json& config,
               const RandomTensors& random) {
  std::filesystem::create_directories(folder);
  writeSafetensors(folder / file, random.tensors());
  std::ofstream(folder / "config.json") << dumpJson(config, 1);
}

nlohmann::json unetConfig() {
  return {{"block_out_channels", {320, 640, 1280, 1280}},
          {"cross_attention_dim", kStableDiffusion1.textWidth},
          {"attention_head_dim", 8},
          {"sample_size", 64}};
}

}  // namespace

void writeRandomControlNet(const std::filesystem::path& folder, std::stop_token stop) {
  nlohmann::json config = unetConfig();
  config["_class_name"] = "ControlNetModel";
  RandomTensors control(stop);
  listControlNet(kStableDiffusion1, control);
  writePart(folder, "diffusion_pytorch_model.safetensors", config, control);
}

void writeRandomModel(const std::filesystem::path& folder, std::stop_token stop) {
  constexpr SdArchitecture kArchitecture = kStableDiffusion1;
  RandomTensors unet(stop), vae(stop), text(stop);
  listUnet(kArchitecture, unet);
  listVae(vae);
  listTextEncoder(kArchitecture, text);
  writePart(folder / "unet", "diffusion_pytorch_model.safetensors", unetConfig(), unet);
  writePart(folder / "vae", "diffusion_pytorch_model.safetensors",
            {{"block_out_channels", {128, 256, 512, 512}}, {"layers_per_block", 2}}, vae);
  writePart(folder / "text_encoder", "model.safetensors",
            {{"hidden_size", kArchitecture.textWidth},
             {"intermediate_size", 4 * kArchitecture.textWidth},
             {"num_attention_heads", 12}},
            text);
  std::ofstream index(folder / "model_index.json");
  index << R"({"_class_name": "StableDiffusionPipeline"})" << std::endl;
  if (!index)
    throw Error(ErrorKind::Io, fmt::format("The random model could not be written to \"{}\".", folder.string()));
}

}  // namespace lorikeet
