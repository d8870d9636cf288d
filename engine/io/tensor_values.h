#pragma once
#include <span>
#include <vector>

#include "core/tensor.h"
#include "io/raw_tensor.h"

namespace lorikeet {

/// The values of a tensor of any type as f32, in C order: integers and f64 are rounded, BOOL gives 0 and 1. For
/// adapters, embeddings and tests; layers convert large weights with ops/.
std::vector<float> toFloats(const RawTensor& raw);

/// As toFloats, with the shape.
Tensor toTensor(const RawTensor& raw);

/// False if any element is infinite or not a number. Reads every byte once, at about memory speed.
bool allFinite(const RawTensor& raw);

/// A tensor that owns a copy of the values, for writeSafetensors.
RawTensor rawFromFloats(const Shape& shape, std::span<const float> values);

/// The same in a type of floating point (F64, F32, F16, BF16), each value rounded to the nearest.
RawTensor rawFromFloats(const Shape& shape, std::span<const float> values, DType type);

/// The transposed matrix, [columns, rows], in the same type.
RawTensor transposedMatrix(const RawTensor& raw);

/// A tensor that owns these bytes. bytes.size() must fit shape and type.
RawTensor rawFromBytes(DType type, const Shape& shape, std::vector<std::byte> bytes);

/// The same bytes under another shape of equal element count.
RawTensor reshaped(RawTensor raw, const Shape& shape);

}  // namespace lorikeet
