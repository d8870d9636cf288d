#include "core/brownian_tree.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/check.h"
#include "core/seed_sequence.h"
#include "core/torch_rng.h"

namespace lorikeet {
namespace {

constexpr int kPoolSize = 24;

/// Python's round(value, 6): the nearest double to the correctly rounded decimal.
double roundedToSixDigits(double value) {
  std::array<char, 400> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 6);
  double result = 0;
  std::from_chars(text.data(), written.ptr, result);
  return result;
}

}  // namespace

BrownianTree::BrownianTree(uint64_t seed, double start, double end, size_t size)
    : seed_(seed), size_(size), whole_{roundedToSixDigits(start), roundedToSixDigits(end), 0, 0} {
  CHECK(start <= end);
  wholeIncrement_ = drawn(seedSequence(seed, {}, kPoolSize, 1).front());
  const auto deviation = static_cast<float>(std::sqrt(end - start));
  for (float& value : wholeIncrement_) value *= deviation;
}

void BrownianTree::increment(double from, double to, std::span<float> out) const {
  CHECK(from <= to && out.size() == size_);
  std::fill(out.begin(), out.end(), 0.0f);
  from = roundedToSixDigits(std::clamp(from, whole_.start, whole_.end));
  to = roundedToSixDigits(std::clamp(to, whole_.start, whole_.end));
  if (from < to) add(whole_, wholeIncrement_, from, to, out);
}

/// Adds the part [from, to] of an interval whose own increment is known.
void BrownianTree::add(const Interval& interval, const Values& increment, double from, double to,
                       std::span<float> sum) const {
  const auto [start, end, key, depth] = interval;
  if (from == start && to == end) {
    for (size_t i = 0; i < size_; ++i) sum[i] += increment[i];
    return;
  }
  const double middle = roundedToSixDigits(0.5 * (end + start));
  const std::array<uint64_t, 2> place{key, depth};
  Values left = drawn(seedSequence(seed_, place, kPoolSize, 1).front());
  const double reciprocal = 1 / (end - start);
  const auto share = static_cast<float>(middle - start);
  const auto deviation = static_cast<float>(std::sqrt((middle - start) * (end - middle) * reciprocal));
  for (size_t i = 0; i < size_; ++i)
    left[i] = share * increment[i] * static_cast<float>(reciprocal) + deviation * left[i];
  if (from < middle) add({start, middle, 2 * key, depth + 1}, left, from, std::min(to, middle), sum);
  if (to <= middle) return;
  for (size_t i = 0; i < size_; ++i) left[i] = increment[i] - left[i];  // now the right half's
  add({middle, end, 2 * key + 1, depth + 1}, left, std::max(from, middle), to, sum);
}

BrownianTree::Values BrownianTree::drawn(uint32_t seed) const {
  Values values(size_);
  TorchRng(seed).normal(values);
  return values;
}

}  // namespace lorikeet
