// RRDBNet (Wang et al., "ESRGAN: Enhanced Super-Resolution Generative Adversarial Networks", 2018; Real-ESRGAN's x4plus
// and x2plus): dense blocks with residuals at the size of the source, then enlargements by 2 with a convolution each.
#include <fmt/format.h>
#include <lorikeet/error.h>

#include <charconv>
#include <optional>
#include <set>

#include "models/upscaler.h"
#include "ops/elementwise.h"
#include "ops/rearrange.h"

namespace lorikeet {
namespace {

constexpr float kResidualScale = 0.2F, kLeakySlope = 0.2F;
constexpr int kDenseLayers = 5, kDenseBlocks = 3;
constexpr int kMaxRrdbBlocks = 256;
/// The whole reach is hundreds of pixels; what lies farther away than this changes a picture by less than a level.
constexpr int kRrdbHalo = 24;

void renamePart(std::string& name, std::string_view from, std::string_view to) {
  if (const size_t at = name.find(from); at != std::string::npos) name.replace(at, from.size(), to);
}

/// "model.N.weight" of the first ESRGAN files -> N; -1 for other names.
int sequentialIndex(const std::string& name) {
  int index = -1;
  if (!name.starts_with("model.")) return -1;
  const char* begin = name.data() + 6;
  const auto [end, failed] = std::from_chars(begin, name.data() + name.size(), index);
  return failed == std::errc() && std::string_view(end) == ".weight" ? index : -1;
}

/// The first ESRGAN files number their layers; the last two convolutions and those before them have fixed roles.
TensorMap renamedFromSequential(const TensorMap& tensors) {
  std::set<int> indices;
  int trunk = 0;
  for (const auto& [name, tensor] : tensors) {
    if (const int index = sequentialIndex(name); index > 0) indices.insert(index);
    int sub = 0;
    if (name.starts_with("model.1.sub.")) std::from_chars(name.data() + 12, name.data() + name.size(), sub);
    trunk = std::max(trunk, sub);
  }
  std::map<std::string, std::string> roles{{"model.0.", "conv_first."},
                                           {fmt::format("model.1.sub.{}.", trunk), "conv_body."}};
  size_t place = 0;
  for (const int index : indices) {
    const size_t left = indices.size() - place++;
    roles[fmt::format("model.{}.", index)] = left == 1   ? "conv_last."
                                             : left == 2 ? "conv_hr."
                                                         : fmt::format("conv_up{}.", place);
  }
  TensorMap renamed;
  for (const auto& [name, tensor] : tensors) {
    std::string current = name;
    for (const auto& [from, to] : roles)
      if (current.starts_with(from) && current.find('.', from.size()) == std::string::npos)
        current.replace(0, from.size(), to);
    renamePart(current, "model.1.sub.", "body.");
    for (int i = 1; i <= kDenseBlocks; ++i) renamePart(current, fmt::format("RDB{}", i), fmt::format("rdb{}", i));
    renamePart(current, ".0.weight", ".weight");
    renamePart(current, ".0.bias", ".bias");
    renamed.emplace(current, tensor);
  }
  return renamed;
}

/// BSRGAN's and Real-SR's names of the same layers.
TensorMap renamedFromTrunk(const TensorMap& tensors) {
  TensorMap renamed;
  for (const auto& [name, tensor] : tensors) {
    std::string current = name;
    renamePart(current, "RRDB_trunk", "body");
    renamePart(current, "trunk_conv", "conv_body");
    renamePart(current, "upconv", "conv_up");
    renamePart(current, "HRconv", "conv_hr");
    for (int i = 1; i <= kDenseBlocks; ++i) renamePart(current, fmt::format("RDB{}", i), fmt::format("rdb{}", i));
    renamed.emplace(current, tensor);
  }
  return renamed;
}

UpscalerNetwork::Traits recogniseRrdb(TensorMap& tensors, const std::string& source) {
  if (tensors.contains("model.0.weight") && tensors.contains("model.1.sub.0.RDB1.conv1.0.weight"))
    tensors = renamedFromSequential(tensors);
  else if (tensors.contains("RRDB_trunk.0.RDB1.conv1.weight"))
    tensors = renamedFromTrunk(tensors);
  const auto first = tensors.find("conv_first.weight");
  if (first == tensors.end() || !tensors.contains("body.0.rdb1.conv1.weight")) return {};
  const auto fail = [&](const std::string& reason) {
    throw Error(ErrorKind::Unsupported, fmt::format("{}: this ESRGAN network {}.", source, reason));
  };
  int enlargements = 0;
  while (enlargements < 4 && tensors.contains(fmt::format("conv_up{}.weight", enlargements + 1))) ++enlargements;
  const Shape shape = first->second.shape;
  const int64_t inputs = shape.rank() == 4 ? shape[1] : 0;
  const int packed = inputs == 3 ? 1 : inputs == 12 ? 2 : inputs == 48 ? 4 : 0;
  if (packed == 0) fail(fmt::format("takes {} channels; expected 3, or 12 or 48 for packed pictures", inputs));
  const int scale = (1 << enlargements) / packed;
  if (scale < 1) fail("makes pictures smaller");
  const int halo = kRrdbHalo / packed * packed;
  return {"RRDB", scale, 3, halo, packed, 144};
}

/// ResidualDenseBlock_5C: every convolution sees all maps before it.
class DenseBlock {
 public:
  DenseBlock(const LayerSource& source, int64_t channels, int64_t growth)
      : slopes_(static_cast<size_t>(growth), kLeakySlope) {
    for (int i = 0; i < kDenseLayers; ++i)
      convolutions_.emplace_back(source.scope(fmt::format("conv{}", i + 1)), channels + i * growth,
                                 i + 1 < kDenseLayers ? growth : channels);
  }

