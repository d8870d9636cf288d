#include "cli/generate_options.h"

#include <tuple>

#include "cli/hires_options.h"
#include "cli/prompt_options.h"
#include "cli/sampling_options.h"
#include "lorikeet/presets.h"
#include "lorikeet/starter_parts.h"

namespace lorikeet::cli {
namespace {

/// Options run in the order in which they are added: those that come after a preset change what it sets.
void addPreset(CommandLine& line, CLI::App& command, GenerateOptions& options) {
  const auto use = [&options](const std::string& text) {
    try {
      const Preset& preset = presetFromName(text);
      options.request.controls = {options.steering.defaults};
      apply(preset, options.request);
      options.steering.defaults = options.request.controls.front();
      options.request.controls.clear();
    } catch (const Error& error) {
      throw CLI::ValidationError(error.what(), CLI::ExitCodes::ValidationError);
    }
  };
  CLI::Option* option = addTextOption(command, "--preset", use,
                                      "Settings of a well-known tool: steps, guidance, strength, and scale and "
                                      "thresholds of controls; other options change them")
                            ->type_name("NAME");
  for (const Preset& preset : presets()) line.choices[option].emplace_back(preset.name);
}

void addPictureOptions(CommandLine& line, CLI::App& command, GenerateOptions& options) {
  GenerateRequest& request = options.request;
  addOption(command, "-p,--prompt", options.prompts, "What the picture should show")
      ->type_name("TEXT")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  addOption(command, "-n,--negative", request.negativePrompt, "What it should not show")->type_name("TEXT");
  addOption(command, "-m,--model", request.model, "Diffusers folder or checkpoint file (default: the starter model)")
      ->type_name("FILE");
  addOption(command, "--vae", request.vae,
            "VAE file or folder in place of the model's own, or a TAESD decoder, which decodes at once and roughly "
            "(default: the model's)")
      ->type_name("FILE");
  addChoice(line, command, "--precision", request.precision, precisionFromName, precisionNames(),
            "Bits of the weights in memory: f32 as in the file, bf16 at most 16, int8 half of that, auto what fits "
            "(default: f32)");
  addSeedOption(command, request.seed);
  addPreset(line, command, options);
  addOption(command, "--steps", request.steps, "Denoising steps")->type_name("N")->capture_default_str();
  addOption(command, "--width", options.width, "Width, a multiple of 8 (default: the model's own)")
      ->type_name("PIXELS");
  addOption(command, "--height", options.height, "Height, a multiple of 8 (default: the model's own)")
      ->type_name("PIXELS");
  addOption(command, "-g,--guidance", request.guidanceScale,
            "How closely to follow the prompt; 1 and below: no guidance, twice as fast")
      ->type_name("SCALE")
      ->capture_default_str();
  addChoice(line, command, "--sampler", request.sampler, samplerFromName, samplerNames(),
            "Sampling algorithm, A1111's names work too (default: dpmpp_2m)");
  addChoice(line, command, "--schedule", request.schedule, scheduleFromName, scheduleNames(),
            "Spread of the noise levels (default: what the model says)");
  addChoice(line, command, "--spacing", request.spacing, spacingFromName, spacingNames(),
            "Which timesteps are visited (default: the sampler's own)");
  addOption(command, "--clip-skip", request.clipSkip, "Text encoder layer counted from the end")
      ->type_name("N")
      ->capture_default_str();
}

void addOutputOptions(CommandLine& line, CLI::App& command, GenerateOptions& options) {
  addOption(command, "--num", options.request.imageCount, "Pictures of each prompt; picture j uses seed + j")
      ->type_name("N")
      ->capture_default_str();
  addOption(command, "--prompt-file", options.promptFile, "Text file with one prompt a line, after those of -p")
      ->type_name("FILE");
  addOption(command, "--threads", options.threads, "Threads, 1 to 1024 (default: all processors)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""));
  addOption(command, "-o,--output", options.output,
            "PNG, JPEG or WebP file, pattern with {n}, {seed} or {prompt}, or folder (default: "
            "lorikeet-SEED.png here)")
      ->type_name("FILE");
  addOption(command, "--quality", options.writing.quality, "Quality of JPEG and WebP, 1 to 100 (WebP: 100 is lossless)")
      ->type_name("N")
      ->check(CLI::Range(1, 100).description(""))
      ->capture_default_str();
  addFlag(command, "--private", options.writing.isPrivate,
          "Write nothing into the pictures that says how they were made");
  addOption(command, "--preview", options.previewFolder,
            "Write the picture as it forms into this folder, one file a step")
      ->type_name("DIR");
  addOption(command, "--latents", options.latentsFile,
            "Write latents.initial, latents.after_step.NN and latents.final as safetensors, [pictures, 4, h, w]")
      ->type_name("FILE");
  addFlag(command, "--timings", options.timings, "Print where the time went");
  addFlag(command, "--json", line.json, "Print the result as JSON and nothing else on stdout");
}

}  // namespace

void addRequestOptions(CommandLine& line, CLI::App& command, GenerateOptions& options) {
  addPictureOptions(line, command, options);
  addSamplingOptions(line, command, options.request);
  addHiresOptions(line, command, options.request);
  addSteeringOptions(line, command, options.request, options.steering);
  addPromptOptions(line, command, options.request);
  addAdapterOptions(command, options.adapters);
}

void addGenerateOptions(CommandLine& line, CLI::App& command, GenerateOptions& options) {
  addFromOption(command, options);
  addRequestOptions(line, command, options);
  command.get_option("--prompt")->description("What the picture should show; repeat it for several prompts");
  addOutputOptions(line, command, options);
}

GenerateRequest requestFor(const GenerateOptions& options, const std::string& prompt) {
  GenerateRequest request = options.request;
  request.prompt = prompt;
  if (!options.from || !options.adapters.files.empty()) request.adapters = adaptersFor(options.adapters);
  if (!options.steering.controls.empty() || !options.steering.controlModels.empty())
    request.controls = controlUnits(options.steering);
  for (const ControlUnit& unit : request.controls)
    if (controlNetOf(request, unit).empty())
      throw Error(ErrorKind::InvalidArgument,
                  "A --control needs a --control-model; only canny and map do without, with the starter model.");
  for (const auto& [what, size, target] :
       {std::tuple("width", options.width, &request.width), std::tuple("height", options.height, &request.height)}) {
    if (!size) continue;
    if (*size == 0)
      throw Error(ErrorKind::InvalidArgument, std::string("The ") + what + " is 0; expected a multiple of 8 pixels.");
    *target = *size;
  }
  return request;
}

}  // namespace lorikeet::cli
