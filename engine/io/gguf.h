#pragma once
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "io/raw_tensor.h"

namespace lorikeet {

/// The contents of a GGUF file (github.com/ggml-org/ggml, docs/gguf.md), versions 2 and 3: tensors by name with their
/// axes in C order, and the metadata that is text.
struct GgufFile {
  std::map<std::string, RawTensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Reads a GGUF file. F32, F16, BF16, F64 and whole numbers stay where they lie in the mapped file; Q4_0, Q4_1, Q5_0,
/// Q5_1, Q8_0 and Q2_K to Q6_K become F16 in memory, each value rounded once. Throws Error(NotFound | Io | Corrupt),
/// and Error(Unsupported) for other types and versions, with the file and the tensor.
GgufFile readGguf(const std::filesystem::path& path);

/// True if the bytes begin like a GGUF file.
bool looksLikeGguf(std::span<const std::byte> bytes);

}  // namespace lorikeet
