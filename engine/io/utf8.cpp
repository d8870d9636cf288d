#include "io/utf8.h"

#include <cstdint>

namespace lorikeet {
namespace {

/// Bytes of the well-formed sequence at the start of the text; 0 if there is none.
size_t sequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const auto continues = [&](size_t i, uint8_t low = 0x80, uint8_t high = 0xbf) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const uint8_t low = first == 0xe0 ? 0xa0 : 0x80;
    const uint8_t high = first == 0xed ? 0x9f : 0xbf;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const uint8_t low = first == 0xf0 ? 0x90 : 0x80;
    const uint8_t high = first == 0xf4 ? 0x8f : 0xbf;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool isValidUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = sequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string latin1ToUtf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte < 0x80) {
      result += c;
    } else {
      result += static_cast<char>(0xc0 | (byte >> 6));
      result += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return result;
}

std::optional<std::string> utf8ToLatin1(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const size_t length = sequenceLength(text);
    const auto first = static_cast<uint8_t>(text[0]);
    if (length == 1) {
      result += text[0];
    } else if (length == 2 && first <= 0xc3) {
      result += static_cast<char>(((first & 0x03) << 6) | (static_cast<uint8_t>(text[1]) & 0x3f));
    } else {
      return std::nullopt;
    }
    text.remove_prefix(length);
  }
  return result;
}

std::u16string utf8ToUtf16(std::string_view text) {
  std::u16string result;
  while (!text.empty()) {
    const size_t length = sequenceLength(text);
    if (length == 0) {
      result += u'\xfffd';
      text.remove_prefix(1);
      continue;
    }
    constexpr uint8_t kLeadBits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t c = static_cast<uint8_t>(text[0]) & kLeadBits[length];
    for (size_t i = 1; i < length; ++i) c = c << 6 | (static_cast<uint8_t>(text[i]) & 0x3f);
    if (c < 0x10000) {
      result += static_cast<char16_t>(c);
    } else {
      result += static_cast<char16_t>(0xd800 + ((c - 0x10000) >> 10));
      result += static_cast<char16_t>(0xdc00 + ((c - 0x10000) & 0x3ff));
    }
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace lorikeet
