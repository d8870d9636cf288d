#include "pipeline/prompt_embeddings.h"

#include <fmt/format.h>
#include <lorikeet/error.h>
#include <lorikeet/starter_parts.h>

#include <algorithm>
#include <set>
#include <string>

#include "text/emphasis.h"

namespace lorikeet {
namespace {

std::vector<EmbeddingTrigger> triggersOf(const std::vector<EmbeddingEntry>& entries) {
  std::vector<EmbeddingTrigger> triggers;
  triggers.reserve(entries.size());
  for (const EmbeddingEntry& entry : entries) triggers.push_back({entry.triggers, entry.vectorCount});
  return triggers;
}

/// Those whose ids come up in the texts.
std::vector<bool> findNamed(const std::vector<EmbeddingEntry>& entries, std::span<const std::string> texts,
                            const ClipTokenizer& tokenizer, EmphasisMode mode) {
  std::vector<int> firstIds;
  int next = tokenizer.vocabularySize();
  for (const EmbeddingEntry& entry : entries) {
    firstIds.push_back(next);
    next += entry.vectorCount;
  }
  std::vector<bool> named(entries.size());
  for (const std::string& text : texts)
    for (const WeightedText& piece : readPieces(text, mode))
      for (const int id : tokenizer.encode(piece.text)) {
        if (id < tokenizer.vocabularySize()) continue;
        const auto after = std::upper_bound(firstIds.begin(), firstIds.end(), id);
        named[static_cast<size_t>(after - firstIds.begin()) - 1] = true;
      }
  return named;
}

EmbeddingEntry embeddedEntry(const std::string& word, const RawTensor& vectors) {
  EmbeddingEntry entry;
  entry.name = word;
  entry.triggers = {word};
  entry.vectorCount = vectors.shape.rank() == 1 ? 1 : static_cast<int>(vectors.shape[0]);
  if (entry.vectorCount < 1) {
    entry.vectorCount = 1;
    entry.problem = fmt::format("The embedding \"{}\" in an adapter's file has no vectors.", word);
  }
  entry.width = static_cast<int>(vectors.shape[-1]);
  entry.embedded = vectors;
  return entry;
}

}  // namespace

NamedEmbeddings namedEmbeddings(const GenerateRequest& request, std::span<const std::string> texts,
                                const ClipTokenizer& tokenizer, bool all, const EmbeddedInversions& embedded) {
  std::vector<EmbeddingEntry> entries;
  std::set<std::filesystem::path> listed;
  for (const auto& file : request.embeddings)
    if (listed.insert(file).second) entries.push_back(readEmbeddingEntry(file));
  const size_t listedCount = entries.size();
  if (const std::filesystem::path folder = embeddingFolderOf(request); !folder.empty())
    for (EmbeddingEntry& entry : listEmbeddingFolder(folder))
      if (!listed.contains(entry.path)) entries.push_back(std::move(entry));
  for (const auto& [word, vectors] : embedded) entries.push_back(embeddedEntry(word, vectors));
  if (entries.empty()) return {{}, tokenizer};

  const std::vector<bool> named =
      findNamed(entries, texts, tokenizer.withTriggers(triggersOf(entries)), request.prompting.emphasis);
  std::vector<EmbeddingEntry> taken;
  for (size_t i = 0; i < entries.size(); ++i)
    if (named[i] || (all && i < listedCount)) taken.push_back(std::move(entries[i]));
  ClipTokenizer knowing = taken.empty() ? tokenizer : tokenizer.withTriggers(triggersOf(taken));
  return {std::move(taken), std::move(knowing)};
}

TextualInversion openEmbedding(const EmbeddingEntry& entry, int encoderWidth) {
  if (!entry.problem.empty()) throw Error(ErrorKind::Unsupported, entry.problem);
  TextualInversion embedding =
      entry.embedded ? embeddedInversion(entry.name, *entry.embedded) : readTextualInversion(entry.path);
  checkWidth(embedding, encoderWidth);
  if (embedding.vectorCount != entry.vectorCount)
    throw Error(ErrorKind::Io, "The embedding \"" + entry.path.string() + "\" was changed while it was read.");
  return embedding;
}

}  // namespace lorikeet
