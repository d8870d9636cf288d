#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "io/raw_tensor.h"

namespace lorikeet {

/// What an unpickled stream consists of. Values refer to one another by index, so that nothing needs recursion.
struct PickleDocument {
  enum class Kind : uint8_t {
    None,
    Bool,
    Int,
    Float,
    String,
    Bytes,
    List,
    Tuple,
    Dict,
    Tensor,
    Storage,
    Global,
    Opaque
  };
  struct Node {
    Kind kind = Kind::None;
    int64_t integer = 0;          ///< Bool, Int; index in storages, tensors or the table of globals
    double real = 0;              ///< Float
    std::string text;             ///< String, Bytes; name of Global and Opaque
    std::vector<uint32_t> items;  ///< List, Tuple; Dict: key, value, key, value ...
  };
  /// A block of numbers that the stream refers to by a key; the bytes come from elsewhere in the file.
  struct Storage {
    std::string key;
    DType dtype = DType::U8;
    uint64_t elementCount = 0;
  };
  struct TensorView {
    uint32_t storage = 0;
    DType dtype = DType::F32;  ///< differs from the storage's for untyped storages
    uint64_t offset = 0;       ///< elements
    std::vector<uint64_t> shape;
    std::vector<uint64_t> strides;  ///< elements
  };

  std::vector<Node> nodes;
  std::vector<Storage> storages;
  std::vector<TensorView> views;
  std::vector<RawTensor> tensors;  ///< one for each view, once the storages have been read
};

}  // namespace lorikeet
