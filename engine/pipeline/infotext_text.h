#pragma once
#include <string>
#include <string_view>

namespace lorikeet {

/// A value of an infotext as A1111 writes it (modules/infotext_utils.py, quote): a JSON string where it holds a comma,
/// colon, quote or line break, itself otherwise.
std::string quoteInfotextValue(const std::string& value);

/// False for prompts that A1111's reader would change: it strips every line and takes "Negative prompt:" at the start
/// of a line for the negative prompt. Their exact text is kept in the "Lorikeet" field.
bool survivesInfotext(std::string_view prompt);

}  // namespace lorikeet
