#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet {

/// Words that stand for the vectors of one textual-inversion embedding.
struct EmbeddingTrigger {
  std::vector<std::string> words;  ///< "<glyph>", "bad-hands-5"; upper and lower case are the same
  int vectorCount = 1;
};

/// CLIP's byte-pair tokenizer: Unicode NFC, lower case, words, merges. Gives the ids of OpenAI's simple_tokenizer.py
/// and of Hugging Face's CLIPTokenizer for any bytes; HTML escapes (&amp;) stay as they are written, and a capital
/// sigma at the end of a word becomes the final one as in OpenAI's code. Special tokens in the text ("<|endoftext|>",
/// and "!" where that is the pad token, as in SD 2) become their one id, as Hugging Face does. Cheap to copy,
/// immutable, usable from any thread.
class ClipTokenizer {
 public:
  /// vocab.json and merges.txt, and the special tokens of special_tokens_map.json and tokenizer_config.json where
  /// present. Throws Error(NotFound | Io | Corrupt) naming the file.
  static ClipTokenizer fromFolder(const std::filesystem::path& folder);
  /// The full CLIP vocabulary from OpenAI's bpe_simple_vocab_16e6.txt.gz; the pad token is the end token.
  static ClipTokenizer fromMergesGz(const std::filesystem::path& file);

  /// A tokenizer with another pad token ("!" for SD 2). Throws Error(NotFound) if the vocabulary lacks it.
  ClipTokenizer withPadToken(std::string_view token) const;
  /// A tokenizer that replaces the words of each trigger by `vectorCount` ids of its own: consecutive from
  /// vocabularySize(), in the order given. The longest word wins; a trigger that begins or ends with a letter does not
  /// match inside a longer word. Replaces triggers given before.
  ClipTokenizer withTriggers(std::span<const EmbeddingTrigger> triggers) const;

  /// The ids of the text, without start and end tokens, however many.
  std::vector<int> encode(std::string_view text) const;
  /// Readable text of the ids, words apart by one space; bytes that are no UTF-8 stay as they are.
  std::string decode(std::span<const int> ids) const;

  int startToken() const;
  int endToken() const;
  int padToken() const;
  /// 77: what one pass of the text encoder takes, start and end included.
  int maxLength() const;
  /// Number of ids without those of triggers: the rows of the token embedding.
  int vocabularySize() const;
  /// The id of a token as vocab.json spells it (",</w>"), or -1.
  int find(std::string_view token) const;
  /// How many ids beginning with this one belong to one embedding; 1 for every other id.
  int groupLength(int id) const;

 private:
  struct State;
  explicit ClipTokenizer(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace lorikeet
