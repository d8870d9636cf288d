#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "core/check.h"
#include "core/enum_lookup.h"
#include "lorikeet/error.h"
#include "lorikeet/request.h"

namespace lorikeet {
namespace {

/// A1111's menu in its order, then the samplers of diffusers and other web UIs.
constexpr EnumName<Sampler> kSamplers[] = {
    {Sampler::DpmPp2M, "dpmpp_2m", "DPM++ 2M"},
    {Sampler::DpmPpSde, "dpmpp_sde", "DPM++ SDE"},
    {Sampler::DpmPp2MSde, "dpmpp_2m_sde", "DPM++ 2M SDE"},
    {Sampler::DpmPp2MSdeHeun, "dpmpp_2m_sde_heun", "DPM++ 2M SDE Heun"},
    {Sampler::DpmPp2SA, "dpmpp_2s_a", "DPM++ 2S a"},
    {Sampler::DpmPp3MSde, "dpmpp_3m_sde", "DPM++ 3M SDE"},
    {Sampler::EulerA, "euler_a", "Euler a"},
    {Sampler::Euler, "euler", "Euler"},
    {Sampler::Lms, "lms", "LMS"},
    {Sampler::Heun, "heun", "Heun"},
    {Sampler::Dpm2, "dpm2", "DPM2"},
    {Sampler::Dpm2A, "dpm2_a", "DPM2 a"},
    {Sampler::DpmFast, "dpm_fast", "DPM fast"},
    {Sampler::DpmAdaptive, "dpm_adaptive", "DPM adaptive"},
    {Sampler::Restart, "restart", "Restart"},
    {Sampler::Ddim, "ddim", "DDIM"},
    {Sampler::Pndm, "pndm", "PLMS"},
    {Sampler::UniPC, "unipc", "UniPC"},
    {Sampler::Lcm, "lcm", "LCM"},
    {Sampler::Tcd, "tcd", "TCD"},
    {Sampler::Ddpm, "ddpm", "DDPM"},
    {Sampler::Deis, "deis", "DEIS"},
    {Sampler::DpmPp2S, "dpmpp_2s", "DPM++ 2S"},
    {Sampler::HeunPp2, "heunpp2", "HeunPP2"},
    {Sampler::Ipndm, "ipndm", "IPNDM"},
};

/// A1111's menu in its order, then the others.
constexpr EnumName<Schedule> kSchedules[] = {
    {Schedule::Default, "default", "Automatic"},
    {Schedule::Uniform, "uniform", "Uniform"},
    {Schedule::Karras, "karras", "Karras"},
    {Schedule::Exponential, "exponential", "Exponential"},
    {Schedule::Polyexponential, "polyexponential", "Polyexponential"},
    {Schedule::SgmUniform, "sgm_uniform", "SGM Uniform"},
    {Schedule::KlOptimal, "kl_optimal", "KL Optimal"},
    {Schedule::AlignYourSteps, "align_your_steps", "Align Your Steps"},
    {Schedule::Simple, "simple", "Simple"},
    {Schedule::Normal, "normal", "Normal"},
    {Schedule::DdimUniform, "ddim_uniform", "DDIM"},
    {Schedule::Beta, "beta", "Beta"},
    {Schedule::Turbo, "turbo", "Turbo"},
};

constexpr EnumName<Spacing> kSpacings[] = {
    {Spacing::Default, "default", "Automatic"},
    {Spacing::Leading, "leading", "Leading"},
    {Spacing::Linspace, "linspace", "Linspace"},
    {Spacing::Trailing, "trailing", "Trailing"},
};

constexpr EnumName<NoiseSource> kNoiseSources[] = {
    {NoiseSource::Torch, "torch", "torch (CPU)"},
    {NoiseSource::Numpy, "numpy", "NumPy"},
    {NoiseSource::Philox, "philox", "Philox (GPU)"},
};

constexpr EnumName<SdeNoise> kSdeNoises[] = {
    {SdeNoise::Default, "default", "As the sampler's reference"},
    {SdeNoise::Generator, "generator", "Fresh for every step"},
    {SdeNoise::Brownian, "brownian", "Brownian, the same for any steps"},
};

constexpr EnumName<Precision> kPrecisions[] = {
    {Precision::Auto, "auto", "Automatic"},
    {Precision::F32, "f32", "As in the file"},
    {Precision::BF16, "bf16", "16 bits"},
    {Precision::Int8, "int8", "8 bits"},
};

constexpr EnumName<Arithmetic> kArithmetics[] = {
    {Arithmetic::F32, "f32", "32 bits"},
    {Arithmetic::Bf16, "bf16", "16 bits, bfloat"},
    {Arithmetic::Int16, "int16", "16 bits, whole numbers"},
    {Arithmetic::Int8, "int8", "8 bits, whole numbers"},
};

constexpr EnumName<EmphasisMode> kEmphasisModes[] = {
    {EmphasisMode::Original, "original", "Original"},
    {EmphasisMode::NoNorm, "no_norm", "No norm"},
    {EmphasisMode::Ignore, "ignore", "Ignore"},
    {EmphasisMode::Literal, "none", "None"},
};

constexpr EnumName<ResizeMode> kResizeModes[] = {
    {ResizeMode::Fit, "fit", "Fit, keep the aspect"},
    {ResizeMode::Crop, "crop", "Crop to the size"},
    {ResizeMode::Letterbox, "letterbox", "Fill up with bars"},
    {ResizeMode::Stretch, "stretch", "Stretch"},
};

constexpr EnumName<MaskedContent> kMaskedContents[] = {
    {MaskedContent::Original, "original", "Original"},
    {MaskedContent::Fill, "fill", "Fill"},
    {MaskedContent::Noise, "noise", "Noise"},
    {MaskedContent::Nothing, "nothing", "Nothing"},
};

constexpr EnumName<ControlType> kControlTypes[] = {
    {ControlType::Canny, "canny", "Canny edges"},
    {ControlType::LineArt, "lineart", "Line art"},
    {ControlType::StraightLines, "mlsd", "Straight lines (M-LSD)"},
    {ControlType::Invert, "invert", "Inverted drawing"},
    {ControlType::Map, "map", "Ready map"},
    {ControlType::Depth, "depth", "Ready depth map"},
    {ControlType::Pose, "pose", "Ready pose map"},
    {ControlType::SoftEdge, "softedge", "Ready soft edge map"},
};

constexpr EnumName<ControlMode> kControlModes[] = {
    {ControlMode::Balanced, "balanced", "Balanced"},
    {ControlMode::Prompt, "prompt", "My prompt is more important"},
    {ControlMode::Control, "control", "ControlNet is more important"},
    {ControlMode::Guess, "guess", "Guess"},
};

constexpr EnumName<UpscaleMethod> kUpscaleMethods[] = {
    {UpscaleMethod::Latent, "latent", "Latent"},
    {UpscaleMethod::LatentNearest, "latent_nearest", "Latent (nearest)"},
    {UpscaleMethod::LatentBicubic, "latent_bicubic", "Latent (bicubic)"},
    {UpscaleMethod::Nearest, "nearest", "Nearest"},
    {UpscaleMethod::Bicubic, "bicubic", "Bicubic"},
    {UpscaleMethod::Lanczos, "lanczos", "Lanczos"},
    {UpscaleMethod::Network, "network", "Upscaler file"},
};

constexpr EnumName<VaeTiling> kVaeTilings[] = {
    {VaeTiling::Auto, "auto", "For large pictures"},
    {VaeTiling::Always, "always", "Always"},
    {VaeTiling::Never, "never", "Never"},
};

/// Other spellings that people and programs use: diffusers' classes, k-diffusion's functions, A1111's older names.
constexpr EnumAlias<Sampler> kSamplerAliases[] = {
    {"DDIMScheduler", Sampler::Ddim},
    {"PNDMScheduler", Sampler::Pndm},
    {"PNDM", Sampler::Pndm},
    {"LMSDiscreteScheduler", Sampler::Lms},
    {"sample_lms", Sampler::Lms},
    {"k_lms", Sampler::Lms},
    {"EulerDiscreteScheduler", Sampler::Euler},
    {"sample_euler", Sampler::Euler},
    {"k_euler", Sampler::Euler},
    {"EulerAncestralDiscreteScheduler", Sampler::EulerA},
    {"sample_euler_ancestral", Sampler::EulerA},
    {"euler_ancestral", Sampler::EulerA},
    {"k_euler_a", Sampler::EulerA},
    {"HeunDiscreteScheduler", Sampler::Heun},
    {"sample_heun", Sampler::Heun},
    {"k_heun", Sampler::Heun},
    {"DPMSolverMultistepScheduler", Sampler::DpmPp2M},
    {"sample_dpmpp_2m", Sampler::DpmPp2M},
    {"k_dpmpp_2m", Sampler::DpmPp2M},
    {"UniPCMultistepScheduler", Sampler::UniPC},
    {"KDPM2DiscreteScheduler", Sampler::Dpm2},
    {"sample_dpm_2", Sampler::Dpm2},
    {"k_dpm_2", Sampler::Dpm2},
    {"KDPM2AncestralDiscreteScheduler", Sampler::Dpm2A},
    {"sample_dpm_2_ancestral", Sampler::Dpm2A},
    {"k_dpm_2_a", Sampler::Dpm2A},
    {"DPMSolverSinglestepScheduler", Sampler::DpmPp2S},
    {"sample_dpmpp_2m_sde", Sampler::DpmPp2MSde},
    {"k_dpmpp_2m_sde", Sampler::DpmPp2MSde},
    {"DEISMultistepScheduler", Sampler::Deis},
    {"DPMSolverSDEScheduler", Sampler::DpmPpSde},
    {"sample_dpmpp_sde", Sampler::DpmPpSde},
    {"k_dpmpp_sde", Sampler::DpmPpSde},
    {"sample_dpmpp_2s_ancestral", Sampler::DpmPp2SA},
    {"dpmpp_2s_ancestral", Sampler::DpmPp2SA},
    {"k_dpmpp_2s_a", Sampler::DpmPp2SA},
    {"sample_dpmpp_3m_sde", Sampler::DpmPp3MSde},
    {"k_dpmpp_3m_sde", Sampler::DpmPp3MSde},
    {"k_dpmpp_2m_sde_heun", Sampler::DpmPp2MSdeHeun},
    {"sample_dpm_fast", Sampler::DpmFast},
    {"k_dpm_fast", Sampler::DpmFast},
    {"sample_dpm_adaptive", Sampler::DpmAdaptive},
    {"k_dpm_ad", Sampler::DpmAdaptive},
    {"restart_sampler", Sampler::Restart},
    {"sample_ipndm", Sampler::Ipndm},
    {"sample_heunpp2", Sampler::HeunPp2},
    {"k_lcm", Sampler::Lcm},
    {"LCMScheduler", Sampler::Lcm},
    {"TCDScheduler", Sampler::Tcd},
    {"DDPMScheduler", Sampler::Ddpm},
};
constexpr EnumAlias<Schedule> kScheduleAliases[] = {
    {"auto", Schedule::Default}, {"ddim", Schedule::DdimUniform}, {"ays", Schedule::AlignYourSteps}};
constexpr EnumAlias<NoiseSource> kNoiseSourceAliases[] = {
    {"cpu", NoiseSource::Torch}, {"gpu", NoiseSource::Philox}, {"nv", NoiseSource::Philox}};
constexpr EnumAlias<Precision> kPrecisionAliases[] = {{"fp32", Precision::F32}, {"float32", Precision::F32}};

template <class Enum>
const EnumName<Enum>& row(Enum value, std::span<const EnumName<Enum>> names) {
  for (const auto& candidate : names)
    if (candidate.value == value) return candidate;
  CHECK(!"every enumerator has a row");
  return names.front();
}

}  // namespace

std::span<const EnumName<Sampler>> samplerNames() { return kSamplers; }
std::span<const EnumName<Schedule>> scheduleNames() { return kSchedules; }
std::span<const EnumName<Spacing>> spacingNames() { return kSpacings; }
std::span<const EnumName<NoiseSource>> noiseSourceNames() { return kNoiseSources; }
std::span<const EnumName<SdeNoise>> sdeNoiseNames() { return kSdeNoises; }
std::span<const EnumName<Precision>> precisionNames() { return kPrecisions; }
std::span<const EnumName<Arithmetic>> arithmeticNames() { return kArithmetics; }
std::span<const EnumName<EmphasisMode>> emphasisNames() { return kEmphasisModes; }
std::span<const EnumName<ResizeMode>> resizeModeNames() { return kResizeModes; }
std::span<const EnumName<MaskedContent>> maskedContentNames() { return kMaskedContents; }
std::span<const EnumName<ControlType>> controlTypeNames() { return kControlTypes; }
std::span<const EnumName<ControlMode>> controlModeNames() { return kControlModes; }
std::span<const EnumName<UpscaleMethod>> upscaleMethodNames() { return kUpscaleMethods; }
std::span<const EnumName<VaeTiling>> vaeTilingNames() { return kVaeTilings; }

Sampler samplerFromName(std::string_view text) {
  return enumFromName<Sampler>("sampler", text, kSamplers, kSamplerAliases);
}
Schedule scheduleFromName(std::string_view text) {
  return enumFromName<Schedule>("schedule", text, kSchedules, kScheduleAliases);
}
Spacing spacingFromName(std::string_view text) { return enumFromName<Spacing>("timestep spacing", text, kSpacings); }
NoiseSource noiseSourceFromName(std::string_view text) {
  return enumFromName<NoiseSource>("random number generator", text, kNoiseSources, kNoiseSourceAliases);
}
SdeNoise sdeNoiseFromName(std::string_view text) {
  return enumFromName<SdeNoise>("noise of SDE samplers", text, kSdeNoises);
}
Precision precisionFromName(std::string_view text) {
  return enumFromName<Precision>("precision", text, kPrecisions, kPrecisionAliases);
}
Arithmetic arithmeticFromName(std::string_view text) {
  return enumFromName<Arithmetic>("arithmetic", text, kArithmetics);
}
EmphasisMode emphasisFromName(std::string_view text) {
  return enumFromName<EmphasisMode>("emphasis mode", text, kEmphasisModes);
}
ResizeMode resizeModeFromName(std::string_view text) {
  return enumFromName<ResizeMode>("resize mode", text, kResizeModes);
}
MaskedContent maskedContentFromName(std::string_view text) {
  return enumFromName<MaskedContent>("masked content", text, kMaskedContents);
}
ControlType controlTypeFromName(std::string_view text) {
  return enumFromName<ControlType>("control type", text, kControlTypes);
}
ControlMode controlModeFromName(std::string_view text) {
  return enumFromName<ControlMode>("control mode", text, kControlModes);
}
UpscaleMethod upscaleMethodFromName(std::string_view text) {
  return enumFromName<UpscaleMethod>("upscaler", text, kUpscaleMethods);
}
VaeTiling vaeTilingFromName(std::string_view text) { return enumFromName<VaeTiling>("VAE tiling", text, kVaeTilings); }

SamplerChoice samplerChoiceFromName(std::string_view text) {
  if (const auto sampler = findEnum<Sampler>(text, kSamplers, kSamplerAliases)) return {*sampler, Schedule::Default};
  for (size_t blank = text.find(' '); blank != std::string_view::npos; blank = text.find(' ', blank + 1)) {
    const auto sampler = findEnum<Sampler>(text.substr(0, blank), kSamplers, kSamplerAliases);
    const auto schedule = findEnum<Schedule>(text.substr(blank + 1), kSchedules, kScheduleAliases);
    if (sampler && schedule) return {*sampler, *schedule};
  }
  throwUnknownEnum<Sampler>("sampler", text, kSamplers);
}

std::string_view name(Sampler value) { return row<Sampler>(value, kSamplers).name; }
std::string_view name(Schedule value) { return row<Schedule>(value, kSchedules).name; }
std::string_view name(Spacing value) { return row<Spacing>(value, kSpacings).name; }
std::string_view name(NoiseSource value) { return row<NoiseSource>(value, kNoiseSources).name; }
std::string_view name(SdeNoise value) { return row<SdeNoise>(value, kSdeNoises).name; }
std::string_view name(Precision value) { return row<Precision>(value, kPrecisions).name; }
std::string_view name(Arithmetic value) { return row<Arithmetic>(value, kArithmetics).name; }
std::string_view name(EmphasisMode value) { return row<EmphasisMode>(value, kEmphasisModes).name; }
std::string_view name(ResizeMode value) { return row<ResizeMode>(value, kResizeModes).name; }
std::string_view name(MaskedContent value) { return row<MaskedContent>(value, kMaskedContents).name; }
std::string_view name(ControlType value) { return row<ControlType>(value, kControlTypes).name; }
std::string_view name(ControlMode value) { return row<ControlMode>(value, kControlModes).name; }
std::string_view name(UpscaleMethod value) { return row<UpscaleMethod>(value, kUpscaleMethods).name; }
std::string_view name(VaeTiling value) { return row<VaeTiling>(value, kVaeTilings).name; }
std::string_view label(Sampler value) { return row<Sampler>(value, kSamplers).label; }
std::string_view label(Schedule value) { return row<Schedule>(value, kSchedules).label; }
std::string_view label(Spacing value) { return row<Spacing>(value, kSpacings).label; }
std::string_view label(NoiseSource value) { return row<NoiseSource>(value, kNoiseSources).label; }
std::string_view label(SdeNoise value) { return row<SdeNoise>(value, kSdeNoises).label; }
std::string_view label(Precision value) { return row<Precision>(value, kPrecisions).label; }
std::string_view label(Arithmetic value) { return row<Arithmetic>(value, kArithmetics).label; }
std::string_view label(EmphasisMode value) { return row<EmphasisMode>(value, kEmphasisModes).label; }
std::string_view label(ResizeMode value) { return row<ResizeMode>(value, kResizeModes).label; }
std::string_view label(MaskedContent value) { return row<MaskedContent>(value, kMaskedContents).label; }
std::string_view label(ControlType value) { return row<ControlType>(value, kControlTypes).label; }
std::string_view label(ControlMode value) { return row<ControlMode>(value, kControlModes).label; }
std::string_view label(UpscaleMethod value) { return row<UpscaleMethod>(value, kUpscaleMethods).label; }
std::string_view label(VaeTiling value) { return row<VaeTiling>(value, kVaeTilings).label; }

}  // namespace lorikeet
