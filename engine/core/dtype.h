#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lorikeet {

/// Element types that checkpoint files hold.
enum class DType : uint8_t { Bool, U8, I8, U16, I16, U32, I32, U64, I64, F8E4M3, F8E5M2, F16, BF16, F32, F64 };

size_t byteSize(DType type);
/// The safetensors name: "F16", "BF16", "I64" ...
std::string_view name(DType type);

/// IEEE half and bfloat16 conversions, round to nearest even. Bulk conversions live in ops/.
float f16ToF32(uint16_t bits);
uint16_t f32ToF16(float value);
inline float bf16ToF32(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }
uint16_t f32ToBf16(float value);

}  // namespace lorikeet
