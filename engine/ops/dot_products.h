#pragma once
// Instructions that multiply lanes of several values and add them up: sum += a * b. As assembler, because GCC otherwise
// computes products ahead and has no register left for the sums. With LORIKEET_EMULATED_AVX512 the build has brought
// the same for processors without them (tests/support/emulated_avx512.h). Included by simd_avx2.h only.
#ifndef LORIKEET_EMULATED_AVX512
#include <immintrin.h>

namespace lorikeet {
namespace {

/// Pairs of 16-bit integers.
inline void addPairs(__m256i& sum, __m256i a, __m256i b) {
  __m256i products;
  asm("vpmaddwd %2, %3, %1\n\tvpaddd %1, %0, %0" : "+x"(sum), "=&x"(products) : "x"(a), "x"(b));
}
/// The same with AVX-VNNI.
inline void addPairsVnni(__m256i& sum, __m256i a, __m256i b) {
  asm("%{vex%} vpdpwssd %2, %1, %0" : "+x"(sum) : "x"(a), "x"(b));
}
/// Four unsigned (a) by four signed 8-bit integers, with AVX-VNNI.
inline void addQuadsVnni(__m256i& sum, __m256i a, __m256i b) {
  asm("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(a), "x"(b));
}

#ifdef __AVX512F__
inline void addPairs(__m512i& sum, __m512i a, __m512i b) {
  __m512i products;
  asm("vpmaddwd %2, %3, %1\n\tvpaddd %1, %0, %0" : "+v"(sum), "=&v"(products) : "v"(a), "v"(b));
}
inline void addPairsVnni(__m512i& sum, __m512i a, __m512i b) {
  asm("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
}
inline void addQuadsVnni(__m512i& sum, __m512i a, __m512i b) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
}
/// Pairs of bf16, with AVX-512 BF16.
inline void addBf16Pairs(__m512& sum, __m512 a, __m512 b) { asm("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b)); }
#endif

}  // namespace
}  // namespace lorikeet
#endif
