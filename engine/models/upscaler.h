#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "io/canonical_names.h"
#include "nn/conv2d.h"

namespace lorikeet {

/// A network that enlarges pictures by a whole factor, whatever its architecture.
class UpscalerNetwork {
 public:
  /// What a network is, read from its tensors.
  struct Traits {
    std::string architecture;  ///< "SRVGG", "RRDB", "FSRCNN"
    int scale = 1;
    int channels = 3;    ///< 3: RGB, 1: the brightness alone
    int halo = 0;        ///< pixels around a pixel of the source that its result depends on noticeably
    int multiple = 1;    ///< of which the sides of the source must be multiples
    int tileSize = 192;  ///< sides of the pieces in which large pictures are worked on, for moderate memory
  };
  virtual ~UpscalerNetwork() = default;
  UpscalerNetwork(const UpscalerNetwork&) = delete;
  UpscalerNetwork& operator=(const UpscalerNetwork&) = delete;

  const Traits& traits() const { return traits_; }
  /// [1, H, W, channels] in [0, 1] -> [1, scale * H, scale * W, channels], not clamped.
  virtual Tensor operator()(const ExecutionContext& context, const Tensor& picture) const = 0;

  /// Reads an SRVGG-compact or ESRGAN (RRDB) network from a .pth or .safetensors file, or an FSRCNN from a frozen
  /// TensorFlow graph (.pb); which of them it is say the tensors. Throws Error(NotFound | Io | Corrupt | Unsupported |
  /// Mismatch), Stopped.
  static std::unique_ptr<UpscalerNetwork> load(const ExecutionContext& context, const std::filesystem::path& file);
  /// The same without packing the weights.
  static Traits inspect(const std::filesystem::path& file);

 protected:
  explicit UpscalerNetwork(Traits traits) : traits_(std::move(traits)) {}

 private:
  Traits traits_;
};

/// One architecture: finds out whether tensors belong to it, and builds it.
struct UpscalerArchitecture {
  /// The traits, or an empty architecture name for tensors of another one. `tensors` may be renamed to the
  /// architecture's current names. Throws Error for tensors that are of it but cannot be used.
  UpscalerNetwork::Traits (*recognise)(TensorMap& tensors, const std::string& source);
  std::unique_ptr<UpscalerNetwork> (*build)(const LayerSource& source, const UpscalerNetwork::Traits& traits);
};
extern const UpscalerArchitecture kSrvggArchitecture;
extern const UpscalerArchitecture kRrdbArchitecture;
extern const UpscalerArchitecture kFsrcnnArchitecture;

}  // namespace lorikeet
