#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/execution_context.h"
#include "io/raw_tensor.h"

namespace lorikeet {

/// The weights of one network in the form in which its layers compute with them, kept in a file so that the next load
/// only maps it: a safetensors file of U8 tensors under the canonical names of the matrices, with the XXH3 hash of each
/// in its metadata. What the bytes mean is the business of ops/packed_weights.h.
class PreparedWeights {
 public:
  /// Version of the file and of the form of the bytes: raise it with any change of PackedWeights' panels.
  static constexpr const char* kVersion = "1";

  /// Opens a file and compares all of it with its hashes. Null where there is none; throws Error(Corrupt) for one that
  /// is damaged or of another version, Stopped.
  static std::shared_ptr<const PreparedWeights> open(const ExecutionContext& context,
                                                     const std::filesystem::path& file);

  /// The bytes of a matrix.
  std::optional<RawTensor> find(const std::string& name) const;
  size_t size() const { return tensors_.size(); }

  /// A matrix that is to be kept; `owner` keeps the bytes alive.
  struct Entry {
    std::string name;
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> owner;
  };
  /// Writes a file, complete or not at all; stops between tensors if asked to (then nothing is left). Throws Error(Io).
  static void write(const std::filesystem::path& file, const std::vector<Entry>& entries, const std::stop_token& stop);

 private:
  explicit PreparedWeights(std::map<std::string, RawTensor> tensors) : tensors_(std::move(tensors)) {}
  std::map<std::string, RawTensor> tensors_;
};

/// XXH3 of 64 bits in hexadecimal digits (libxxhash): for finding damage and change, not for safety against intent.
std::string quickHash(std::span<const std::byte> bytes);

}  // namespace lorikeet
