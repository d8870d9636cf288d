#include "cli/hires_options.h"

namespace lorikeet::cli {
namespace {

Seamless seamlessFrom(const std::string& text) {
  if (text == "x") return {true, false};
  if (text == "y") return {false, true};
  if (text == "xy") return {true, true};
  throw CLI::ValidationError("\"" + text + "\" is no choice of edges; expected x, y or xy.",
                             CLI::ExitCodes::ValidationError);
}

}  // namespace

CLI::Option* addUpscaler(CommandLine& line, CLI::App& command, const std::string& flags, Upscaler& upscaler,
                         bool withLatent, const std::string& help) {
  auto set = [&upscaler](const std::string& text) {
    try {
      upscaler = upscalerFromText(text);
    } catch (const Error& error) {
      throw CLI::ValidationError(error.what(), CLI::ExitCodes::ValidationError);
    }
  };
  CLI::Option* option = addTextOption(command, flags, set, help)->type_name("NAME|FILE");
  for (const auto& row : upscaleMethodNames())
    if (row.value != UpscaleMethod::Network && (withLatent || !isLatent(row.value)))
      line.choices[option].emplace_back(row.name);
  return option;
}

void addHiresOptions(CommandLine& line, CLI::App& command, GenerateRequest& request) {
  HiresOptions& hires = request.hires;
  addOption(command, "--hires", hires.scale, "Enlarge the picture so many times and denoise it a second time")
      ->type_name("SCALE");
  addUpscaler(line, command, "--hires-upscaler", hires.upscaler, true,
              "What enlarges it: a name, or an upscaler file (SRVGG, ESRGAN, FSRCNN) (default: latent)");
  addOption(command, "--hires-steps", hires.steps, "Steps of the second pass (default: as many as the first)")
      ->type_name("N");
  addOption(command, "--hires-strength", hires.strength, "How much the second pass may change: 0 nothing, 1 everything")
      ->type_name("SHARE")
      ->capture_default_str();
  CLI::Option* seamless =
      addTextOption(
          command, "--seamless", [&request](const std::string& text) { request.seamless = seamlessFrom(text); },
          "Let opposite edges join, so that the picture repeats: x, y or xy")
          ->type_name("EDGES");
  line.choices[seamless] = {"x", "y", "xy"};
  addChoice(line, command, "--vae-tiling", request.vaeTiling, vaeTilingFromName, vaeTilingNames(),
            "Decode in strips, with little memory (default: auto, above 768x768)");
}

}  // namespace lorikeet::cli
