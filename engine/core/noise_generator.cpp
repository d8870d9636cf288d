#include "core/noise_generator.h"

#include "core/check.h"
#include "core/numpy_rng.h"
#include "core/philox_rng.h"
#include "core/torch_rng.h"

namespace lorikeet {

std::unique_ptr<NoiseGenerator> makeNoiseGenerator(NoiseSource source, uint64_t seed) {
  switch (source) {
    case NoiseSource::Torch:
      return std::make_unique<TorchRng>(seed);
    case NoiseSource::Numpy:
      return std::make_unique<NumpyRng>(seed);
    case NoiseSource::Philox:
      return std::make_unique<PhiloxRng>(seed);
  }
  CHECK(!"a NoiseSource");
  return nullptr;
}

}  // namespace lorikeet