  /// x + 0.2 * block(x)
  Tensor operator()(const ExecutionContext& context, const Tensor& x) const {
    Tensor grown;
    for (int i = 0; i + 1 < kDenseLayers; ++i) {
      Tensor h = grown.empty() ? convolutions_[i](context, x) : convolutions_[i](context, FeatureMap(x, grown));
      preluInPlace(context, h, slopes_.data());
      grown = grown.empty() ? std::move(h) : joinChannels(context, grown, h);
    }
    Tensor h = convolutions_.back()(context, FeatureMap(x, grown));
    addScaledInPlace(context, h, kResidualScale, x);
    return h;
  }

 private:
  std::vector<float> slopes_;
  std::vector<Conv2d> convolutions_;
};

class RrdbUpscaler : public UpscalerNetwork {
 public:
  RrdbUpscaler(const LayerSource& source, const Traits& traits) : UpscalerNetwork(traits) {
    const Shape first = source.weights().get("conv_first.weight").shape;
    const int64_t channels = first[0], growth = source.weights().get("body.0.rdb1.conv1.weight").shape[0];
    slopes_.assign(static_cast<size_t>(channels), kLeakySlope);
    convFirst_.emplace(source.scope("conv_first"), first[1], channels);
    for (int i = 0; i < kMaxRrdbBlocks && source.weights().hasModule(fmt::format("body.{}", i)); ++i)
      for (int j = 1; j <= kDenseBlocks; ++j)
        blocks_.emplace_back(source.scope(fmt::format("body.{}.rdb{}", i, j)), channels, growth);
    convBody_.emplace(source.scope("conv_body"), channels, channels);
    for (int i = 1; source.weights().hasModule(fmt::format("conv_up{}", i)); ++i)
      enlargements_.emplace_back(source.scope(fmt::format("conv_up{}", i)), channels, channels);
    convHr_.emplace(source.scope("conv_hr"), channels, channels);
    convLast_.emplace(source.scope("conv_last"), channels, 3);
    parameters_ = source.table();
  }

  Tensor operator()(const ExecutionContext& context, const Tensor& picture) const override {
    const Tensor first = traits().multiple == 1
                             ? (*convFirst_)(context, picture)
                             : (*convFirst_)(context, pixelUnshuffle(context, picture, traits().multiple));
    Tensor h = first.clone();
    for (size_t i = 0; i < blocks_.size(); i += kDenseBlocks) {
      const Tensor before = h.clone();
      for (int j = 0; j < kDenseBlocks; ++j) h = blocks_[i + j](context, h);
      addScaledInPlace(context, h, kResidualScale, before);
    }
    h = (*convBody_)(context, h, {.residual = &first});
    for (const Conv2d& enlargement : enlargements_) {
      h = enlargement(context, h, {.enlargedHeight = 2 * h.dim(1), .enlargedWidth = 2 * h.dim(2)});
      preluInPlace(context, h, slopes_.data());
    }
    h = (*convHr_)(context, h);
    preluInPlace(context, h, slopes_.data());
    return (*convLast_)(context, h);
  }

 private:
  std::shared_ptr<ParameterTable> parameters_;
  std::vector<float> slopes_;
  std::optional<Conv2d> convFirst_, convBody_, convHr_, convLast_;
  std::vector<DenseBlock> blocks_;
  std::vector<Conv2d> enlargements_;
};

std::unique_ptr<UpscalerNetwork> buildRrdb(const LayerSource& source, const UpscalerNetwork::Traits& traits) {
  return std::make_unique<RrdbUpscaler>(source, traits);
}

}  // namespace

const UpscalerArchitecture kRrdbArchitecture{recogniseRrdb, buildRrdb};

}  // namespace lorikeet
