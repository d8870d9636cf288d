#pragma once
#include "lorikeet/arithmetic.h"

namespace lorikeet {

/// Ways to do less work that change the picture a little. All are off by default.
struct Shortcuts {
  /// Guidance acts from this share of the model calls on, up to that one; outside the unconditional half is not
  /// computed (Kynkäänniemi et al., "Applying Guidance in a Limited Interval", arXiv 2404.07724).
  double guidanceStart = 0;
  double guidanceEnd = 1;
  /// The unconditional half is computed at every n-th call; between, the difference that it made last is used again.
  int guidanceEvery = 1;
  /// The inner layers of the UNet run at every n-th call; between, only the outermost ones do, on the inner layers'
  /// last result (Ma, Fang and Wang, "DeepCache", arXiv 2312.00858).
  int innerEvery = 1;

  /// Fewer bits take fewer instructions; with 16 of them the picture hardly changes (README: Shortcuts).
  Arithmetic arithmetic = Arithmetic::F32;

  /// Share of the tokens of the UNet's finest maps that self-attention works without, up to 0.75: they take the result
  /// of the token that is most like them (Bolya and Hoffman, "Token Merging for Fast Stable Diffusion", arXiv
  /// 2303.17604).
  double mergedTokens = 0;

  /// Whether a model call depends on those before it.
  bool remembers() const { return guidanceEvery > 1 || innerEvery > 1; }
  bool operator==(const Shortcuts&) const = default;
};

}  // namespace lorikeet
