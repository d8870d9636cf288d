#include "io/tensor_file.h"

#include <fmt/format.h>

#include <lorikeet/error.h>

#include "io/gguf.h"
#include "io/mapped_file.h"
#include "io/onnx_tensors.h"
#include "io/safetensors.h"
#include "io/torch_file.h"

namespace lorikeet {
namespace {

TensorFile fromTorch(const std::filesystem::path& path) {
  PickleValue root = readTorchFile(path);
  const auto stateDict = root.find("state_dict");
  try {
    auto tensors = flattenTensors(stateDict && stateDict->isDict() ? *stateDict : root);
    return {path, std::move(tensors), {}, std::move(root), false};
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("\"{}\" is not a readable torch file: {}", path.string(), error.what()));
  }
}

bool endsLikeSafetensors(const std::filesystem::path& path) { return path.extension() == ".safetensors"; }

/// ".lora" is what some programs call an adapter in the form of an ONNX file.
bool endsLikeOnnx(const std::filesystem::path& path) {
  return path.extension() == ".onnx" || path.extension() == ".lora";
}

}  // namespace

TensorFile readTensorFile(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  if (looksLikeTorchFile(file->bytes())) return fromTorch(path);
  if (looksLikeGguf(file->bytes())) {
    GgufFile read = readGguf(path);
    return {path, std::move(read.tensors), std::move(read.metadata), std::nullopt, false};
  }
  // A damaged file that is called .safetensors gets that reader's message.
  if (looksLikeSafetensors(file->bytes()) || endsLikeSafetensors(path)) {
    SafetensorsFile read = readSafetensors(path);
    return {path, std::move(read.tensors), std::move(read.metadata), std::nullopt, false};
  }
  if (file->bytes().empty()) throw Error(ErrorKind::Corrupt, fmt::format("\"{}\" is empty.", path.string()));
  if (endsLikeOnnx(path) || looksLikeOnnx(file->bytes())) {
    OnnxTensors read = readOnnxTensors(path);
    return {path, std::move(read.tensors), std::move(read.metadata), std::nullopt, true};
  }
  throw Error(
      ErrorKind::Unsupported,
      fmt::format(
          "\"{}\" is neither a safetensors nor a torch nor an ONNX nor a GGUF file: it begins like none of them.",
          path.string()));
}

}  // namespace lorikeet
