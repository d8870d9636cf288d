#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

#include "text/text_cleaning.h"

namespace lorikeet {

/// Small readers that the prompt parsers share. All look at one place of a text and never further than the item goes.

/// Letters, numbers and the underscore: \w of Python.
bool isWordCharacter(CodePoint c);
/// The first position at or after `position` that holds no white space.
size_t skipSpaces(std::string_view text, size_t position);
std::string_view trimSpaces(std::string_view text);
/// True if the word text[begin, begin + length) touches no letter, number or underscore on either side.
bool isWholeWord(std::string_view text, size_t begin, size_t length);
/// A decimal number that fills the text, with a sign and an exponent at will, in any locale; too large ones are
/// infinite. Nothing for other texts ("nan", "1.2.3", ".").
std::optional<double> parseDecimal(std::string_view text);

}  // namespace lorikeet
