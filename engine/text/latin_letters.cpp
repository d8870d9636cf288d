#include "text/latin_letters.h"

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>

namespace lorikeet {

std::string toLatinLetters(const std::string& text) {
  icu::UnicodeString letters = icu::UnicodeString::fromUTF8(text);
  UErrorCode failed = U_ZERO_ERROR;
  const std::unique_ptr<icu::Transliterator> latin(
      icu::Transliterator::createInstance("Any-Latin; Latin-ASCII", UTRANS_FORWARD, failed));
  if (U_SUCCESS(failed) && latin) latin->transliterate(letters);
  std::string ascii;
  for (int32_t i = 0; i < letters.length(); i = letters.moveIndex32(i, 1)) {
    const UChar32 letter = letters.char32At(i);
    ascii += letter < 0x80 ? static_cast<char>(letter < 0x20 || letter == 0x7f ? ' ' : letter) : '?';
  }
  return ascii;
}

}  // namespace lorikeet
