#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lorikeet {

/// True for well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool isValidUtf8(std::string_view text);

/// Latin-1 bytes as UTF-8; always possible.
std::string latin1ToUtf8(std::string_view text);

/// Empty where a character is above U+00FF or the text is not UTF-8.
std::optional<std::string> utf8ToLatin1(std::string_view text);

/// Bytes that are no well-formed UTF-8 become U+FFFD, one each.
std::u16string utf8ToUtf16(std::string_view text);

}  // namespace lorikeet
