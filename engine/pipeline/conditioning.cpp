#include "pipeline/conditioning.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>

#include "text/emphasis.h"
#include "text/prompt_grammar.h"

namespace lorikeet {
namespace {

/// A prompt of AND's parts: what each says at every step.
struct PartSchedule {
  std::vector<ScheduledText> texts;
  double weight = 1;
};

std::vector<PartSchedule> readPrompt(const std::string& prompt, PromptRole role, int steps) {
  const ParsedPrompt parsed = parsePrompt(prompt, role);
  for (const PromptIssue& issue : parsed.issues)
    if (issue.severity == PromptIssue::Severity::Error)
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("The prompt cannot be read at character {}: {}", issue.position + 1, issue.message));
  std::vector<PartSchedule> parts;
  for (const PromptPart& part : parsed.parts) parts.push_back({part.schedule.resolve({steps, 0}), part.weight});
  return parts;
}

}  // namespace

/// Encodes texts, each of them once.
struct PromptConditioning::Encoder {
  const ExecutionContext& context;
  const DiffusionModel& model;
  int clipSkip;
  ClipTokenizer tokenizer;
  Tensor embeddings;  ///< [n, width], rows of the textual inversions
  size_t chunkCount = 1;
  std::map<std::string, PromptChunks> chunks;
  std::map<std::string, Tensor> encoded;  ///< [1, chunkCount * 77, width]

  Encoder(const ExecutionContext& executionContext, const DiffusionModel& diffusionModel,
          const GenerateRequest& request)
      : context(executionContext), model(diffusionModel), clipSkip(request.clipSkip), tokenizer(model.tokenizer) {
    const int layers = model.textEncoder.config().layers;
    if (clipSkip < 1 || clipSkip > layers)
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("Clip skip must be between 1 and {} for this model, not {}.", layers, clipSkip));
    loadEmbeddings(request.embeddings);
  }

  void loadEmbeddings(const std::vector<std::filesystem::path>& files) {
    if (files.empty()) return;
    const int width = static_cast<int>(model.textEncoder.config().width);
    std::vector<TextualInversion> inversions;
    std::vector<float> rows;
    for (const std::filesystem::path& file : files) {
      inversions.push_back(readTextualInversion(file));
      checkWidth(inversions.back(), width);
      rows.insert(rows.end(), inversions.back().vectors.begin(), inversions.back().vectors.end());
    }
    tokenizer = tokenizer.withTriggers(triggersOf(inversions));
    embeddings = Tensor::from({static_cast<int64_t>(rows.size()) / width, width}, rows);
  }

  /// Cuts a text into chunks; every text of a job is filled up to the longest one's number of chunks.
  int count(const std::string& text) {
    const PromptChunks& prompt =
        chunks.try_emplace(text, chunkPrompt(tokenizer, readPieces(text, EmphasisMode::Original))).first->second;
    chunkCount = std::max(chunkCount, prompt.chunks.size());
    return prompt.tokenCount;
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
    Tensor states = model.textEncoder(context, ids, clipSkip, embeddings.empty() ? nullptr : &embeddings);
    const size_t chunkSize = states.size() / all.size();
    for (size_t i = 0; i < all.size(); ++i)
      applyEmphasis(states.values().subspan(i * chunkSize, chunkSize), all[i].weights, EmphasisMode::Original);
    const Shape joined{1, states.dim(0) * states.dim(1), states.dim(2)};
    return encoded.emplace(text, std::move(states).reshaped(joined)).first->second;
  }

  Conditioning conditioning(const std::vector<std::string>& parts, const std::vector<PartSchedule>& schedules,
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
                                       const GenerateRequest& request) {
  Encoder encoder(context, model, request);
  const std::vector<PartSchedule> parts = readPrompt(request.prompt, PromptRole::Positive, request.steps);
  const std::vector<PartSchedule> negative = readPrompt(request.negativePrompt, PromptRole::Negative, request.steps);
  // Several prompts at once are defined by their differences from the negative one, so they need it at any guidance.
  const bool guided = request.guidanceScale > 1 || parts.size() > 1;
  for (const PartSchedule& part : parts)
    for (const ScheduledText& text : part.texts) encoder.count(text.text);
  for (const ScheduledText& text : negative.front().texts)
    if (guided) encoder.count(text.text);
  for (const PartSchedule& part : parts) promptTokens_ += encoder.count(textAt(part.texts, 0).text);
  const std::string& firstNegative = textAt(negative.front().texts, 0).text;
  negativeTokens_ = chunkPrompt(encoder.tokenizer, readPieces(firstNegative, EmphasisMode::Original)).tokenCount;

  std::map<std::vector<std::string>, size_t> known;
  for (int step = 0; step < request.steps; ++step) {
    std::vector<std::string> texts;
    for (const PartSchedule& part : parts) texts.push_back(textAt(part.texts, step).text);
    std::vector<std::string> key = texts;
    key.push_back(guided ? textAt(negative.front().texts, step).text : "");
    const auto [entry, isNew] = known.try_emplace(key, variants_.size());
    if (isNew) variants_.push_back(encoder.conditioning(texts, parts, guided ? &key.back() : nullptr));
    variantOfStep_.push_back(entry->second);
  }
}

const Conditioning& PromptConditioning::at(int step) const {
  return variants_[variantOfStep_[static_cast<size_t>(std::clamp<int64_t>(step, 0, variantOfStep_.size() - 1))]];
}

}  // namespace lorikeet
