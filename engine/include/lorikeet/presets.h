#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "lorikeet/request.h"

namespace lorikeet {

/// Settings that belong together for one kind of job; what is not set stays as it is.
struct Preset {
  std::string_view name;         ///< the command line's word
  std::string_view label;        ///< what people read
  std::string_view explanation;  ///< one sentence: what it is for and what it sets
  std::optional<int> steps = {};
  std::optional<double> guidanceScale = {};
  std::optional<double> strength = {};
  std::optional<double> controlScale = {};       ///< of every control unit
  std::optional<double> cannyLowThreshold = {};  ///< of every control unit that detects Canny edges
  std::optional<double> cannyHighThreshold = {};
  std::optional<Shortcuts> shortcuts = {};

  bool usesControl() const { return controlScale || cannyLowThreshold || cannyHighThreshold; }
};

/// A quick draft, and the defaults of the tools that people come from: their inpainting, their image to image with a
/// Canny ControlNet, and their LoRA with a Canny ControlNet.
std::span<const Preset> presets();
/// By name or label, ignoring case, blanks, '-' and '_'. Throws Error(InvalidArgument) that lists the choices.
const Preset& presetFromName(std::string_view text);
/// Writes what the preset sets into the request and into the control units that it has.
void apply(const Preset& preset, GenerateRequest& request);

}  // namespace lorikeet
