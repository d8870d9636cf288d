#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet::testing {

/// Just enough of GGUF version 3 to write files for tests, good ones and hostile ones.
template <class Number>
std::string ggufNumber(Number value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}
inline std::string ggufText(std::string_view text) { return ggufNumber<uint64_t>(text.size()) + std::string(text); }
inline std::string ggufHead(uint64_t tensors, uint64_t values = 0, uint32_t version = 3) {
  return "GGUF" + ggufNumber(version) + ggufNumber(tensors) + ggufNumber(values);
}
/// `dims` as ggml has them, innermost first.
inline std::string ggufTensor(std::string_view name, const std::vector<uint64_t>& dims, uint32_t type,
                              uint64_t offset) {
  std::string entry = ggufText(name) + ggufNumber(static_cast<uint32_t>(dims.size()));
  for (const uint64_t dim : dims) entry += ggufNumber(dim);
  return entry + ggufNumber(type) + ggufNumber(offset);
}
/// Fills up to the alignment, where the values begin.
inline std::string ggufPadded(std::string head, size_t alignment = 32) {
  head.resize((head.size() + alignment - 1) / alignment * alignment, '\0');
  return head;
}

}  // namespace lorikeet::testing
