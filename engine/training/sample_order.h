#pragma once
#include <cstdint>
#include <vector>

#include "core/torch_rng.h"

namespace lorikeet {

/// How one sample is shown.
struct SampleDraw {
  size_t picture = 0;
  bool dropsCaption = false;
  bool isFlipped = false;
  float cropX = 0.5F;  ///< 0..1 of what does not fit
  float cropY = 0.5F;
  int timestep = 0;
};

/// Which pictures are shown when, and how: a function of the seed and of the sample's number alone, so that a training
/// goes on after a stop without any state of generators.
class SampleOrder {
 public:
  SampleOrder(std::vector<int> repeats, uint64_t seed);

  /// Samples of an epoch: every picture as often as it is repeated.
  int64_t epochSize() const { return static_cast<int64_t>(items_.size()); }
  /// The picture of a sample; every epoch is shuffled anew.
  size_t pictureOf(int64_t sample);
  /// The random numbers of a sample.
  TorchRng generatorOf(int64_t sample) const;
  /// Those that the values of a layer start from.
  static TorchRng initialValues(uint64_t seed, int64_t layer);

 private:
  void shuffle(int64_t epoch);
  std::vector<size_t> items_;
  std::vector<size_t> order_;
  uint64_t seed_;
  int64_t epoch_ = -1;
};

}  // namespace lorikeet
