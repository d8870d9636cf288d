#include "training/sample_order.h"

#include <utility>

#include "core/seed_sequence.h"

namespace lorikeet {
namespace {

/// What a generator is for; keeps their sequences apart.
enum Purpose : uint64_t { kEpoch = 1, kSample = 2, kLayer = 3 };

TorchRng generator(uint64_t seed, Purpose purpose, int64_t index) {
  const uint64_t key[] = {purpose, static_cast<uint64_t>(index)};
  return TorchRng(seedSequence(seed, key, 4, 1).front());
}

}  // namespace

SampleOrder::SampleOrder(std::vector<int> repeats, uint64_t seed) : seed_(seed) {
  for (size_t picture = 0; picture < repeats.size(); ++picture)
    items_.insert(items_.end(), static_cast<size_t>(repeats[picture]), picture);
}

size_t SampleOrder::pictureOf(int64_t sample) {
  const int64_t epoch = sample / epochSize();
  if (epoch != epoch_) shuffle(epoch);
  return order_[static_cast<size_t>(sample % epochSize())];
}

TorchRng SampleOrder::generatorOf(int64_t sample) const { return generator(seed_, kSample, sample); }

TorchRng SampleOrder::initialValues(uint64_t seed, int64_t layer) { return generator(seed, kLayer, layer); }

void SampleOrder::shuffle(int64_t epoch) {
  TorchRng random = generator(seed_, kEpoch, epoch);
  order_ = items_;
  for (size_t i = order_.size() - 1; i > 0; --i) {
    float share = 0;
    random.uniform({&share, 1});
    std::swap(order_[i], order_[static_cast<size_t>(static_cast<double>(share) * static_cast<double>(i + 1))]);
  }
  epoch_ = epoch;
}

}  // namespace lorikeet
