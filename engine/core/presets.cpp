#include "lorikeet/presets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "core/name_key.h"
#include "lorikeet/error.h"

namespace lorikeet {
namespace {

constexpr std::array<Preset, 6> kPresets{{
    {.name = "draft",
     .label = "Draft",
     .explanation = "Leaves out most of the work of most steps: about three times as fast, with other fine detail.",
     .shortcuts = Shortcuts{.guidanceEvery = 4, .innerEvery = 4, .arithmetic = Arithmetic::Int16}},
    {.name = "fast",
     .label = "Fast",
     .explanation = "Multiplies 16-bit integers: faster with large models, and pictures hardly change.",
     .shortcuts = Shortcuts{.arithmetic = Arithmetic::Int16}},
    {.name = "full",
     .label = "Full quality",
     .explanation = "Leaves nothing out: what a draft saves is done again.",
     .shortcuts = Shortcuts{}},
    {.name = "inpaint",
     .label = "Inpainting, quick",
     .explanation = "Repaints a mask in 10 steps with guidance 7.5.",
     .steps = 10,
     .guidanceScale = 7.5},
    {.name = "controlnet-img2img",
     .label = "ControlNet on a picture",
     .explanation =
         "Paints a picture anew along its edges: strength 1.0, 10 steps, control scale 0.5, Canny 150 to 200.",
     .steps = 10,
     .strength = 1.0,
     .controlScale = 0.5,
     .cannyLowThreshold = 150,
     .cannyHighThreshold = 200},
    {.name = "lora-controlnet",
     .label = "LoRA and ControlNet",
     .explanation = "Draws in a LoRA's manner along given edges: 20 steps, Canny 100 to 200.",
     .steps = 20,
     .cannyLowThreshold = 100,
     .cannyHighThreshold = 200},
}};

}  // namespace

std::span<const Preset> presets() { return kPresets; }

const Preset& presetFromName(std::string_view text) {
  const std::string key = nameKey(text);
  for (const Preset& preset : kPresets)
    if (nameKey(preset.name) == key || nameKey(preset.label) == key) return preset;
  std::string choices;
  for (const Preset& preset : kPresets) choices += (choices.empty() ? "" : ", ") + std::string(preset.name);
  throw Error(ErrorKind::InvalidArgument,
              fmt::format("There is no preset called \"{}\"; the presets are {}.", text, choices));
}

void apply(const Preset& preset, GenerateRequest& request) {
  if (preset.steps) request.steps = *preset.steps;
  if (preset.guidanceScale) request.guidanceScale = *preset.guidanceScale;
  if (preset.shortcuts) request.shortcuts = *preset.shortcuts;
  if (preset.strength) request.strength = *preset.strength;
  for (ControlUnit& unit : request.controls) {
    if (preset.controlScale) unit.scale = *preset.controlScale;
    if (unit.type != ControlType::Canny) continue;
    if (preset.cannyLowThreshold) unit.canny.lowThreshold = *preset.cannyLowThreshold;
    if (preset.cannyHighThreshold) unit.canny.highThreshold = *preset.cannyHighThreshold;
  }
}

}  // namespace lorikeet
