#include "studio/training/training_setup.h"

#include <lorikeet/engine.h>
#include <lorikeet/error.h>

#include <QJsonDocument>
#include <QJsonObject>
#include <sstream>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

/// Names every field once, for writing (Setup is const) and for reading.
template <class Setup, class Field>
void eachSetupField(Setup& setup, Field&& field) {
  auto& request = setup.request;
  auto& data = request.data;
  field("kind", request.kind, trainingKindNames());
  field("model", request.model);
  field("output", request.output);
  field("folder", data.folder);
  field("caption", data.caption);
  field("trigger", data.trigger);
  field("repeats", data.repeats);
  field("width", data.width);
  field("height", data.height);
  field("flip", data.flip);
  field("random_crop", data.randomCrop);
  field("caption_dropout", data.captionDropout);
  field("seed", request.seed);
  field("steps", request.steps);
  field("batch_size", request.batchSize);
  field("accumulation", request.accumulation);
  field("learning_rate", request.learningRate);
  field("schedule", request.schedule, rateScheduleNames());
  field("warmup_steps", request.warmupSteps);
  field("weight_decay", request.weightDecay);
  field("gradient_limit", request.gradientLimit);
  field("min_snr", request.minSnr);
  field("noise_offset", request.noiseOffset);
  field("clip_skip", request.clipSkip);
  field("checkpointing", request.checkpointing, checkpointingNames());
  field("rank", request.rank);
  field("alpha", request.alpha);
  field("layers", request.layers, trainedLayersNames());
  field("configuration", request.configuration);
  field("text_encoder", request.trainsTextEncoder);
  field("type", request.type, weightTypeNames());
  field("word", request.word);
  field("initial_text", request.initialText);
  field("vectors", request.vectorCount);
  field("save_every", request.saveEvery);
  field("sample_every", request.sampleEvery);
  field("sample_prompts", setup.samplePrompts);
  field("sample_negative", setup.sampleNegative);
  field("sample_steps", setup.sampleSteps);
  field("sample_guidance", setup.sampleGuidance);
  field("sample_seed", setup.sampleSeed);
  field("yields_to_pictures", setup.yieldsToPictures);
}

class SetupToJson {
 public:
  void operator()(const char* key, bool value) { put(key, value); }
  void operator()(const char* key, int value) { put(key, value); }
  void operator()(const char* key, double value) { put(key, value); }
  void operator()(const char* key, int64_t value) { put(key, qint64(value)); }
  void operator()(const char* key, uint64_t value) { put(key, QString::number(value)); }  // as text: no seed is rounded
  void operator()(const char* key, const std::string& value) { put(key, toQString(value)); }
  void operator()(const char* key, const std::filesystem::path& value) { put(key, pathToQString(value)); }
  template <class Enum>
  void operator()(const char* key, Enum value, std::span<const EnumName<Enum>> names) {
    for (const auto& row : names)
      if (row.value == value) put(key, toQString(row.name));
  }
  const QJsonObject& json() const { return json_; }

 private:
  void put(const char* key, const QJsonValue& value) { json_[QLatin1String(key)] = value; }
  QJsonObject json_;
};

class SetupFromJson {
 public:
  explicit SetupFromJson(QJsonObject json) : json_(std::move(json)) {}
  void operator()(const char* key, bool& value) const { value = at(key).toBool(value); }
  void operator()(const char* key, int& value) const { value = at(key).toInt(value); }
  void operator()(const char* key, double& value) const { value = at(key).toDouble(value); }
  void operator()(const char* key, int64_t& value) const { value = at(key).toInteger(value); }
  void operator()(const char* key, uint64_t& value) const {
    bool isNumber = false;
    const uint64_t read = at(key).toString().toULongLong(&isNumber);
    if (isNumber) value = read;
  }
  void operator()(const char* key, std::string& value) const {
    if (at(key).isString()) value = at(key).toString().toStdString();
  }
  void operator()(const char* key, std::filesystem::path& value) const {
    if (at(key).isString()) value = toPath(at(key).toString());
  }
  template <class Enum>
  void operator()(const char* key, Enum& value, std::span<const EnumName<Enum>> names) const {
    for (const auto& row : names)
      if (toQString(row.name) == at(key).toString()) value = row.value;
  }

 private:
  QJsonValue at(const char* key) const { return json_[QLatin1String(key)]; }
  QJsonObject json_;
};

constexpr const char* kBlankCharacters = " \t\r\n";

/// What brings the result out, as far as the request says.
std::string usualSample(const TrainingRequest& request) {
  const bool isLora = request.kind == TrainingKind::Lora;
  for (const std::string& text : {isLora ? request.data.trigger : request.word, request.data.caption})
    if (!text.empty()) return text;
  return "a picture";
}

}  // namespace

TrainingRequest requestOf(const TrainingSetup& setup) {
  TrainingRequest request = setup.request;
  request.samples.clear();
  const bool hasPrompts = setup.samplePrompts.find_first_not_of(kBlankCharacters) != std::string::npos;
  std::istringstream prompts(hasPrompts ? setup.samplePrompts : usualSample(request));
  for (std::string prompt; std::getline(prompts, prompt);) {
    if (prompt.find_first_not_of(kBlankCharacters) == std::string::npos) continue;
    GenerateRequest sample = trainingSample(request, prompt);
    sample.negativePrompt = setup.sampleNegative;
    sample.steps = setup.sampleSteps;
    sample.guidanceScale = setup.sampleGuidance;
    sample.seed = setup.sampleSeed;
    request.samples.push_back(sample);
  }
  return request;
}

QByteArray toJson(const TrainingSetup& setup) {
  SetupToJson fields;
  eachSetupField(setup, fields);
  return QJsonDocument(fields.json()).toJson(QJsonDocument::Compact);
}

TrainingSetup trainingSetupFromJson(const QByteArray& text) {
  TrainingSetup setup;
  eachSetupField(setup, SetupFromJson(QJsonDocument::fromJson(text).object()));
  return setup;
}

TrainingSetup exampleTraining() {
  TrainingSetup setup;
  TrainingRequest& request = setup.request;
  try {
    const std::filesystem::path folder = findResources() / "examples" / "night";
    std::error_code ignored;
    if (std::filesystem::is_directory(folder, ignored)) request.data.folder = folder;
  } catch (const Error&) {  // an installation without resources has no example either
  }
  request.data.width = request.data.height = 128;
  request.data.flip = true;
  request.data.captionDropout = 0.1;
  request.layers = TrainedLayers::Everything;
  request.rank = 16;
  request.learningRate = 0.001;
  request.warmupSteps = 20;
  request.steps = 300;
  request.batchSize = 4;
  request.sampleEvery = 50;
  setup.samplePrompts = "a cat, night style\na guitar, night style";
  setup.sampleGuidance = 5;
  return setup;
}

}  // namespace lorikeet
