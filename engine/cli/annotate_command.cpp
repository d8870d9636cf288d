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
  CLI::App* command = addSubcommand(line.app, "annotate", "Draw the control map of a picture");
  auto options = std::make_shared<AnnotateOptions>();
  CannyOptions& canny = options->unit.canny;
  const auto setType = [options](const std::string& text) {
    try {
      options->unit.type = controlTypeFromName(text);
    } catch (const Error& error) {
      throw CLI::ValidationError(error.what(), CLI::ExitCodes::ValidationError);
    }
  };
  CLI::Option* type = addTextOption(*command, "type", setType, "canny, lineart, mlsd or invert")->type_name("TYPE");
  type->required();
  for (const ControlType drawn :
       {ControlType::Canny, ControlType::LineArt, ControlType::StraightLines, ControlType::Invert})
    line.choices[type].emplace_back(name(drawn));
  addOption(*command, "input", options->input, "The picture")->type_name("IN")->required();
  addOption(*command, "output", options->output, "PNG file to write")->type_name("OUT")->required();
  addOption(*command, "--low", canny.lowThreshold, "Canny: gradient below which nothing is an edge")
      ->type_name("N")
      ->capture_default_str();
  addOption(*command, "--high", canny.highThreshold, "Canny: gradient from which an edge starts")
      ->type_name("N")
      ->capture_default_str();
  addOption(*command, "--blur", canny.blurSigma, "Canny: blur the picture before, in pixels")
      ->type_name("PIXELS")
      ->capture_default_str();
  StraightLineOptions& lines = options->unit.lines;
  addOption(*command, "--network", lines.network, "Straight lines: file of M-LSD tiny, mlsd_tiny_512_fp32.pth")
      ->type_name("FILE");
  addOption(*command, "--score", lines.score, "Straight lines: how sure the network must be, 0 to 1")
      ->type_name("N")
      ->capture_default_str();
  addOption(*command, "--length", lines.length, "Straight lines: shorter ones are left out, in pixels at half size")
      ->type_name("PIXELS")
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  lorikeet-cli annotate canny photo.jpg edges.png --low 100 --high 200\n"
      "  lorikeet-cli annotate mlsd room.jpg lines.png --network mlsd_tiny_512_fp32.pth");
  command->callback([&line, options] {
    line.run = [options](std::stop_token stop) {
      try {
        savePng(options->output, controlMap(flatten(loadPicture(options->input)), options->unit, stop));
      } catch (const Error&) {
        throw;
      } catch (const std::exception&) {
        if (stop.stop_requested()) return kStopped;
        throw;
      }
      fmt::print("{}\n", options->output.string());
      return kDone;
    };
  });
}

}  // namespace lorikeet::cli
