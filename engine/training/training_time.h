#pragma once
#include <stop_token>

#include "training/training_cost.h"

namespace lorikeet {

/// Seconds that a machine takes, by the speed of products of the sizes that occur, each measured for a moment. What
/// earlier measurements found counts as well, since other programs may be at work meanwhile.
class TrainingTime {
 public:
  /// `batch`: images that are computed together. Throws Stopped.
  TrainingTime(int threads, int batch, const std::stop_token& stop) : threads_(threads), batch_(batch), stop_(stop) {}

  /// One way through a network and back, of the whole batch.
  double of(const TrainingCost& cost, bool checkpoints) const;
  /// The optimizer's step, with what is made anew after it.
  static double ofOptimizer(int64_t parameters);
  /// Reading a model of so many bytes and encoding pictures.
  double ofPreparation(int64_t modelBytes, int64_t pictures, double flopsPerPicture) const;

 private:
  double flopsPerSecond(int64_t rows, int64_t width) const;

  int threads_;
  int batch_;
  const std::stop_token& stop_;
};

}  // namespace lorikeet
