#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command_line.h"
#include "cli/hires_options.h"
#include "cli/json_text.h"
#include "lorikeet/engine.h"
#include "lorikeet/picture_io.h"

namespace lorikeet::cli {
namespace {

struct UpscaleOptions {
  UpscaleRequest request;
  std::filesystem::path input;
  std::filesystem::path output;
  int threads = 0;
};

int runUpscale(const UpscaleOptions& options, bool asJson, std::stop_token stop) {
  const Image picture = flatten(loadPicture(options.input));
  Engine engine({.threads = options.threads});
  const bool live = isatty(STDERR_FILENO) != 0;
  const auto progress = [live](double share) {
    if (live) fmt::print(stderr, "\renlarging {:3.0f} %", 100 * share);
  };
  const UpscaleResult result = engine.upscale(picture, options.request, progress, std::move(stop));
  if (live) fmt::print(stderr, "\r\033[K");
  if (result.status == Status::Stopped) {
    fmt::print(stderr, "lorikeet-cli: stopped; nothing was written\n");
    return kStopped;
  }
  savePng(options.output, result.image);
  if (asJson) {
    const nlohmann::ordered_json report{{"status", "done"},
                                        {"file", options.output.string()},
                                        {"width", result.image.width},
                                        {"height", result.image.height}};
    fmt::print("{}\n", jsonText(report, -1));
  } else {
    fmt::print("{}\n", options.output.string());
  }
  return kDone;
}

}  // namespace

void addUpscaleCommand(CommandLine& line) {
  CLI::App* command = addSubcommand(line.app, "upscale", "Enlarge a picture");
  auto options = std::make_shared<UpscaleOptions>();
  addOption(*command, "input", options->input, "The picture")->type_name("IN")->required();
  addOption(*command, "output", options->output, "PNG file to write")->type_name("OUT")->required();
  addUpscaler(line, *command, "--upscaler", options->request.upscaler, false,
              "A name, or an upscaler file: SRVGG-compact, ESRGAN (.pth, .safetensors) or FSRCNN (.pb) (default: "
              "lanczos)");
  addOption(*command, "--scale", options->request.scale,
            "How many times as wide and high, up to 16 (default: what the file does, otherwise 2)")
      ->type_name("SCALE");
  addOption(*command, "--threads", options->threads, "Threads, 1 to 1024 (default: all processors)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""));
  addFlag(*command, "--json", line.json, "Print the result as JSON and nothing else on stdout");
  command->footer("Example:\n  lorikeet-cli upscale photo.jpg large.png --upscaler realesr-animevideov3.pth --scale 4");
  command->callback([&line, options] {
    line.run = [&line, options](std::stop_token stop) { return runUpscale(*options, line.json, std::move(stop)); };
  });
}

}  // namespace lorikeet::cli
