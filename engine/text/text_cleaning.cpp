#include "text/text_cleaning.h"

#include <fmt/format.h>
#include <lorikeet/error.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

namespace lorikeet {
namespace {

constexpr size_t kMaxTextBytes = size_t(64) << 20;
constexpr int kMaxMarksAtOnce = 1000;

bool isAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

const icu::Normalizer2& nfc() {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* instance = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status) || instance == nullptr)
    throw Error(ErrorKind::Unsupported, fmt::format("The Unicode data of ICU are missing: {}", u_errorName(status)));
  return *instance;
}

void appendNormalized(const icu::UnicodeString& part, icu::UnicodeString& result) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString normal;
  nfc().normalize(part, normal, status);
  result.append(U_SUCCESS(status) ? normal : part);
}

/// NFC sorts every run of combining marks, by insertion: a run without end would take quadratic time, so it is cut.
icu::UnicodeString normalized(const icu::UnicodeString& text) {
  icu::UnicodeString result;
  int32_t begin = 0;
  int marks = 0;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    marks = u_getCombiningClass(text.char32At(i)) == 0 ? 0 : marks + 1;
    if (marks < kMaxMarksAtOnce) continue;
    appendNormalized(text.tempSubStringBetween(begin, i), result);
    begin = i;
    marks = 0;
  }
  appendNormalized(text.tempSubStringBetween(begin), result);
  return result;
}

CharClass asciiClass(unsigned char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return CharClass::Letter;
  if (c >= '0' && c <= '9') return CharClass::Number;
  return c == ' ' || (c >= '\t' && c <= '\r') ? CharClass::Space : CharClass::Other;
}

/// One space for every run of white space.
std::string collapseSpaces(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const CodePoint c = codePointAt(text, i);
    const auto byteCount = static_cast<size_t>(c.byteCount);
    if (charClass(c.value) != CharClass::Space)
      result.append(text, i, byteCount);
    else if (result.empty() || result.back() != ' ')
      result += ' ';
    i += byteCount;
  }
  return result;
}

size_t contractionLength(std::string_view text) {
  using namespace std::string_view_literals;
  if (text.size() < 2 || text[0] != '\'') return 0;
  for (const std::string_view ending : {"'s"sv, "'t"sv, "'re"sv, "'ve"sv, "'m"sv, "'ll"sv, "'d"sv})
    if (text.starts_with(ending)) return ending.size();
  return 0;
}

}  // namespace

CodePoint codePointAt(std::string_view text, size_t position) {
  const auto first = static_cast<unsigned char>(text[position]);
  if (first < 0x80) return {first, 1};
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data()) + position;
  const auto length = static_cast<int32_t>(std::min<size_t>(4, text.size() - position));
  int32_t next = 0;
  UChar32 c = 0;
  U8_NEXT(bytes, next, length, c);
  return c < 0 ? CodePoint{0xfffd, 1} : CodePoint{static_cast<char32_t>(c), next};
}

CodePoint codePointBefore(std::string_view text, size_t position) {
  const auto length = static_cast<int32_t>(std::min<size_t>(4, position));
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data()) + position - length;
  int32_t begin = length;
  UChar32 c = 0;
  U8_PREV(bytes, 0, begin, c);
  return c < 0 ? CodePoint{0xfffd, 1} : CodePoint{static_cast<char32_t>(c), length - begin};
}

CharClass charClass(char32_t c) {
  if (c < 0x80) return asciiClass(static_cast<unsigned char>(c));
  const auto point = static_cast<UChar32>(c);
  const uint32_t category = U_GET_GC_MASK(point);
  if ((category & U_GC_L_MASK) != 0) return CharClass::Letter;
  if ((category & U_GC_N_MASK) != 0) return CharClass::Number;
  return u_isUWhiteSpace(point) ? CharClass::Space : CharClass::Other;
}

std::string cleanText(std::string_view text) {
  if (text.size() > kMaxTextBytes)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("The prompt has {} bytes, expected at most {}", text.size(), kMaxTextBytes));
  std::string result;
  if (isAscii(text)) {
    result.assign(text);
    for (char& c : result)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return collapseSpaces(result);
  }
  icu::UnicodeString wide = icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  wide = normalized(wide);
  wide.toLower(icu::Locale::getRoot());
  wide.toUTF8String(result);
  return collapseSpaces(result);
}

std::string_view takeWord(std::string_view& text) {
  size_t begin = 0;
  CodePoint c;
  CharClass kind = CharClass::Space;
  for (; begin < text.size(); begin += static_cast<size_t>(c.byteCount)) {
    c = codePointAt(text, begin);
    kind = charClass(c.value);
    if (kind != CharClass::Space) break;
  }
  text.remove_prefix(begin);
  if (text.empty()) return {};
  size_t length = contractionLength(text);
  if (length == 0) length = static_cast<size_t>(c.byteCount);
  const bool runs =
      kind == CharClass::Letter || (kind == CharClass::Other && length == static_cast<size_t>(c.byteCount));
  while (runs && length < text.size()) {
    const CodePoint next = codePointAt(text, length);
    if (charClass(next.value) != kind) break;
    length += static_cast<size_t>(next.byteCount);
  }
  const std::string_view word = text.substr(0, length);
  text.remove_prefix(length);
  return word;
}

}  // namespace lorikeet
