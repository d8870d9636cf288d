#pragma once

namespace lorikeet {

/// The x in [0, 1] below which a share p in [0, 1] of the symmetric beta distribution B(0.6, 0.6) lies, as
/// scipy.stats.beta.ppf(p, 0.6, 0.6) to 1e-12: most of it is near both ends.
double betaQuantile(double p);

}  // namespace lorikeet
