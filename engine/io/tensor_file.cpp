#include "io/tensor_file.h"

#include <fmt/format.h>

#include <lorikeet/error.h>

#include "io/mapped_file.h"
#include "io/safetensors.h"
#include "io/torch_file.h"

namespace lorikeet {
namespace {

TensorFile fromTorch(const std::filesystem::path& path) {
  PickleValue root = readTorchFile(path);
  const auto stateDict = root.find("state_dict");
  try {
    auto tensors = flattenTensors(stateDict && stateDict->isDict() ? *stateDict : root);
    return {path, std::move(tensors), {}, std::move(root)};
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("\"{}\" is not a readable torch file: {}", path.string(), error.what()));
  }
}

bool endsLikeSafetensors(const std::filesystem::path& path) { return path.extension() == ".safetensors"; }

}  // namespace

TensorFile readTensorFile(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  if (looksLikeTorchFile(file->bytes())) return fromTorch(path);
  // A damaged file that is called .safetensors gets that reader's message.
  if (looksLikeSafetensors(file->bytes()) || endsLikeSafetensors(path)) {
    SafetensorsFile read = readSafetensors(path);
    return {path, std::move(read.tensors), std::move(read.metadata), std::nullopt};
  }
  if (file->bytes().empty()) throw Error(ErrorKind::Corrupt, fmt::format("\"{}\" is empty.", path.string()));
  throw Error(
      ErrorKind::Unsupported,
      fmt::format("\"{}\" is neither a safetensors nor a torch file: it begins like neither of them.", path.string()));
}

}  // namespace lorikeet
