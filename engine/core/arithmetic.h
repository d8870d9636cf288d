#pragma once

namespace lorikeet {

/// The numbers that matrix products and convolutions multiply.
enum class Arithmetic : unsigned char {
  F32,
  // Small products stay F32 in all of these.
  Bf16,   ///< bfloat16, summed in f32; Winograd's convolutions stay F32
  Int16,  ///< 16-bit integers with scales, summed exactly in 32 bits a block at a time
  Int8,   ///< the same of 8-bit integers, of 16-bit ones in Winograd's convolutions
};

}  // namespace lorikeet
