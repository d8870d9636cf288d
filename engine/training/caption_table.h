#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "text/clip_tokenizer.h"

namespace lorikeet {

/// The token ids of the captions of a data set and of the empty one, all of one length.
class CaptionTable {
 public:
  /// Captions longer than kMaxTokens are cut.
  CaptionTable(const ClipTokenizer& tokenizer, std::span<const std::string> captions);
  static constexpr size_t kMaxChunks = 3;
  static constexpr size_t kMaxTokens = kMaxChunks * 75;
  /// Whether nothing of a caption is cut. Throws Error as chunkPlainPrompt does.
  static bool fits(const ClipTokenizer& tokenizer, const std::string& caption);

  /// Passes of the text encoder that a caption takes.
  int64_t chunks() const { return chunks_; }
  size_t size() const { return ids_.size(); }
  /// 0 is the empty caption.
  size_t indexOf(const std::string& caption) const { return indices_.at(caption); }
  std::span<const int> ids(size_t index) const { return ids_[index]; }

 private:
  int64_t chunks_ = 1;
  std::map<std::string, size_t> indices_;
  std::vector<std::vector<int>> ids_;
};

}  // namespace lorikeet
