#include "ops/isa.h"

#if defined(__x86_64__) && !defined(LORIKEET_EMULATED_AVX512)
#include <cpuid.h>
#endif

#include <algorithm>
#include <array>
#include <cstdlib>

namespace lorikeet {
namespace {

constexpr std::array<std::string_view, 3> kNames{"generic", "avx2", "avx512"};

#if defined(__x86_64__) && !defined(LORIKEET_EMULATED_AVX512)
// __builtin_cpu_supports() of clang 14 does not know these three.
bool hasF16c() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
}
/// Of eax, leaf 7, subleaf 1.
bool hasExtension(unsigned bit) {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & 1u << bit) != 0;
}
bool hasAvxVnni() { return hasExtension(4); }
bool hasAvx512Bf16() { return hasExtension(5); }
#endif

Isa detect() {
#if defined(LORIKEET_EMULATED_AVX512)
  return Isa::Avx512;
#elif defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return Isa::Avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && hasF16c()) return Isa::Avx2;
#endif
  return Isa::Generic;
}

bool isOff(const char* variable) {
  const char* wish = std::getenv(variable);
  return wish != nullptr && std::string_view(wish) == "0";
}

Isa choose() {
  const Isa best = detect();
  const char* wish = std::getenv("LORIKEET_ISA");
  if (wish == nullptr) return best;
  const auto found = std::find(kNames.begin(), kNames.end(), std::string_view(wish));
  return found == kNames.end() ? best : std::min(best, static_cast<Isa>(found - kNames.begin()));
}

}  // namespace

Isa activeIsa() {
  static const Isa isa = choose();
  return isa;
}

bool hasVnni(Isa isa) {
  if (isOff("LORIKEET_VNNI")) return false;
#if defined(LORIKEET_EMULATED_AVX512)
  return isa != Isa::Generic;
#elif defined(__x86_64__)
  if (isa == Isa::Avx512) return __builtin_cpu_supports("avx512vnni");
  if (isa == Isa::Avx2) return hasAvxVnni();
#endif
  return false;
}

bool hasBf16(Isa isa) {
  if (isOff("LORIKEET_BF16") || isa != Isa::Avx512) return false;
#if defined(LORIKEET_EMULATED_AVX512)
  return true;
#elif defined(__x86_64__)
  return hasAvx512Bf16();
#else
  return false;
#endif
}

std::string_view name(Isa isa) { return kNames[static_cast<size_t>(isa)]; }

}  // namespace lorikeet
