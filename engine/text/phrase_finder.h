#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet {

/// Finds fixed phrases in a cleaned text: special tokens and the triggers of embeddings.
class PhraseFinder {
 public:
  struct Phrase {
    std::string text;
    int firstId = 0;
    int idCount = 1;
    bool wholeWord = false;  ///< a letter at either end must not touch another letter
  };

  /// An empty phrase is ignored; of equal phrases the first stays.
  void add(std::string text, int firstId, int idCount, bool wholeWord);
  /// The longest phrase that begins at this byte, or null. Valid until the next add().
  const Phrase* longestAt(std::string_view text, size_t position) const {
    const auto& bucket = buckets_[static_cast<unsigned char>(text[position])];
    return bucket.empty() ? nullptr : longestOf(bucket, text, position);
  }
  const Phrase* byFirstId(int id) const;

 private:
  static const Phrase* longestOf(const std::vector<Phrase>& bucket, std::string_view text, size_t position);
  std::array<std::vector<Phrase>, 256> buckets_;  ///< by first byte, longest first
};

}  // namespace lorikeet
