#include "schedulers/unipc_scheduler.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "core/portable_math.h"
#include "schedulers/latent_math.h"

namespace lorikeet {
namespace {

/// Solves the leading n x n part of a row-major system with row length `stride` by Gaussian elimination.
std::vector<double> solve(const std::vector<double>& matrix, const std::vector<double>& right, int n, int stride) {
  std::vector<double> rows(static_cast<size_t>(n) * (n + 1));
  const auto at = [&](int row, int column) -> double& { return rows[row * (n + 1) + column]; };
  for (int row = 0; row < n; ++row) {
    for (int column = 0; column < n; ++column) at(row, column) = matrix[row * stride + column];
    at(row, n) = right[row];
  }
  for (int pivot = 0; pivot < n; ++pivot) {
    int best = pivot;
    for (int row = pivot + 1; row < n; ++row)
      if (std::fabs(at(row, pivot)) > std::fabs(at(best, pivot))) best = row;
    for (int column = 0; column <= n; ++column) std::swap(at(pivot, column), at(best, column));
    for (int row = 0; row < n; ++row) {
      if (row == pivot) continue;
      const double factor = at(row, pivot) / at(pivot, pivot);
      for (int column = pivot; column <= n; ++column) at(row, column) -= factor * at(pivot, column);
    }
  }
  std::vector<double> solution;
  solution.reserve(static_cast<size_t>(n));
  for (int row = 0; row < n; ++row) solution.push_back(at(row, n) / at(row, row));
  return solution;
}

}  // namespace

UniPcScheduler::UniPcScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec)
    : LogSnrScheduler(config, spec),
      maxOrder_(std::clamp(config.solverOrder.value_or(2), 1, 3)),
      bh1_(config.solverType == "bh1") {}

Tensor UniPcScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& /*noise*/) {
  Tensor original = limitedOriginal(prediction, x, call);
  last_ = last_.empty() ? x.clone() : correct(original, call);
  const int known = static_cast<int>(originals_.size());
  originals_.push_front(std::move(original));
  if (static_cast<int>(originals_.size()) > maxOrder_) originals_.pop_back();
  order_ = std::min(maxOrder_, known + 1);
  if (config_.lowerOrderFinal.value_or(true)) order_ = std::min(order_, callCount() - call);
  if (sigmas_[call + 1] == 0) order_ = 1;
  return predict(last_, call, order_);
}

UniPcScheduler::Update UniPcScheduler::makeUpdate(int from, int to, int order) const {
  const Level start = level(from);
  const Level end = level(to);
  const double h = end.lambda - start.lambda;
  const double phi1 = portableExpm1(-h);
  const double bh = bh1_ ? -h : phi1;
  Update update{end.sigma / start.sigma, -end.alpha * phi1, -end.alpha * bh, {}, {}, {}};
  for (int i = 1; i < order; ++i) update.rks.push_back((level(from - i).lambda - start.lambda) / h);
  update.rks.push_back(1);
  double phi = phi1 / -h - 1;
  double factorial = 1;
  for (int i = 1; i <= order; ++i) {
    for (const double rk : update.rks) {
      double power = 1;
      for (int k = 1; k < i; ++k) power *= rk;
      update.matrix.push_back(power);
    }
    update.right.push_back(phi * factorial / bh);
    factorial *= i + 1;
    phi = phi / -h - 1 / factorial;
  }
  return update;
}

Tensor UniPcScheduler::predict(const Tensor& x, int call, int order) const {
  const Update u = makeUpdate(call, call + 1, order);
  if (order == 1) return weightedSum({{u.keep, x}, {u.newest, originals_[0]}});
  const auto rhos = order == 2 ? std::vector<double>{0.5} : solve(u.matrix, u.right, order - 1, order);
  const double first = u.scale * rhos[0] / u.rks[0];
  if (order == 2) return weightedSum({{u.keep, x}, {u.newest - first, originals_[0]}, {first, originals_[1]}});
  const double second = u.scale * rhos[1] / u.rks[1];
  return weightedSum(
      {{u.keep, x}, {u.newest - first - second, originals_[0]}, {first, originals_[1]}, {second, originals_[2]}});
}

/// x at `call` again, now that the clean latents there are known.
Tensor UniPcScheduler::correct(const Tensor& original, int call) const {
  const Update u = makeUpdate(call - 1, call, order_);
  const auto rhos = order_ == 1 ? std::vector<double>{0.5} : solve(u.matrix, u.right, order_, order_);
  const double now = u.scale * rhos.back();
  if (order_ == 1) return weightedSum({{u.keep, last_}, {u.newest - now, originals_[0]}, {now, original}});
  const double first = u.scale * rhos[0] / u.rks[0];
  if (order_ == 2)
    return weightedSum(
        {{u.keep, last_}, {u.newest - now - first, originals_[0]}, {first, originals_[1]}, {now, original}});
  const double second = u.scale * rhos[1] / u.rks[1];
  return weightedSum({{u.keep, last_},
                      {u.newest - now - first - second, originals_[0]},
                      {first, originals_[1]},
                      {second, originals_[2]},
                      {now, original}});
}

}  // namespace lorikeet
