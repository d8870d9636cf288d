// SRVGGNetCompact (Wang et al., "Real-ESRGAN", 2021; the "anime video" and "general" models): convolutions at the size
// of the source, each followed by a PReLU, and a pixel shuffle whose result is added to the enlarged source.
#include <fmt/format.h>
#include <lorikeet/error.h>

#include <cmath>

#include "models/upscaler.h"
#include "ops/elementwise.h"
#include "ops/rearrange.h"

namespace lorikeet {
namespace {

constexpr int kMaxSrvggLayers = 256;

std::string srvggLayer(int index) { return fmt::format("body.{}", index); }

const RawTensor* findTensor(const TensorMap& tensors, const std::string& name) {
  const auto found = tensors.find(name);
  return found == tensors.end() ? nullptr : &found->second;
}

UpscalerNetwork::Traits recogniseSrvgg(TensorMap& tensors, const std::string& source) {
  const RawTensor* first = findTensor(tensors, "body.0.weight");
  if (first == nullptr || first->shape.rank() != 4 || tensors.contains("conv_first.weight")) return {};
  int last = 0;
  while (last < kMaxSrvggLayers && tensors.contains(srvggLayer(last + 2) + ".weight")) last += 2;
  for (int i = 1; i < last; i += 2) {
    const RawTensor* slopes = findTensor(tensors, srvggLayer(i) + ".weight");
    if (slopes == nullptr || slopes->shape.rank() != 1)
      throw Error(ErrorKind::Unsupported,
                  fmt::format("{}: this SRVGG network has no PReLU slopes at {}.weight; only networks with PReLU are "
                              "supported.",
                              source, srvggLayer(i)));
  }
  const Shape end = findTensor(tensors, srvggLayer(last) + ".weight")->shape;
  const int scale = static_cast<int>(std::lround(std::sqrt(static_cast<double>(end.rank() == 4 ? end[0] : 0) / 3)));
  if (last < 2 || first->shape[1] != 3 || scale < 1 || scale > 8 || end[0] != int64_t{3} * scale * scale)
    throw Error(ErrorKind::Unsupported,
                fmt::format("{}: the layers of this SRVGG network ({} to {}) do not enlarge RGB pictures.", source,
                            first->shape.toString(), end.toString()));
  return {"SRVGG", scale, 3, last / 2 + 1, 1, 256};
}

class SrvggUpscaler : public UpscalerNetwork {
 public:
  SrvggUpscaler(const LayerSource& source, const Traits& traits) : UpscalerNetwork(traits) {
    int64_t inputs = 3;
    for (int i = 0; source.has(srvggLayer(i) + ".weight"); i += 2) {
      const LayerSource layer = source.scope(srvggLayer(i));
      const int64_t outputs = layer.weights().get("weight").shape[0];
      convolutions_.emplace_back(layer, inputs, outputs);
      if (source.has(srvggLayer(i + 2) + ".weight"))
        slopes_.push_back(&source.scope(srvggLayer(i + 1)).values("weight", {outputs}));
      inputs = outputs;
    }
    parameters_ = source.table();
  }

  Tensor operator()(const ExecutionContext& context, const Tensor& picture) const override {
    Tensor h = convolutions_.front()(context, picture);
    for (size_t i = 1; i < convolutions_.size(); ++i) {
      preluInPlace(context, h, slopes_[i - 1]->data());
      h = convolutions_[i](context, h);
    }
    h = pixelShuffle(context, h, traits().scale);
    addInPlace(context, h, enlargeNearest(context, picture, traits().scale));
    return h;
  }

 private:
  std::shared_ptr<ParameterTable> parameters_;
  std::vector<Conv2d> convolutions_;
  std::vector<const ValueParameter*> slopes_;
};

std::unique_ptr<UpscalerNetwork> buildSrvgg(const LayerSource& source, const UpscalerNetwork::Traits& traits) {
  return std::make_unique<SrvggUpscaler>(source, traits);
}

}  // namespace

const UpscalerArchitecture kSrvggArchitecture{recogniseSrvgg, buildSrvgg};

}  // namespace lorikeet
