#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/dtype.h"

namespace lorikeet {

/// What the restricted interpreter does with one of the few Python names that it knows.
enum class PickleGlobal : uint8_t {
  OrderedDict,
  DefaultDict,
  Dict,
  List,
  Set,
  Size,
  RebuildTensor,     ///< storage, offset, size, stride
  RebuildTensorV2,   ///< the same, then requires_grad and hooks
  RebuildTensorV3,   ///< the same, then the dtype
  RebuildParameter,  ///< tensor, requires_grad, hooks
  RebuildFromType,   ///< function, type, arguments, state
  StorageType,       ///< names the element type of a storage
  UntypedStorage,    ///< a storage counted in bytes
  TorchDtype,
  ParameterDict,
  Device,
  NumpyDtype,
  NumpyScalar,
  CodecsEncode,
  InertType,  ///< may stand as a value; calling it is refused
};

struct PickleGlobalRow {
  std::string_view module;
  std::string_view name;
  PickleGlobal meaning;
  DType dtype = DType::U8;  ///< of StorageType and TorchDtype
};

/// The index of a name in the table of what torch files may refer to; empty for every other name of Python.
std::optional<uint32_t> findPickleGlobal(std::string_view module, std::string_view name);
const PickleGlobalRow& pickleGlobal(uint32_t index);

}  // namespace lorikeet
