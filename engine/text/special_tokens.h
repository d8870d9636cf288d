#pragma once
#include <filesystem>
#include <string>

namespace lorikeet {

/// The special tokens of a Hugging Face tokenizer folder.
struct SpecialTokens {
  std::string start = "<|startoftext|>";
  std::string end = "<|endoftext|>";
  std::string pad;      ///< empty: the end token
  std::string unknown;  ///< empty: the end token
  int maxLength = 77;
};

/// Reads tokenizer_config.json, then special_tokens_map.json, which wins where both speak; either may be absent.
/// Throws Error(Corrupt) for a file that is not JSON or a token that is neither text nor {"content": text}.
SpecialTokens readSpecialTokens(const std::filesystem::path& folder);

}  // namespace lorikeet
