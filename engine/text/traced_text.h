#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet {

/// A text made from parts of another one, which remembers where each byte stood there.
class TracedText {
 public:
  TracedText() = default;
  /// The whole source, each byte at its own place.
  explicit TracedText(std::string_view source);

  const std::string& text() const { return text_; }
  /// The place in the source of a byte, or its end for positions at and past the end.
  size_t origin(size_t position) const {
    return position < origins_.size() ? origins_[position] : (origins_.empty() ? 0 : origins_.back() + size_t(1));
  }
  void append(const TracedText& part, size_t begin, size_t end);
  /// A byte that stands for what was at `origin` of the source.
  void append(char c, size_t origin);

 private:
  std::string text_;
  std::vector<uint32_t> origins_;
};

}  // namespace lorikeet
