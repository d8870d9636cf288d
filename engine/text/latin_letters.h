#pragma once
#include <string>

namespace lorikeet {

/// Text of any script in ASCII letters, for fonts that have no others: "лиса" becomes "lisa", "Ärger" "Arger"; what has
/// no counterpart becomes "?". Takes UTF-8, broken or not. Source: ICU's transliterators Any-Latin and Latin-ASCII.
std::string toLatinLetters(const std::string& text);

}  // namespace lorikeet
