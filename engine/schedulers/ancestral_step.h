#pragma once

namespace lorikeet {

/// How an ancestral step from one noise level to a lower one is split: down to `down` without noise, then `up` of
/// fresh noise, down^2 + up^2 = to^2.
struct AncestralStep {
  double down;
  double up;
};

/// k-diffusion's get_ancestral_step; eta 1 is the full share of fresh noise, 0 none.
AncestralStep ancestralStep(double from, double to, double eta);

}  // namespace lorikeet
