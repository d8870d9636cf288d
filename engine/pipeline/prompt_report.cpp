#include <fmt/format.h>
#include <lorikeet/adapter_tags.h>
#include <lorikeet/engine.h>
#include <lorikeet/prompt.h>
#include <lorikeet/starter_parts.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "io/model_files.h"
#include "pipeline/diffusion_model.h"
#include "pipeline/prompt_choices.h"
#include "pipeline/prompt_embeddings.h"
#include "pipeline/prompt_parts.h"
#include "text/emphasis.h"
#include "text/prompt_chunks.h"
#include "text/prompt_grammar.h"
#include "text/prompt_place.h"
#include "text/wildcards.h"

namespace lorikeet {
namespace {

using Severity = PromptIssue::Severity;

struct TextReader {
  ClipTokenizer tokenizer;
  int width = 0;  ///< of the text encoder
};

/// The tokenizer of the model asked for last; a prompt editor asks for the same one at every key press.
TextReader cachedReader(const std::filesystem::path& model) {
  static std::mutex mutex;
  static std::filesystem::path cachedModel;
  static std::optional<TextReader> reader;
  const std::lock_guard lock(mutex);
  if (!reader || cachedModel != model) {
    const ModelFiles files = openModel(starterIfEmpty(model));
    reader = TextReader{tokenizerOf(files, findResources()), static_cast<int>(textConfigOf(files).width)};
    cachedModel = model;
  }
  return *reader;
}

/// The text with ASCII letters in lower case.
std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

/// Builds the report of one prompt.
class Reporter {
 public:
  Reporter(const GenerateRequest& request, PromptRole role, int imageIndex)
      : request_(request),
        role_(role),
        prompt_(role == PromptRole::Positive ? request.prompt : request.negativePrompt),
        seed_(seedsOf(request, imageIndex).seed) {}

  PromptReport report() {
    report_.chunkTokens.assign(1, 0);
    try {
      checkPromptLength(role_ == PromptRole::Positive ? "prompt" : "negative prompt", prompt_);
    } catch (const Error& error) {
      addIssue(&report_.issues, {Severity::Error, 0, prompt_.size(), error.what()});
      return std::move(report_);
    }
    makeChoices();
    const ParsedPrompt parsed = parsePrompt(report_.text, role_);
    // Of a template the issues must point at what was written, not at what was chosen.
    const ParsedPrompt written = report_.hasChoices ? parsePrompt(prompt_, role_) : ParsedPrompt();
    takeIssues(report_.hasChoices ? written.issues : parsed.issues);
    noteTags(report_.hasChoices ? written.networks : parsed.networks);
    const TextReader reader = cachedReader(request_.model);
    try {
      countTokens(parsed, reader);
    } catch (const Error& error) {
      report_.chunkTokens.assign(1, 0);
      report_.tokenCount = 0;
      addIssue(&report_.issues, {Severity::Error, 0, prompt_.size(), error.what()});
    }
    std::stable_sort(report_.issues.begin(), report_.issues.end(),
                     [](const PromptIssue& a, const PromptIssue& b) { return a.position < b.position; });
    return std::move(report_);
  }

 private:
  void makeChoices() {
    report_.text = prompt_;
    if (!request_.prompting.choices) return;
    const auto& folder = request_.prompting.wildcardFolder;
    WildcardFolder wildcards = folder.empty() ? WildcardFolder() : WildcardFolder(folder);
    try {
      WildcardExpansion made = expandWildcards(prompt_, wildcards, seed_, role_ == PromptRole::Positive ? 0 : 1);
      report_.hasChoices = made.changed;
      report_.text = std::move(made.text);
      takeIssues(made.issues);
    } catch (const Error& error) {
      addIssue(&report_.issues, {Severity::Error, 0, prompt_.size(), error.what()});
    }
  }

  void takeIssues(const PromptIssues& issues) {
    for (const PromptIssue& issue : issues) addIssue(&report_.issues, issue);
  }

  /// What is wrong with tags: their weights, and adapters that are not there, unless a choice may make another of them.
  void noteTags(const std::vector<ExtraNetwork>& networks) {
    for (const ExtraNetwork& network : networks) {
      const bool isAdapter = network.kind == "lora" || network.kind == "lyco";
      const bool isPositive = role_ == PromptRole::Positive;
      if (isAdapter && isPositive) {
        if (report_.hasChoices) continue;
        loraTag(network, &report_.issues);
        noteMissingAdapter(network);
      } else {
        const Severity severity = isPositive && network.kind == "hypernet" ? Severity::Error : Severity::Warning;
        addIssue(&report_.issues, {severity, network.position, network.length, uselessTag(network)});
      }
    }
  }

  static std::string uselessTag(const ExtraNetwork& network) {
    if (network.kind == "lora" || network.kind == "lyco")
      return "Adapters are named in the prompt; here this tag is left out";
    if (network.kind == "hypernet") return "Lorikeet has no hypernetworks; take this tag out";
    return fmt::format("Lorikeet knows no <{}:...>, so this tag is left out", network.kind);
  }

