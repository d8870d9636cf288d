#include "cli/sampling_options.h"

namespace lorikeet::cli {
namespace {

CLI::Option* addNumber(CLI::App& command, const char* flag, double& value, const char* type, const char* help) {
  return addOption(command, flag, value, help)->type_name(type)->capture_default_str();
}

void addNoiseOptions(CommandLine& line, CLI::App& command, GenerateRequest& request) {
  addChoice(line, command, "--rng", request.noiseSource, noiseSourceFromName, noiseSourceNames(),
            "Whose random numbers to use (default: torch)");
  addOption(command, "--variation-seed", request.variation.seed,
            "Mix the noise of this seed in; picture j then uses it + j and one --seed")
      ->type_name("SEED");
  addNumber(command, "--variation-strength", request.variation.strength, "SHARE",
            "How much of it: 0 nothing, 1 nothing else");
  addOption(command, "--noise-seed-delta", request.sampling.noiseSeedDelta,
            "Take noise that is added on the way from the seed plus this (A1111's ENSD, often 31337)")
      ->type_name("N");
}

void addShortcutOptions(CommandLine& line, CLI::App& command, Shortcuts& shortcuts) {
  addChoice(line, command, "--arithmetic", shortcuts.arithmetic, arithmeticFromName, arithmeticNames(),
            "What products multiply: f32, the faster int16, which is hardly visible in the picture, int8 on processors "
            "with VNNI (int16 on others), bf16 on those that are faster at it (f32 on others) (default: f32)");
  addOption(command, "--inner-every", shortcuts.innerEvery,
            "Run the UNet's inner layers at every n-th step only (DeepCache): faster, less exact")
      ->type_name("N");
  addOption(command, "--guidance-every", shortcuts.guidanceEvery,
            "Compute guidance at every n-th step only and use it again between: faster, less exact")
      ->type_name("N");
  addNumber(
      command, "--merge-tokens", shortcuts.mergedTokens, "SHARE",
      "Let self-attention of the finest maps take so many tokens, at most 0.75, for the one most like them (ToMe)");
  addNumber(command, "--guidance-start", shortcuts.guidanceStart, "SHARE",
            "Share of the steps before which there is no guidance, and half the work");
  addNumber(command, "--guidance-end", shortcuts.guidanceEnd, "SHARE",
            "Share of the steps after which there is no guidance, and half the work");
}

}  // namespace

void addSamplingOptions(CommandLine& line, CLI::App& command, GenerateRequest& request) {
  addNoiseOptions(line, command, request);
  SamplingOptions& sampling = request.sampling;
  addNumber(command, "--eta", request.eta, "SHARE", "Share of fresh noise in DDIM and TCD, 0 to 1");
  addNumber(command, "--ancestral-eta", sampling.ancestralEta, "SHARE",
            "Share of fresh noise in ancestral and SDE samplers, 0 to 1");
  addChoice(line, command, "--sde-noise", sampling.sdeNoise, sdeNoiseFromName, sdeNoiseNames(),
            "Noise of SDE samplers (default: as diffusers has it)");
  addNumber(command, "--churn", sampling.churn.churn, "AMOUNT",
            "Noise that Euler, Heun and DPM2 add before their steps, 0 to 100");
  addNumber(command, "--churn-min", sampling.churn.lowest, "SIGMA", "Only from this noise level on");
  addNumber(command, "--churn-max", sampling.churn.highest, "SIGMA", "Up to this noise level; 0: no limit");
  addNumber(command, "--noise-scale", sampling.churn.noise, "FACTOR", "Of all noise that is added on the way");
  addNumber(command, "--rho", sampling.scheduleRho, "RHO", "Bend of Karras' and the polyexponential schedule; 0: own");
  addShortcutOptions(line, command, request.shortcuts);
}

}  // namespace lorikeet::cli
