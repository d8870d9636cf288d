#pragma once
#include <string_view>

namespace lorikeet {

/// Instruction sets that kernels are compiled for, in ascending order.
enum class Isa { Generic, Avx2, Avx512 };

/// The best set that this processor and operating system run; LORIKEET_ISA=generic|avx2|avx512 lowers it (for tests).
Isa activeIsa();
std::string_view name(Isa isa);

}  // namespace lorikeet
