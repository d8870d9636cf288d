#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lorikeet/adapter_use.h"
#include "lorikeet/prompt.h"
#include "lorikeet/sampling.h"
#include "lorikeet/shortcuts.h"
#include "lorikeet/steering.h"
#include "lorikeet/upscale.h"

namespace lorikeet {

/// How many bits the weights of the model keep in memory; Shortcuts::arithmetic is what is computed with. With int8,
/// pictures change a little and the text encoder, the UNet and ControlNets take a byte a weight.
enum class Precision {
  Auto,  ///< the most exact that the free memory has room for; what a model is loaded with stays
  F32,   ///< as in the file
  BF16,  ///< at most 16 bits: 16-bit files as they are, 32-bit ones rounded
  Int8   ///< 8 bits, with a scale for 64 weights; the autoencoder at most 16 bits
};

/// Whether the autoencoder works on a picture in strips, which needs a fraction of the memory and rounds what it keeps
/// between layers to 16 bits. Auto: for pictures of more than 768x768 pixels.
enum class VaeTiling { Auto, Always, Never };

/// On which axes the picture's opposite edges join, so that it repeats without a seam.
struct Seamless {
  bool x = false;
  bool y = false;

  bool operator==(const Seamless&) const = default;
};

/// One row of a table of names: what the command line says and what people read.
template <class Enum>
struct EnumName {
  Enum value;
  std::string_view name;
  std::string_view label;
};
std::span<const EnumName<Sampler>> samplerNames();
std::span<const EnumName<Schedule>> scheduleNames();
std::span<const EnumName<Spacing>> spacingNames();
std::span<const EnumName<NoiseSource>> noiseSourceNames();
std::span<const EnumName<SdeNoise>> sdeNoiseNames();
std::span<const EnumName<Precision>> precisionNames();
std::span<const EnumName<Arithmetic>> arithmeticNames();
std::span<const EnumName<EmphasisMode>> emphasisNames();
std::span<const EnumName<ResizeMode>> resizeModeNames();
std::span<const EnumName<MaskedContent>> maskedContentNames();
std::span<const EnumName<ControlType>> controlTypeNames();
std::span<const EnumName<ControlMode>> controlModeNames();
std::span<const EnumName<UpscaleMethod>> upscaleMethodNames();
std::span<const EnumName<VaeTiling>> vaeTilingNames();

/// Looks a value up by name or label, ignoring case, blanks, '-' and '_'. Throws Error(InvalidArgument) that lists
/// the choices.
Sampler samplerFromName(std::string_view text);
Schedule scheduleFromName(std::string_view text);
Spacing spacingFromName(std::string_view text);
NoiseSource noiseSourceFromName(std::string_view text);
SdeNoise sdeNoiseFromName(std::string_view text);
Precision precisionFromName(std::string_view text);
Arithmetic arithmeticFromName(std::string_view text);
EmphasisMode emphasisFromName(std::string_view text);
ResizeMode resizeModeFromName(std::string_view text);
MaskedContent maskedContentFromName(std::string_view text);
ControlType controlTypeFromName(std::string_view text);
ControlMode controlModeFromName(std::string_view text);
UpscaleMethod upscaleMethodFromName(std::string_view text);
VaeTiling vaeTilingFromName(std::string_view text);

/// The command line's word for a value ("dpmpp_2m"), and what people read ("DPM++ 2M").
std::string_view name(Sampler value);
std::string_view name(Schedule value);
std::string_view name(Spacing value);
std::string_view name(NoiseSource value);
std::string_view name(SdeNoise value);
std::string_view name(Precision value);
std::string_view name(Arithmetic value);
std::string_view name(EmphasisMode value);
std::string_view name(ResizeMode value);
std::string_view name(MaskedContent value);
std::string_view name(ControlType value);
std::string_view name(ControlMode value);
std::string_view name(UpscaleMethod value);
std::string_view name(VaeTiling value);
std::string_view label(Sampler value);
std::string_view label(Schedule value);
std::string_view label(Spacing value);
std::string_view label(NoiseSource value);
std::string_view label(SdeNoise value);
std::string_view label(Precision value);
std::string_view label(Arithmetic value);
std::string_view label(EmphasisMode value);
std::string_view label(ResizeMode value);
std::string_view label(MaskedContent value);
std::string_view label(ControlType value);
std::string_view label(ControlMode value);
std::string_view label(UpscaleMethod value);
std::string_view label(VaeTiling value);

/// A sampler with the schedule that its name carries.
struct SamplerChoice {
  Sampler sampler = Sampler::DpmPp2M;
  Schedule schedule = Schedule::Default;

