#pragma once
#include <string>
#include <string_view>

namespace lorikeet {

/// The Unicode classes that CLIP's word pattern tells apart: white space, \p{L}, \p{N}, all others.
enum class CharClass { Space, Letter, Number, Other };

/// A code point of a text, with its length in bytes. Invalid UTF-8 reads as U+FFFD, one byte at a time.
struct CodePoint {
  char32_t value = 0;
  int byteCount = 0;
};
CodePoint codePointAt(std::string_view text, size_t position);
/// The code point that ends before `position`, which is not 0.
CodePoint codePointBefore(std::string_view text, size_t position);
CharClass charClass(char32_t c);

/// Canonical composition (NFC), lower case, single spaces, as CLIP's tokenizer wants its text; the result is valid
/// UTF-8, broken bytes become U+FFFD. Runs of more than 1000 combining marks are composed in parts. Linear in the
/// text's length. Throws Error(InvalidArgument) above 64 MiB.
std::string cleanText(std::string_view text);

/// Takes the next word off the front of a cleaned text: a contraction ('s 't 're 've 'm 'll 'd), a run of letters, a
/// single number character or a run of other characters; white space between is dropped. Empty at the end.
/// Source: the pattern of openai/CLIP clip/simple_tokenizer.py.
std::string_view takeWord(std::string_view& text);

}  // namespace lorikeet
