#include "pipeline/conditioning.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <array>
#include <span>

#include "core/message_digest.h"
#include "pipeline/prompt_embeddings.h"
#include "pipeline/prompt_parts.h"
#include "text/emphasis.h"

namespace lorikeet {

namespace {

template <class Value>
void addBytes(Sha256& hash, std::span<const Value> values) {
  const auto count = static_cast<int64_t>(values.size());
  hash.add(std::as_bytes(std::span(&count, 1)));
  hash.add(std::as_bytes(values));
}

}  // namespace

/// Encodes texts, each of them once.
struct PromptConditioning::Encoder {
  const ExecutionContext& context;
  const DiffusionModel& model;
  const TextReuse& reuse;
  int clipSkip;
  EmphasisMode emphasis;
  ClipTokenizer tokenizer;
  Tensor embeddings;  ///< [n, width], rows of the textual inversions
  size_t chunkCount = 1;
  std::map<std::string, PromptChunks> chunks;
  std::map<std::string, Tensor> encoded;  ///< [1, chunkCount * 77, width]
  int runs = 0;                           ///< of the text encoder

  Encoder(const ExecutionContext& executionContext, const DiffusionModel& diffusionModel,
          const GenerateRequest& request, NamedEmbeddings named, const TextReuse& known)
      : context(executionContext),
        model(diffusionModel),
        reuse(known),
        clipSkip(request.clipSkip),
        emphasis(request.prompting.emphasis),
        tokenizer(std::move(named.tokenizer)) {
    const int layers = model.textEncoder.config().layers;
    if (clipSkip < 1 || clipSkip > layers)
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("Clip skip must be between 1 and {} for this model, not {}.", layers, clipSkip));
    loadEmbeddings(named.entries);
  }

  void loadEmbeddings(const std::vector<EmbeddingEntry>& entries) {
    if (entries.empty()) return;
    const int width = static_cast<int>(model.textEncoder.config().width);
    std::vector<float> rows;
    for (const EmbeddingEntry& entry : entries) {
      const TextualInversion embedding = openEmbedding(entry, width);
      rows.insert(rows.end(), embedding.vectors.begin(), embedding.vectors.end());
    }
    embeddings = Tensor::from({static_cast<int64_t>(rows.size()) / width, width}, rows);
  }

  /// Cuts a text into chunks; every text of a job is filled up to the longest one's number of chunks.
  int count(const std::string& text) {
    const PromptChunks& prompt =
        chunks.try_emplace(text, chunkPrompt(tokenizer, readPieces(text, emphasis))).first->second;
    chunkCount = std::max(chunkCount, prompt.chunks.size());
    return prompt.tokenCount;
  }

