#include "text/prompt_scanning.h"

#include <charconv>
#include <limits>

#include "text/text_cleaning.h"

namespace lorikeet {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// [digits][.digits][e[sign]digits] with at least one digit before the exponent.
bool isDecimal(std::string_view text) {
  size_t i = 0;
  const auto digits = [&] {
    const size_t begin = i;
    while (i < text.size() && isDigit(text[i])) ++i;
    return i - begin;
  };
  size_t count = digits();
  if (i < text.size() && text[i] == '.') {
    ++i;
    count += digits();
  }
  if (count == 0) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

/// For a number outside of double's range: whether it is too large rather than too small.
bool isHuge(std::string_view text) {
  const size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) return text[exponent + 1] != '-';
  const size_t first = text.find_first_of("123456789");
  return first != std::string_view::npos && first < text.find('.');
}

}  // namespace

bool isWordCharacter(CodePoint c) {
  const CharClass kind = charClass(c.value);
  return kind == CharClass::Letter || kind == CharClass::Number || c.value == U'_';
}

size_t skipSpaces(std::string_view text, size_t position) {
  while (position < text.size()) {
    const CodePoint c = codePointAt(text, position);
    if (charClass(c.value) != CharClass::Space) break;
    position += static_cast<size_t>(c.byteCount);
  }
  return position;
}

std::string_view trimSpaces(std::string_view text) {
  text.remove_prefix(skipSpaces(text, 0));
  while (!text.empty()) {
    const CodePoint c = codePointBefore(text, text.size());
    if (charClass(c.value) != CharClass::Space) break;
    text.remove_suffix(static_cast<size_t>(c.byteCount));
  }
  return text;
}

bool isWholeWord(std::string_view text, size_t begin, size_t length) {
  if (begin > 0 && isWordCharacter(codePointBefore(text, begin))) return false;
  return begin + length == text.size() || !isWordCharacter(codePointAt(text, begin + length));
}

std::optional<double> parseDecimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (!isDecimal(text)) return std::nullopt;
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec == std::errc::result_out_of_range) value = isHuge(text) ? std::numeric_limits<double>::infinity() : 0;
  return negative ? -value : value;
}

}  // namespace lorikeet
