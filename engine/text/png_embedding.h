#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet {

/// The key of the PNG text in which A1111 keeps an embedding.
inline constexpr std::string_view kPngEmbeddingKey = "sd-ti-embedding";

/// What that text holds: base64 of JSON, tensors as {"TORCHTENSOR": [[...], ...]}.
struct PngEmbedding {
  std::string name;
  std::optional<int64_t> step;
  int vectorCount = 0;
  int width = 0;
  std::vector<float> vectors;  ///< [vectorCount, width]
};

/// Throws Error(Corrupt | Unsupported) naming `source`.
PngEmbedding readPngEmbedding(std::string_view base64, const std::string& source);

}  // namespace lorikeet
