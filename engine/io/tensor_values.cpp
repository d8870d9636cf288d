#include "io/tensor_values.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace lorikeet {
namespace {

float e5m2ToF32(uint8_t bits) { return f16ToF32(static_cast<uint16_t>(bits << 8)); }

/// Four exponent bits with bias 7, three mantissa bits, no infinities, 0x7f is NaN ("e4m3fn").
float e4m3ToF32(uint8_t bits) {
  const int exponent = (bits >> 3) & 0xf;
  const int mantissa = bits & 0x7;
  if (exponent == 15 && mantissa == 7) return std::numeric_limits<float>::quiet_NaN();
  const float magnitude = exponent == 0 ? std::ldexp(static_cast<float>(mantissa), -9)
                                        : std::ldexp(static_cast<float>(8 + mantissa), exponent - 10);
  return (bits & 0x80) != 0 ? -magnitude : magnitude;
}

/// Calls visit(element) for every element; elements need not be aligned in the file.
template <class Element, class Visit>
void forEach(std::span<const std::byte> bytes, Visit visit) {
  const size_t count = bytes.size() / sizeof(Element);
  for (size_t i = 0; i < count; ++i) {
    Element element;
    std::memcpy(&element, bytes.data() + i * sizeof(Element), sizeof(Element));
    visit(i, element);
  }
}

template <class Element>
void copyAsFloat(std::span<const std::byte> bytes, float* out) {
  forEach<Element>(bytes, [out](size_t i, Element element) { out[i] = static_cast<float>(element); });
}

template <class Element, class Convert>
void convertWith(std::span<const std::byte> bytes, float* out, Convert convert) {
  forEach<Element>(bytes, [out, convert](size_t i, Element element) { out[i] = convert(element); });
}

void convert(const RawTensor& raw, float* out) {
  switch (raw.dtype) {
    case DType::Bool:
      return convertWith<uint8_t>(raw.bytes, out, [](uint8_t x) { return x != 0 ? 1.0f : 0.0f; });
    case DType::U8:
      return copyAsFloat<uint8_t>(raw.bytes, out);
    case DType::I8:
      return copyAsFloat<int8_t>(raw.bytes, out);
    case DType::U16:
      return copyAsFloat<uint16_t>(raw.bytes, out);
    case DType::I16:
      return copyAsFloat<int16_t>(raw.bytes, out);
    case DType::U32:
      return copyAsFloat<uint32_t>(raw.bytes, out);
    case DType::I32:
      return copyAsFloat<int32_t>(raw.bytes, out);
    case DType::U64:
      return copyAsFloat<uint64_t>(raw.bytes, out);
    case DType::I64:
      return copyAsFloat<int64_t>(raw.bytes, out);
    case DType::F8E4M3:
      return convertWith<uint8_t>(raw.bytes, out, e4m3ToF32);
    case DType::F8E5M2:
      return convertWith<uint8_t>(raw.bytes, out, e5m2ToF32);
    case DType::F16:
      return convertWith<uint16_t>(raw.bytes, out, f16ToF32);
    case DType::BF16:
      return convertWith<uint16_t>(raw.bytes, out, bf16ToF32);
    case DType::F32:
      return copyAsFloat<float>(raw.bytes, out);
    case DType::F64:
      return copyAsFloat<double>(raw.bytes, out);
  }
}

/// True if no element has all bits of the mask set: an exponent of ones means infinity or NaN.
template <class Element>
bool noneHasAll(std::span<const std::byte> bytes, Element mask) {
  constexpr size_t kBlock = 4096;
  const size_t count = bytes.size() / sizeof(Element);
  for (size_t start = 0; start < count; start += kBlock) {
    const size_t end = std::min(count, start + kBlock);
    unsigned found = 0;
    for (size_t i = start; i < end; ++i) {
      Element element;
      std::memcpy(&element, bytes.data() + i * sizeof(Element), sizeof(Element));
      found |= static_cast<unsigned>((element & mask) == mask);
    }
    if (found != 0) return false;
  }
  return true;
}

}  // namespace

std::vector<float> toFloats(const RawTensor& raw) {
  std::vector<float> values(static_cast<size_t>(raw.shape.elementCount()));
  convert(raw, values.data());
  return values;
}

Tensor toTensor(const RawTensor& raw) {
  Tensor tensor(raw.shape);
  convert(raw, tensor.data());
  return tensor;
}

bool allFinite(const RawTensor& raw) {
  switch (raw.dtype) {
    case DType::F16:
      return noneHasAll<uint16_t>(raw.bytes, 0x7c00);
    case DType::BF16:
      return noneHasAll<uint16_t>(raw.bytes, 0x7f80);
    case DType::F32:
      return noneHasAll<uint32_t>(raw.bytes, 0x7f800000);
    case DType::F64:
      return noneHasAll<uint64_t>(raw.bytes, 0x7ff0000000000000);
    case DType::F8E4M3:
      return noneHasAll<uint8_t>(raw.bytes, 0x7f);
    case DType::F8E5M2:
      return noneHasAll<uint8_t>(raw.bytes, 0x7c);
    default:
      return true;
  }
}

RawTensor rawFromFloats(const Shape& shape, std::span<const float> values) {
  const auto bytes = std::as_bytes(values);
  return rawFromBytes(DType::F32, shape, {bytes.begin(), bytes.end()});
}

RawTensor rawFromFloats(const Shape& shape, std::span<const float> values, DType type) {
  if (type == DType::F32) return rawFromFloats(shape, values);
  std::vector<std::byte> bytes(values.size() * byteSize(type));
  const auto fill = [&](auto convertOne) {
    for (size_t i = 0; i < values.size(); ++i) {
      const auto element = convertOne(values[i]);
      std::memcpy(bytes.data() + i * sizeof(element), &element, sizeof(element));
    }
  };
  CHECK(type == DType::F16 || type == DType::BF16 || type == DType::F64);
  if (type == DType::F16) fill(f32ToF16);
  if (type == DType::BF16) fill(f32ToBf16);
  if (type == DType::F64) fill([](float value) { return static_cast<double>(value); });
  return rawFromBytes(type, shape, std::move(bytes));
}

RawTensor transposedMatrix(const RawTensor& raw) {
  CHECK(raw.shape.rank() == 2);
  const auto rows = static_cast<size_t>(raw.shape[0]), columns = static_cast<size_t>(raw.shape[1]);
  const size_t size = byteSize(raw.dtype);
  std::vector<std::byte> bytes(raw.bytes.size());
  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < columns; ++j)
      std::memcpy(bytes.data() + (j * rows + i) * size, raw.bytes.data() + (i * columns + j) * size, size);
  return rawFromBytes(raw.dtype, {raw.shape[1], raw.shape[0]}, std::move(bytes));
}

RawTensor rawFromBytes(DType type, const Shape& shape, std::vector<std::byte> bytes) {
  CHECK(bytes.size() == static_cast<size_t>(shape.elementCount()) * byteSize(type));
  auto owner = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  const std::span<const std::byte> view(*owner);
  return {type, shape, view, std::move(owner)};
}

RawTensor reshaped(RawTensor raw, const Shape& shape) {
  CHECK(shape.elementCount() == raw.shape.elementCount());
  raw.shape = shape;
  return raw;
}

}  // namespace lorikeet
