#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "training/adamw.h"

namespace lorikeet {

/// What a training needs to go on as if it had never stopped, as a safetensors file: values and the optimizer's running
/// means in f32; losses, time of the start and the settings that decide the result as metadata.
struct TrainingState {
  std::string settings;  ///< JSON object, compared field by field
  std::vector<float> losses;
  std::string startedAt;  ///< seconds since 1970
};

/// Writes the state beside its target and renames it. Throws Error(Io).
void saveTrainingState(const std::filesystem::path& file, AdamW& optimizer, const TrainingState& state);

/// Puts a saved state into the optimizer and its tensors. Throws Error(NotFound | Io | Corrupt), and Error(Mismatch)
/// naming the first setting that differs from `settings`.
TrainingState loadTrainingState(const std::filesystem::path& file, AdamW& optimizer, const std::string& settings);

}  // namespace lorikeet
