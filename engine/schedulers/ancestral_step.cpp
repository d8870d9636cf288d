#include "schedulers/ancestral_step.h"

#include <algorithm>
#include <cmath>

namespace lorikeet {

AncestralStep ancestralStep(double from, double to, double eta) {
  if (eta <= 0) return {to, 0};
  const double variance = to * to * (from * from - to * to) / (from * from);
  const double up = std::min(to, eta * std::sqrt(std::max(variance, 0.0)));
  return {std::sqrt(std::max(to * to - up * up, 0.0)), up};
}

}  // namespace lorikeet
