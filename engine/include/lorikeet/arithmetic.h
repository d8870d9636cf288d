#pragma once

namespace lorikeet {

/// The numbers that matrix products, convolutions and attention of the UNet, the ControlNets and the decoder multiply;
/// how weights are kept is another matter (Precision). Small products stay F32 in all of these.
enum class Arithmetic : unsigned char {
  F32,
  Bf16,   ///< bfloat16, summed in f32, where the processor is faster at it (AVX-512 BF16); Winograd's convolutions stay
          ///< F32
  Int16,  ///< 16-bit integers with scales, summed exactly in 32 bits a block at a time
  Int8,   ///< the same of 8-bit integers, of 16-bit ones in convolutions of large maps and in attention; without VNNI,
          ///< Int16
};

/// What this processor computes with where `wish` is asked for: Int16 for Int8 without VNNI; for Bf16, F32 without an
/// instruction for it, or where that is not clearly faster than f32's, which is measured once in a process (2 ms). With
/// LORIKEET_SLOW_ARITHMETIC=1 it is what was asked for, without an instruction for it (for tests).
Arithmetic availableArithmetic(Arithmetic wish);

}  // namespace lorikeet