  bool operator==(const SamplerChoice&) const = default;
};
/// Reads a sampler's name as A1111 wrote them before schedules had a field of their own: "DPM++ 2M Karras" is DpmPp2M
/// with Karras; a name without a schedule gives Schedule::Default. Throws Error(InvalidArgument) like samplerFromName.
SamplerChoice samplerChoiceFromName(std::string_view text);

/// Everything that decides a picture, as a value: the same request gives the same bytes whatever the number of threads
/// or the preview setting. Defaults are those of the command line.
struct GenerateRequest {
  std::filesystem::path model;  ///< a diffusers folder or a checkpoint file; empty: the starter model
  std::filesystem::path vae;    ///< an autoencoder in place of the model's own, a file or a folder; empty: its own
  std::string prompt;           ///< in A1111's grammar: (a:1.2), [a], [a:b:0.5], [a|b], BREAK, AND, {a|b}, __name__
  std::string negativePrompt;
  /// Textual inversions that the prompts may name by their token or file name.
  std::vector<std::filesystem::path> embeddings;
  PromptOptions prompting;
  uint64_t seed = 42;
  int imageCount = 1;  ///< image j uses seed + j; with a variation variation.seed + j and the same seed
  Variation variation;
  int steps = 20;
  int width = 0;               ///< pixels, a multiple of 8; 0: the model's native size
  int height = 0;              ///< pixels, a multiple of 8; 0: the model's native size
  double guidanceScale = 7.5;  ///< classifier-free guidance; at 1 and below only the prompt is evaluated
  Sampler sampler = Sampler::DpmPp2M;
  Schedule schedule = Schedule::Default;
  Spacing spacing = Spacing::Default;
  double eta = 0;    ///< share of fresh noise of DDIM and TCD, 0..1
  int clipSkip = 1;  ///< 1: the text encoder's last layer, 2: the one before it, as in A1111
  NoiseSource noiseSource = NoiseSource::Torch;
  SamplingOptions sampling;
  Precision precision = Precision::F32;  ///< changing it loads the model again
  std::vector<AdapterUse> adapters;      ///< the stack; its order does not matter

  PictureSource init;                   ///< start from this picture; the result has its size
  double strength = 0.75;               ///< of what is changed in it: 0 gives it back, 1 keeps nothing of it
  ResizeMode resize = ResizeMode::Fit;  ///< how it is brought to the size that the model works at
  MaskSource mask;                      ///< repaint only here; as large as the picture
  MaskOptions maskOptions;
  OutpaintMargins outpaint;
  std::vector<ControlUnit> controls;

  HiresOptions hires;  ///< a second pass at a larger size, for pictures from text
  Seamless seamless;
  Shortcuts shortcuts;
  VaeTiling vaeTiling = VaeTiling::Auto;

  bool operator==(const GenerateRequest&) const = default;
};

/// What the noise of one picture of a request comes from.
struct PictureSeeds {
  uint64_t seed = 0;
  uint64_t variation = 0;  ///< used where the request has a variation
};
PictureSeeds seedsOf(const GenerateRequest& request, int imageIndex);

/// Checks ranges that do not depend on the model. Throws Error(InvalidArgument) naming the setting and its range.
void validate(const GenerateRequest& request);

}  // namespace lorikeet
