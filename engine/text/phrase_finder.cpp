#include "text/phrase_finder.h"

#include <algorithm>
#include <utility>

#include "text/text_cleaning.h"

namespace lorikeet {
namespace {

bool isLetter(CodePoint c) { return charClass(c.value) == CharClass::Letter; }

bool standsAlone(std::string_view text, size_t begin, size_t end) {
  if (begin > 0 && isLetter(codePointAt(text, begin)) && isLetter(codePointBefore(text, begin))) return false;
  return end == text.size() || !isLetter(codePointBefore(text, end)) || !isLetter(codePointAt(text, end));
}

}  // namespace

void PhraseFinder::add(std::string text, int firstId, int idCount, bool wholeWord) {
  if (text.empty()) return;
  auto& bucket = buckets_[static_cast<unsigned char>(text[0])];
  const auto place =
      std::find_if(bucket.begin(), bucket.end(), [&](const Phrase& other) { return other.text.size() <= text.size(); });
  for (auto it = place; it != bucket.end() && it->text.size() == text.size(); ++it)
    if (it->text == text) return;
  bucket.insert(place, Phrase{std::move(text), firstId, idCount, wholeWord});
}

const PhraseFinder::Phrase* PhraseFinder::byFirstId(int id) const {
  for (const auto& bucket : buckets_) {
    const auto it = std::find_if(bucket.begin(), bucket.end(), [&](const Phrase& p) { return p.firstId == id; });
    if (it != bucket.end()) return &*it;
  }
  return nullptr;
}

const PhraseFinder::Phrase* PhraseFinder::longestOf(const std::vector<Phrase>& bucket, std::string_view text,
                                                    size_t position) {
  const std::string_view rest = text.substr(position);
  for (const Phrase& phrase : bucket) {
    if (!rest.starts_with(phrase.text)) continue;
    if (!phrase.wholeWord || standsAlone(text, position, position + phrase.text.size())) return &phrase;
  }
  return nullptr;
}

}  // namespace lorikeet