  /// Only where a folder is chosen: a prompt is read at every key press.
  void noteMissingAdapter(const ExtraNetwork& network) {
    if (request_.prompting.adapterFolders.empty()) return;
    try {
      adaptersInPrompt(prompt_.substr(network.position, network.length), request_.prompting.adapterFolders);
    } catch (const Error& error) {
      addIssue(&report_.issues, {Severity::Error, network.position, network.length, error.what()});
    }
  }

  void countTokens(const ParsedPrompt& parsed, const TextReader& reader) {
    std::vector<std::string> texts;
    for (const PromptPart& part : parsed.parts)
      texts.push_back(textAt(part.schedule.resolve({request_.steps, 0}), 0).text);
    const NamedEmbeddings named = namedEmbeddings(request_, texts, reader.tokenizer, false);
    for (const EmbeddingEntry& entry : named.entries) noteEmbedding(entry, reader.width);
    std::sort(report_.embeddings.begin(), report_.embeddings.end());
    noteUnknownTokens(named.entries);
    report_.chunkTokens.clear();
    for (const std::string& text : texts) {
      const PromptChunks chunks = chunkPrompt(named.tokenizer, readPieces(text, request_.prompting.emphasis));
      report_.tokenCount += chunks.tokenCount;
      for (const PromptChunk& chunk : chunks.chunks) report_.chunkTokens.push_back(chunk.tokenCount);
    }
  }

  void noteEmbedding(const EmbeddingEntry& entry, int width) {
    report_.embeddings.push_back(entry.name);
    try {
      openEmbedding(entry, width);
    } catch (const Error& error) {
      const std::string text = lowered(prompt_);
      PromptIssue issue{Severity::Error, 0, prompt_.size(), error.what()};
      for (const std::string& trigger : entry.triggers) {
        const size_t at = text.find(lowered(trigger));
        if (at == std::string::npos) continue;
        issue.position = at;
        issue.length = trigger.size();
        break;
      }
      addIssue(&report_.issues, std::move(issue));
    }
  }

  /// "<name>" is how tokens of embeddings are written; one that is not there is hardly meant as words.
  void noteUnknownTokens(const std::vector<EmbeddingEntry>& known) {
    const auto isNameCharacter = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
             c == '.';
    };
    for (size_t open = prompt_.find('<'); open != std::string::npos; open = prompt_.find('<', open + 1)) {
      size_t end = open + 1;
      while (end < prompt_.size() && isNameCharacter(prompt_[end])) ++end;
      if (end == open + 1 || end == prompt_.size() || prompt_[end] != '>') continue;
      const std::string token = prompt_.substr(open, end + 1 - open);
      const auto knows = [&](const EmbeddingEntry& entry) {
        return std::any_of(entry.triggers.begin(), entry.triggers.end(),
                           [&](const std::string& trigger) { return lowered(trigger) == lowered(token); });
      };
      if (std::any_of(known.begin(), known.end(), knows)) continue;
      addIssue(&report_.issues, {Severity::Warning, open, token.size(),
                                 fmt::format("There is no embedding \"{}\", so it is read as words", token)});
    }
  }

  const GenerateRequest& request_;
  PromptRole role_;
  const std::string& prompt_;
  uint64_t seed_;
  PromptReport report_;
};

EmbeddingInfo infoOf(EmbeddingEntry entry) {
  return {std::move(entry.path), std::move(entry.name), std::move(entry.triggers),
          entry.vectorCount,     entry.width,           std::move(entry.problem)};
}

}  // namespace

PromptReport readPrompt(const GenerateRequest& request, PromptRole role, int imageIndex) {
  return Reporter(request, role, imageIndex).report();
}

void checkPrompts(const GenerateRequest& request) {
  checkChoices(request);
  const GenerateRequest picture = requestOfPicture(request, 0);
  const std::vector<std::string> texts = PromptParts(picture).texts();
  const TextReader reader = cachedReader(request.model);
  const NamedEmbeddings named = namedEmbeddings(picture, texts, reader.tokenizer, true);
  for (const EmbeddingEntry& entry : named.entries) openEmbedding(entry, reader.width);
  for (const std::string& text : texts) chunkPrompt(named.tokenizer, readPieces(text, request.prompting.emphasis));
}

std::vector<std::string> wildcardNames(const std::filesystem::path& folder) { return WildcardFolder(folder).names(); }

EmbeddingInfo inspectEmbedding(const std::filesystem::path& file) { return infoOf(readEmbeddingEntry(file)); }

std::vector<EmbeddingInfo> listEmbeddings(const std::filesystem::path& folder) {
  std::vector<EmbeddingInfo> result;
  for (EmbeddingEntry& entry : listEmbeddingFolder(folder)) result.push_back(infoOf(std::move(entry)));
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return result;
}

}  // namespace lorikeet
