#pragma once
#include <cstddef>
#include <memory>
#include <span>

#include "core/dtype.h"
#include "core/shape.h"

namespace lorikeet {

/// A tensor as it lies in a file: C order, elements in the file's type, bytes not copied. `owner` keeps the mapping
/// (or the unpacked archive entry) alive for as long as any tensor of it is in use. Bytes need not be aligned.
struct RawTensor {
  DType dtype = DType::F32;
  Shape shape;
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;
};

}  // namespace lorikeet
