#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "io/raw_tensor.h"

namespace lorikeet {

/// A textual inversion that prompts may name: a file, or part of an adapter's file.
struct EmbeddingEntry {
  std::filesystem::path path;
  std::string name;
  std::vector<std::string> triggers;
  int vectorCount = 0;
  int width = 0;
  std::string problem;                ///< why it cannot be read; then the file's name is its name and trigger
  std::optional<RawTensor> embedded;  ///< the vectors of one inside an adapter's file; it has no path
};

/// Reads what an entry tells of a file. Throws like readTextualInversion().
EmbeddingEntry readEmbeddingEntry(const std::filesystem::path& file);

/// The embeddings of a folder and of those below it, by path: .pt, .bin and .safetensors, and pictures that hold one.
/// Files that stayed as they were since an earlier call are not read again. Throws Error(NotFound | Io) for the folder;
/// a file's problem is told in its entry. Safe on any thread.
std::vector<EmbeddingEntry> listEmbeddingFolder(const std::filesystem::path& folder);

}  // namespace lorikeet
