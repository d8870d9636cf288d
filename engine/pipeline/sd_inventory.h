#pragma once
#include <cstdint>
#include <string>

#include "core/shape.h"

namespace lorikeet {

/// What a tensor of a network is, for those who fill it with values.
enum class TensorRole { Weight, Bias, Gain, Embedding };

/// Takes the tensors of a network one by one: canonical name and shape.
class TensorSink {
 public:
  virtual ~TensorSink() = default;
  virtual void add(const std::string& name, const Shape& shape, TensorRole role) = 0;
  void linear(const std::string& name, int64_t inputs, int64_t outputs, bool bias = true);
  void convolution(const std::string& name, int64_t inputs, int64_t outputs, int64_t kernel = 3);
  void norm(const std::string& name, int64_t channels);
};

/// How the models of the two families differ in names and shapes.
struct SdArchitecture {
  int64_t textWidth = 768;
  int textLayers = 12;
  bool linearProjection = false;  ///< proj_in and proj_out of transformers are linear layers, not 1x1 convolutions
};
constexpr SdArchitecture kStableDiffusion1{};
constexpr SdArchitecture kStableDiffusion2{1024, 23, true};

/// The tensors of the published Stable Diffusion 1.x and 2.x networks, and of their ControlNets.
void listUnet(const SdArchitecture& architecture, TensorSink& sink);
void listControlNet(const SdArchitecture& architecture, TensorSink& sink);
void listVae(TensorSink& sink);
void listTextEncoder(const SdArchitecture& architecture, TensorSink& sink);

}  // namespace lorikeet
