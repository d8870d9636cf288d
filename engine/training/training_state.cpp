#include "training/training_state.h"

#include <fmt/format.h>
#include <lorikeet/error.h>
#include <lorikeet/training.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/json_text.h"
#include "io/safetensors.h"
#include "io/tensor_values.h"

namespace lorikeet {
namespace {

using json = nlohmann::ordered_json;

constexpr const char* kStateKey = "lorikeet.training";
constexpr const char* kLosses = "losses";

RawTensor viewOf(const Tensor& tensor) { return {DType::F32, tensor.shape(), std::as_bytes(tensor.values()), nullptr}; }

void fill(Tensor& to, const SafetensorsFile& file, const std::string& name, const std::string& path) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end() || found->second.shape != to.shape() || found->second.dtype != DType::F32)
    throw Error(ErrorKind::Corrupt,
                fmt::format("{} is not the state of this training: its values of {} are missing or of another shape.",
                            path, name));
  const std::vector<float> values = toFloats(found->second);
  std::copy(values.begin(), values.end(), to.data());
}

/// What the file says of itself. Throws Error(Corrupt) for one that is no state.
json descriptionOf(const SafetensorsFile& saved, const std::string& path) {
  const auto text = saved.metadata.find(kStateKey);
  json description = text == saved.metadata.end() ? json() : parseOrderedJson(text->second);
  if (!description.is_object() || description.value("version", 0) != 1)
    throw Error(ErrorKind::Corrupt, fmt::format("{} is not the state of a training.", path));
  return description;
}

/// The losses of every step, as many as the description says.
std::vector<float> lossesOf(const SafetensorsFile& saved, const json& description, const std::string& path) {
  std::vector<float> losses;
  const auto found = saved.tensors.find(kLosses);
  if (found != saved.tensors.end()) losses = toFloats(found->second);
  const int steps = description.value("steps", -1);
  if (steps < 0 || static_cast<size_t>(steps) != losses.size())
    throw Error(ErrorKind::Corrupt,
                fmt::format("{} contradicts itself: {} steps, but {} losses.", path, steps, losses.size()));
  return losses;
}

void requireSettings(const std::string& saved, const std::string& wanted, const std::string& path) {
  const json before = parseOrderedJson(saved), now = parseOrderedJson(wanted);
  if (!before.is_object())
    throw Error(ErrorKind::Corrupt, fmt::format("{} does not say which settings it was made with.", path));
  for (const auto& [key, value] : now.items()) {
    const json old = before.value(key, json());
    if (old != value)
      throw Error(ErrorKind::Mismatch,
                  fmt::format("The training in {} was begun with other settings ({} was {}, now {}); go on with those, "
                              "or move the file away to begin anew.",
                              path, key, dumpJson(old), dumpJson(value)));
  }
}

}  // namespace

void saveTrainingState(const std::filesystem::path& file, AdamW& optimizer, const TrainingState& state) {
  std::map<std::string, RawTensor> tensors;
  for (const AdamW::Parameter& parameter : optimizer.parameters()) {
    tensors["value." + parameter.tensor->name] = viewOf(parameter.tensor->values);
    tensors["first." + parameter.tensor->name] = viewOf(parameter.first);
    tensors["second." + parameter.tensor->name] = viewOf(parameter.second);
  }
  tensors[kLosses] = rawFromFloats({static_cast<int64_t>(state.losses.size())}, state.losses);
  const json description{{"version", 1}, {"steps", optimizer.steps()}, {"started_at", state.startedAt}};
  writeSafetensors(file, tensors, {{kStateKey, dumpJson(description)}, {"settings", state.settings}});
}

TrainingState loadTrainingState(const std::filesystem::path& file, AdamW& optimizer, const std::string& settings) {
  const std::string path = fmt::format("\"{}\"", file.string());
  const SafetensorsFile saved = readSafetensors(file);
  const json description = descriptionOf(saved, path);
  const auto stated = saved.metadata.find("settings");
  TrainingState state{stated == saved.metadata.end() ? "" : stated->second, {}, {}};
  requireSettings(state.settings, settings, path);
  for (AdamW::Parameter& parameter : optimizer.parameters()) {
    fill(parameter.tensor->values, saved, "value." + parameter.tensor->name, path);
    fill(parameter.first, saved, "first." + parameter.tensor->name, path);
    fill(parameter.second, saved, "second." + parameter.tensor->name, path);
  }
  state.losses = lossesOf(saved, description, path);
  optimizer.setSteps(static_cast<int>(state.losses.size()));
  state.startedAt = description.value("started_at", "");
  return state;
}

std::optional<SavedTraining> findSavedTraining(const std::filesystem::path& output) {
  const std::filesystem::path file = trainingStateOf(output);
  std::error_code ignored;
  if (output.empty() || !std::filesystem::exists(file, ignored)) return std::nullopt;
  const std::string path = fmt::format("\"{}\"", file.string());
  const SafetensorsFile saved = readSafetensors(file);
  SavedTraining training{file, 0, lossesOf(saved, descriptionOf(saved, path), path)};
  training.steps = static_cast<int>(training.losses.size());
  return training;
}

}  // namespace lorikeet
