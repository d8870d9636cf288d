#include "io/pickle_globals.h"

#include <array>

namespace lorikeet {
namespace {

using G = PickleGlobal;

constexpr std::array kGlobals = std::to_array<PickleGlobalRow>({
    {"collections", "OrderedDict", G::OrderedDict},
    {"collections", "defaultdict", G::DefaultDict},
    {"builtins", "dict", G::Dict},
    {"__builtin__", "dict", G::Dict},
    {"builtins", "list", G::List},
    {"__builtin__", "list", G::List},
    {"builtins", "set", G::Set},
    {"__builtin__", "set", G::Set},
    {"builtins", "frozenset", G::Set},
    {"__builtin__", "frozenset", G::Set},
    {"builtins", "int", G::InertType},
    {"__builtin__", "int", G::InertType},
    {"builtins", "float", G::InertType},
    {"__builtin__", "float", G::InertType},
    {"torch", "Size", G::Size},
    {"torch", "Tensor", G::InertType},
    {"torch", "device", G::Device},
    {"torch.nn.parameter", "Parameter", G::InertType},
    {"torch.nn.modules.container", "ParameterDict", G::ParameterDict},
    {"torch._utils", "_rebuild_tensor", G::RebuildTensor},
    {"torch._utils", "_rebuild_tensor_v2", G::RebuildTensorV2},
    {"torch._utils", "_rebuild_tensor_v3", G::RebuildTensorV3},
    {"torch._utils", "_rebuild_parameter", G::RebuildParameter},
    {"torch._utils", "_rebuild_parameter_with_state", G::RebuildParameter},
    {"torch._tensor", "_rebuild_from_type_v2", G::RebuildFromType},
    {"torch", "BoolStorage", G::StorageType, DType::Bool},
    {"torch", "ByteStorage", G::StorageType, DType::U8},
    {"torch", "CharStorage", G::StorageType, DType::I8},
    {"torch", "ShortStorage", G::StorageType, DType::I16},
    {"torch", "IntStorage", G::StorageType, DType::I32},
    {"torch", "LongStorage", G::StorageType, DType::I64},
    {"torch", "HalfStorage", G::StorageType, DType::F16},
    {"torch", "BFloat16Storage", G::StorageType, DType::BF16},
    {"torch", "FloatStorage", G::StorageType, DType::F32},
    {"torch", "DoubleStorage", G::StorageType, DType::F64},
    {"torch", "UntypedStorage", G::UntypedStorage},
    {"torch.storage", "UntypedStorage", G::UntypedStorage},
    {"torch.storage", "_UntypedStorage", G::UntypedStorage},
    {"torch", "bool", G::TorchDtype, DType::Bool},
    {"torch", "uint8", G::TorchDtype, DType::U8},
    {"torch", "int8", G::TorchDtype, DType::I8},
    {"torch", "uint16", G::TorchDtype, DType::U16},
    {"torch", "int16", G::TorchDtype, DType::I16},
    {"torch", "uint32", G::TorchDtype, DType::U32},
    {"torch", "int32", G::TorchDtype, DType::I32},
    {"torch", "uint64", G::TorchDtype, DType::U64},
    {"torch", "int64", G::TorchDtype, DType::I64},
    {"torch", "float8_e4m3fn", G::TorchDtype, DType::F8E4M3},
    {"torch", "float8_e5m2", G::TorchDtype, DType::F8E5M2},
    {"torch", "float16", G::TorchDtype, DType::F16},
    {"torch", "bfloat16", G::TorchDtype, DType::BF16},
    {"torch", "float32", G::TorchDtype, DType::F32},
    {"torch", "float64", G::TorchDtype, DType::F64},
    {"numpy", "dtype", G::NumpyDtype},
    {"numpy.core.multiarray", "scalar", G::NumpyScalar},
    {"numpy._core.multiarray", "scalar", G::NumpyScalar},
    {"_codecs", "encode", G::CodecsEncode},
    // A key of the "callbacks" that the training program of SD 1.x left in its checkpoints.
    {"pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint", G::InertType},
});

}  // namespace

std::optional<uint32_t> findPickleGlobal(std::string_view module, std::string_view name) {
  for (uint32_t i = 0; i < kGlobals.size(); ++i)
    if (kGlobals[i].module == module && kGlobals[i].name == name) return i;
  return std::nullopt;
}

const PickleGlobalRow& pickleGlobal(uint32_t index) { return kGlobals.at(index); }

}  // namespace lorikeet
