#include "text/clip_tokenizer.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <utility>

#include "text/bpe_vocabulary.h"
#include "text/phrase_finder.h"
#include "text/special_tokens.h"
#include "text/text_cleaning.h"

namespace lorikeet {

struct ClipTokenizer::State {
  std::shared_ptr<const BpeVocabulary> vocabulary;
  SpecialTokens special;
  int startToken = 0, endToken = 0, padToken = 0, unknownToken = 0;
  std::vector<EmbeddingTrigger> triggers;
  std::vector<int> triggerGroups;  ///< by id - vocabulary size: the vector count at the first id, 1 at the others
  PhraseFinder phrases;            ///< special tokens and triggers in the text

  void resolveSpecialTokens(const std::string& source) {
    const auto resolve = [&](const std::string& token) {
      if (const auto id = vocabulary->find(token)) return *id;
      throw Error(ErrorKind::NotFound,
                  fmt::format("The vocabulary of \"{}\" has no token \"{}\", which its settings name", source, token));
    };
    startToken = resolve(special.start);
    endToken = resolve(special.end);
    padToken = special.pad.empty() ? endToken : resolve(special.pad);
    unknownToken = special.unknown.empty() ? endToken : resolve(special.unknown);
  }

  void indexPhrases() {
    phrases = {};
    phrases.add(cleanText(special.start), startToken, 1, false);
    phrases.add(cleanText(special.end), endToken, 1, false);
    if (!special.pad.empty()) phrases.add(cleanText(special.pad), padToken, 1, false);
    triggerGroups.clear();
    for (const EmbeddingTrigger& trigger : triggers) {
      const int first = vocabulary->size() + static_cast<int>(triggerGroups.size());
      for (const std::string& word : trigger.words) phrases.add(cleanText(word), first, trigger.vectorCount, true);
      triggerGroups.push_back(trigger.vectorCount);
      triggerGroups.insert(triggerGroups.end(), static_cast<size_t>(trigger.vectorCount - 1), 1);
    }
  }

  void encodeWords(std::string_view text, std::vector<int>& ids) const {
    for (std::string_view word = takeWord(text); !word.empty(); word = takeWord(text))
      vocabulary->encodeWord(word, unknownToken, ids);
  }
};

ClipTokenizer ClipTokenizer::fromFolder(const std::filesystem::path& folder) {
  auto state = std::make_shared<State>();
  state->vocabulary = std::make_shared<const BpeVocabulary>(BpeVocabulary::fromFolder(folder));
  state->special = readSpecialTokens(folder);
  state->resolveSpecialTokens(folder.string());
  state->indexPhrases();
  return ClipTokenizer(std::move(state));
}

ClipTokenizer ClipTokenizer::fromMergesGz(const std::filesystem::path& file) {
  auto state = std::make_shared<State>();
  state->vocabulary = std::make_shared<const BpeVocabulary>(BpeVocabulary::fromMergesGz(file));
  state->resolveSpecialTokens(file.string());
  state->indexPhrases();
  return ClipTokenizer(std::move(state));
}

ClipTokenizer ClipTokenizer::withPadToken(std::string_view token) const {
  auto state = std::make_shared<State>(*state_);
  state->special.pad = token;
  state->resolveSpecialTokens("the tokenizer");
  state->indexPhrases();
  return ClipTokenizer(std::move(state));
}

ClipTokenizer ClipTokenizer::withTriggers(std::span<const EmbeddingTrigger> triggers) const {
  for (const EmbeddingTrigger& trigger : triggers) {
    if (trigger.vectorCount >= 1) continue;
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("The embedding \"{}\" has no vectors", trigger.words.empty() ? "" : trigger.words.front()));
  }
  auto state = std::make_shared<State>(*state_);
  state->triggers.assign(triggers.begin(), triggers.end());
  state->indexPhrases();
  return ClipTokenizer(std::move(state));
}

std::vector<int> ClipTokenizer::encode(std::string_view text) const {
  const std::string cleaned = cleanText(text);
  const std::string_view rest = cleaned;
  std::vector<int> ids;
  ids.reserve(std::min<size_t>(rest.size() / 3 + 4, 1 << 16));
  size_t begin = 0;
  for (size_t i = 0; i < rest.size();) {
    const PhraseFinder::Phrase* phrase = state_->phrases.longestAt(rest, i);
    if (phrase == nullptr) {
      ++i;
      continue;
    }
    state_->encodeWords(rest.substr(begin, i - begin), ids);
    for (int k = 0; k < phrase->idCount; ++k) ids.push_back(phrase->firstId + k);
    begin = i += phrase->text.size();
  }
  state_->encodeWords(rest.substr(begin), ids);
  return ids;
}

std::string ClipTokenizer::decode(std::span<const int> ids) const {
  const BpeVocabulary& vocabulary = *state_->vocabulary;
  std::string text;
  const auto appendMarked = [&](std::string_view mark) {
    if (!text.empty() && text.back() != ' ') text += ' ';
    text.append(mark) += ' ';
  };
  for (const int id : ids) {
    if (id == state_->startToken || id == state_->endToken) {
      appendMarked(vocabulary.token(id));
    } else if (id < vocabulary.size()) {
      text += vocabulary.bytes(id);
    } else if (const PhraseFinder::Phrase* phrase = state_->phrases.byFirstId(id)) {
      appendMarked(phrase->text);
    }
  }
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

int ClipTokenizer::startToken() const { return state_->startToken; }
int ClipTokenizer::endToken() const { return state_->endToken; }
int ClipTokenizer::padToken() const { return state_->padToken; }
int ClipTokenizer::maxLength() const { return state_->special.maxLength; }
int ClipTokenizer::vocabularySize() const { return state_->vocabulary->size(); }
int ClipTokenizer::find(std::string_view token) const { return state_->vocabulary->find(token).value_or(-1); }

int ClipTokenizer::groupLength(int id) const {
  const int i = id - vocabularySize();
  return i < 0 || i >= static_cast<int>(state_->triggerGroups.size()) ? 1
                                                                      : state_->triggerGroups[static_cast<size_t>(i)];
}

}  // namespace lorikeet