  /// Throws Error(InvalidArgument) where all texts that were counted need too much memory together.
  void checkSize() const {
    constexpr double kMaxBytes = 2e9;
    const auto& config = model.textEncoder.config();
    const double bytes = static_cast<double>(chunks.size()) * static_cast<double>(chunkCount) *
                         static_cast<double>(tokenizer.maxLength()) * static_cast<double>(config.width) * sizeof(float);
    if (bytes > kMaxBytes)
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("The prompt is too long for how often it changes: {} texts of {} chunks take {:.1f} GB.",
                              chunks.size(), chunkCount, bytes / 1e9));
  }

  const Tensor& encode(const std::string& text) {
    const auto known = encoded.find(text);
    if (known != encoded.end()) return known->second;
    std::vector<PromptChunk> all = chunks.at(text).chunks;
    all.resize(chunkCount, emptyChunk(tokenizer));
    std::vector<int> ids;
    for (const PromptChunk& chunk : all) ids.insert(ids.end(), chunk.ids.begin(), chunk.ids.end());
    // Ids that the tokenizer gave to triggers begin at its vocabulary's size, those of the encoder at its own.
    const int shift = static_cast<int>(model.textEncoder.config().vocabularySize) - tokenizer.vocabularySize();
    for (int& id : ids)
      if (id >= tokenizer.vocabularySize()) id += shift;
    return encoded.emplace(text, reuse.memory == nullptr ? run(all, ids) : recall(all, ids)).first->second;
  }

  /// The states of a text that is known to the caller's memory, or is from now on.
  Tensor recall(const std::vector<PromptChunk>& all, const std::vector<int>& ids) {
    Sha256 hash;
    addBytes<char>(hash, reuse.encoder);
    addBytes<int>(hash, std::array{clipSkip, static_cast<int>(emphasis)});
    addBytes<int>(hash, ids);
    for (const PromptChunk& chunk : all) addBytes<float>(hash, chunk.weights);
    addBytes<float>(hash, embeddings.values());
    const std::string key = hash.finish();
    if (const Tensor* states = reuse.memory->find(key)) return states->clone();
    Tensor states = run(all, ids);
    reuse.memory->keep(key, states.clone(), static_cast<int64_t>(states.size() * sizeof(float)));
    return states;
  }

  Tensor run(const std::vector<PromptChunk>& all, const std::vector<int>& ids) {
    ++runs;
    Tensor states = model.textEncoder(context, ids, clipSkip, embeddings.empty() ? nullptr : &embeddings);
    const size_t chunkSize = states.size() / all.size();
    for (size_t i = 0; i < all.size(); ++i)
      applyEmphasis(states.values().subspan(i * chunkSize, chunkSize), all[i].weights, emphasis);
    const Shape joined{1, states.dim(0) * states.dim(1), states.dim(2)};
    return std::move(states).reshaped(joined);
  }

  Conditioning conditioning(const std::vector<std::string>& parts, const std::vector<PromptPartTexts>& schedules,
                            const std::string* negative) {
    Conditioning result;
    result.guided = negative != nullptr;
    result.weight = schedules.front().weight;
    const Tensor& with = encode(parts.front());
    if (negative == nullptr) {
      result.text = with.clone();
    } else {
      const Tensor& without = encode(*negative);
      result.text = Tensor({2, with.dim(1), with.dim(2)});
      std::copy_n(without.data(), without.size(), result.text.data());
      std::copy_n(with.data(), with.size(), result.text.data() + without.size());
    }
    for (size_t i = 1; i < parts.size(); ++i) result.more.push_back({encode(parts[i]).clone(), schedules[i].weight});
    return result;
  }
};

PromptConditioning::PromptConditioning(const ExecutionContext& context, const DiffusionModel& model,
                                       const GenerateRequest& request, const EmbeddedInversions& embedded,
                                       const TextReuse& reuse) {
  const PromptParts prompts(request);
  const std::vector<PromptPartTexts>& parts = prompts.positive;
  const std::vector<PromptPartTexts>& negative = prompts.negative;
  NamedEmbeddings named = namedEmbeddings(request, prompts.texts(), model.tokenizer, true, embedded);
  for (const EmbeddingEntry& entry : named.entries)
    if (!entry.embedded) embeddingFiles_.push_back(entry.path);
  Encoder encoder(context, model, request, std::move(named), reuse);
  // Several prompts at once are defined by their differences from the negative one, so they need it at any guidance.
  const bool guided = request.guidanceScale > 1 || parts.size() > 1;
  for (const PromptPartTexts& part : parts)
    for (const ScheduledText& text : part.texts) encoder.count(text.text);
  for (const ScheduledText& text : negative.front().texts)
    if (guided) encoder.count(text.text);
  encoder.checkSize();
  for (const PromptPartTexts& part : parts) promptTokens_ += encoder.count(textAt(part.texts, 0).text);
  const std::string& firstNegative = textAt(negative.front().texts, 0).text;
  negativeTokens_ = chunkPrompt(encoder.tokenizer, readPieces(firstNegative, encoder.emphasis)).tokenCount;

  std::map<std::vector<std::string>, size_t> known;
  for (int step = 0; step < request.steps; ++step) {
    std::vector<std::string> texts;
    for (const PromptPartTexts& part : parts) texts.push_back(textAt(part.texts, step).text);
    std::vector<std::string> key = texts;
    key.push_back(guided ? textAt(negative.front().texts, step).text : "");
    const auto [entry, isNew] = known.try_emplace(key, variants_.size());
    if (isNew) variants_.push_back(encoder.conditioning(texts, parts, guided ? &key.back() : nullptr));
    variantOfStep_.push_back(entry->second);
  }
  encodedTexts_ = encoder.runs;
}

const Conditioning& PromptConditioning::at(int step) const {
  return variants_[variantOfStep_[static_cast<size_t>(std::clamp<int64_t>(step, 0, variantOfStep_.size() - 1))]];
}

}  // namespace lorikeet
