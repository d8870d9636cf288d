#pragma once

namespace lorikeet {

/// Elementary functions made of IEEE additions, multiplications, divisions and square roots alone, so that noise and
/// sampling coefficients have the same bits on every machine (the C library's last bit depends on its version and on
/// the processor). Relative error below 4e-16 to 2e-15; arguments are finite and in the ordinary range.
double portableLog(double x);
double portableExp(double x);
/// exp(x) - 1 without cancellation near 0.
double portableExpm1(double x);
/// x to the power of y for x >= 0; 0 to a positive power is 0.
double portablePow(double x, double y);
/// For |x| up to about 1e5.
double portableSin(double x);
double portableCos(double x);
double portableTan(double x);
/// Inverse functions: arc tangent, and arc cosine of [-1, 1].
double portableAtan(double x);
double portableAcos(double x);

}  // namespace lorikeet
