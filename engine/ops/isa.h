#pragma once
#include <string_view>

namespace lorikeet {

/// Instruction sets that kernels are compiled for, in ascending order.
enum class Isa { Generic, Avx2, Avx512 };

/// The best set that this processor and operating system run; LORIKEET_ISA=generic|avx2|avx512 lowers it (for tests).
Isa activeIsa();
std::string_view name(Isa isa);
/// Whether the processor has instructions that add up products of 16-bit integers at this vector width (AVX-VNNI,
/// AVX-512 VNNI). LORIKEET_VNNI=0 says no (for tests).
bool hasVnni(Isa isa);
/// Whether it has one that adds up products of bf16 (AVX-512 BF16). LORIKEET_BF16=0 says no (for tests).
bool hasBf16(Isa isa);

}  // namespace lorikeet
