#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "io/raw_tensor.h"

namespace lorikeet {

/// The contents of one safetensors file (github.com/huggingface/safetensors, "Format"): tensors by name, as they lie in
/// the mapped file, and the strings of "__metadata__".
struct SafetensorsFile {
  std::map<std::string, RawTensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Maps the file and reads its header; tensor bytes are not touched. As strict as the reference reader: a header of at
/// most 100 MB of UTF-8 JSON, no key twice, every tensor's byte range equal to its shape times its type, ranges that
/// cover the file without overlap or gap. Throws Error(NotFound | Io | Corrupt | Unsupported) naming file and reason.
SafetensorsFile readSafetensors(const std::filesystem::path& path);

/// True if the file begins like a safetensors file: a plausible header length, then blanks or '{'.
bool looksLikeSafetensors(std::span<const std::byte> start);

/// Writes tensors and metadata in the reference writer's order (wider types first, then by name; the header padded to
/// 8 bytes), beside the target, and renames the file when it is complete and on disk. Throws Error(Io).
void writeSafetensors(const std::filesystem::path& path, const std::map<std::string, RawTensor>& tensors,
                      const std::map<std::string, std::string>& metadata = {});

}  // namespace lorikeet
