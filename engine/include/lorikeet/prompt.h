#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet {

struct GenerateRequest;

/// What the weights of a prompt do, as in A1111's setting "Emphasis mode". name() gives the command line's word
/// ("no_norm"), label() A1111's ("No norm").
enum class EmphasisMode {
  Original,  ///< multiply each token's row by its weight, then restore the chunk's mean
  NoNorm,    ///< multiply only
  Ignore,    ///< read the syntax, use no weights
  Literal,   ///< brackets are plain text (A1111: "None", diffusers)
};

/// How the prompts of a request are read.
struct PromptOptions {
  EmphasisMode emphasis = EmphasisMode::Original;
  /// {a|b} and __name__ are choices that each picture makes by its seed; false: they are plain text.
  bool choices = true;
  std::filesystem::path wildcardFolder;               ///< NAME.txt is what __NAME__ chooses from; empty: no wildcards
  std::filesystem::path embeddingFolder;              ///< textual inversions that the prompts may name; empty: none
  std::vector<std::filesystem::path> adapterFolders;  ///< what <lora:NAME> names; none: defaultAdapterFolder()
  /// What the prompts were before their choices were made, for the picture's settings; decides nothing.
  std::string promptTemplate;
  std::string negativeTemplate;

  bool operator==(const PromptOptions&) const = default;
};

/// Longer prompts (bytes, before and after their choices) are refused: far less fills all that a model reads.
constexpr size_t kMaxPromptBytes = size_t(256) << 10;

/// Whether AND and a weight at the end are read; A1111 does so for the prompt and not for the negative prompt.
enum class PromptRole { Positive, Negative };

/// Something in a prompt that its writer should know, with the place where an editor can mark it.
struct PromptIssue {
  enum class Severity {
    Note,     ///< read in a way that may surprise
    Warning,  ///< not usable as written; the message says what is done instead
    Error,    ///< no picture should be made of it
  };
  Severity severity = Severity::Warning;
  size_t position = 0;  ///< byte in the text that was handed in
  size_t length = 0;    ///< bytes concerned
  std::string message;

  bool operator==(const PromptIssue&) const = default;
};
using PromptIssues = std::vector<PromptIssue>;

/// A place in a text as people count it: lines and characters (code points), from 1.
struct TextPlace {
  size_t line = 1;
  size_t column = 1;
};
TextPlace placeOf(std::string_view text, size_t position);
/// The line of the text with the issue's place marked by carets below it; long lines are shown in part.
std::string markPlace(std::string_view text, const PromptIssue& issue);

/// What a prompt says to a model.
struct PromptReport {
  std::string text;                     ///< with its choices made
  bool hasChoices = false;              ///< false: `text` is the prompt as it stands
  std::vector<int> chunkTokens;         ///< tokens in each chunk of 75, at the first step; at least one chunk
  int tokenCount = 0;                   ///< of all chunks
  std::vector<std::string> embeddings;  ///< names of the textual inversions that it uses, sorted
  PromptIssues issues;                  ///< positions are bytes of the prompt in the request, in their order
};

/// Reads one of a request's prompts for its picture `imageIndex`, with the tokenizer of its model (kept in a small
/// cache). A prompt that cannot be used is reported in `issues`. Throws Error for a model or a folder that cannot be
/// read. Safe on any thread.
PromptReport readPrompt(const GenerateRequest& request, PromptRole role, int imageIndex = 0);

/// The request for one picture alone: the seed is seed + imageIndex, imageCount is 1, and the choices of its prompts
/// are made by that seed; what was chosen from is kept as template. Throws Error(InvalidArgument) that points at an
/// unknown wildcard, Error for a folder that cannot be read.
GenerateRequest requestOfPicture(const GenerateRequest& request, int imageIndex);

/// Throws what a job would throw for the prompts of the request: choices, syntax, embeddings, length. Needs of the
/// model only its tokenizer, so that a mistake is found before the weights are loaded. Safe on any thread.
void checkPrompts(const GenerateRequest& request);

/// The wildcards of a folder, sorted: "animals", "animals/cats". Throws Error(NotFound | Io).
std::vector<std::string> wildcardNames(const std::filesystem::path& folder);

/// What is known of a textual inversion.
struct EmbeddingInfo {
  std::filesystem::path path;
  std::string name;
  std::vector<std::string> triggers;  ///< words for the prompt, the best one first
  int vectorCount = 0;                ///< tokens that it takes
  int width = 0;                      ///< 768 for SD 1.x, 1024 for SD 2.x
  std::string problem;                ///< why it cannot be used; empty: it can
};
/// Throws Error(NotFound | Io | Corrupt | Unsupported); Unsupported if it is no embedding.
EmbeddingInfo inspectEmbedding(const std::filesystem::path& file);
/// The embeddings in a folder and below it, by name; broken ones with their problem. Files read before are not read
/// again while they stay as they are. Throws Error(NotFound | Io). Safe on any thread.
std::vector<EmbeddingInfo> listEmbeddings(const std::filesystem::path& folder);

}  // namespace lorikeet
