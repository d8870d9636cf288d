#include <fmt/format.h>

#include <memory>

#include "cli/command_line.h"
#include "lorikeet/picture_io.h"
#include "lorikeet/steering.h"

namespace lorikeet::cli {
namespace {

struct AnnotateOptions {
  ControlUnit unit;
  std::filesystem::path input;
  std::filesystem::path output;
};

}  // namespace

void addAnnotateCommand(CommandLine& line) {
  CLI::App* command = line.app.add_subcommand("annotate", "Draw the control map of a picture");
  auto options = std::make_shared<AnnotateOptions>();
  CannyOptions& canny = options->unit.canny;
  const auto setType = [options](const std::string& text) {
    try {
      options->unit.type = controlTypeFromName(text);
    } catch (const Error& error) {
      throw CLI::ValidationError(error.what(), CLI::ExitCodes::ValidationError);
    }
  };
  CLI::Option* type =
      command->add_option_function<std::string>("type", setType, "canny, lineart or invert")->type_name("TYPE");
  type->required();
  for (const auto& row : controlTypeNames())
    if (row.value != ControlType::Map) line.choices[type].emplace_back(row.name);
  command->add_option("input", options->input, "The picture")->type_name("IN")->required();
  command->add_option("output", options->output, "PNG file to write")->type_name("OUT")->required();
  command->add_option("--low", canny.lowThreshold, "Canny: gradient below which nothing is an edge")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--high", canny.highThreshold, "Canny: gradient from which an edge starts")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--blur", canny.blurSigma, "Canny: blur the picture before, in pixels")
      ->type_name("PIXELS")
      ->capture_default_str();
  command->footer("Example:\n  lorikeet-cli annotate canny photo.jpg edges.png --low 100 --high 200");
  command->callback([&line, options] {
    line.run = [options](std::stop_token) {
      savePng(options->output, controlMap(flatten(loadPicture(options->input)), options->unit));
      fmt::print("{}\n", options->output.string());
      return kDone;
    };
  });
}

}  // namespace lorikeet::cli
