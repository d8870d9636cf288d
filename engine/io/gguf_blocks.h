#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lorikeet {

/// A quantised type of GGUF files: values come in blocks that share scales.
struct GgufBlockType {
  uint32_t id = 0;  ///< ggml_type
  std::string_view name;
  int64_t elements = 0;  ///< of a block
  size_t byteSize = 0;   ///< of a block
  /// Writes the values of one block. Source: ggml-quants.c, dequantize_row_*.
  void (*dequantize)(const uint8_t* block, float* values) = nullptr;
};

/// Null for types that are not quantised or not read.
const GgufBlockType* ggufBlockType(uint32_t id);

}  // namespace lorikeet
