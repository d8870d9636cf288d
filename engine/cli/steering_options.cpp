#include "cli/steering_options.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <tuple>

namespace lorikeet::cli {
namespace {

template <class Number>
std::optional<Number> numberFrom(std::string_view text) {
  Number value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "0.2-0.8"
std::optional<std::pair<double, double>> rangeFrom(std::string_view text) {
  const size_t dash = text.find('-', 1);
  if (dash == std::string_view::npos) return std::nullopt;
  const auto start = numberFrom<double>(text.substr(0, dash)), end = numberFrom<double>(text.substr(dash + 1));
  if (!start || !end) return std::nullopt;
  return std::pair(*start, *end);
}

/// What follows the last colon; empty where there is none.
std::string_view lastPart(std::string_view text) {
  const size_t colon = text.rfind(':');
  return colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
}

/// An option whose text is read by a function that throws Error; bad text is wrong usage.
template <class Read>
CLI::Option* addParsed(CLI::App& command, const std::string& flags, Read read, const std::string& help) {
  auto set = [read](const std::string& text) {
    try {
      read(text);
    } catch (const Error& error) {
      throw CLI::ValidationError(error.what(), CLI::ExitCodes::ValidationError);
    }
  };
  return command.add_option_function<std::string>(flags, set, help);
}

void addMaskOptions(CommandLine& line, CLI::App& command, GenerateRequest& request) {
  MaskOptions& mask = request.maskOptions;
  command
      .add_option("--mask", request.mask.file,
                  "Repaint only where this picture is white; the picture's own file: where it is transparent")
      ->type_name("FILE");
  command.add_option("--mask-blur", mask.blur, "Soften the mask by so many pixels")
      ->type_name("PIXELS")
      ->capture_default_str();
  command.add_option("--mask-grow", mask.grow, "Grow the mask by so many pixels, negative: shrink it")
      ->type_name("PIXELS")
      ->capture_default_str();
  command.add_flag("--mask-invert", mask.invert, "Repaint where the mask is black");
  command.add_flag("--soft-mask", mask.soft, "Let grey parts of the mask change less (4-channel models)");
  command.add_flag("--only-masked", mask.onlyMasked, "Work on the masked area alone, at the model's size");
  command.add_option("--padding", mask.padding, "Pixels around the masked area that the model sees")
      ->type_name("PIXELS")
      ->capture_default_str();
  addChoice(line, command, "--masked-content", mask.content, maskedContentFromName, maskedContentNames(),
            "What the model starts from under the mask (default: original)");
  command.add_flag("!--keep-colours", mask.matchColours, "Do not match the painted colours to those around the mask");
  addParsed(
      command, "--outpaint", [&request](const std::string& text) { request.outpaint = parseMargins(text); },
      "Extend the picture by pixels on the left, top, right and bottom and paint there")
      ->type_name("L,T,R,B");
}

void addControlOptions(CommandLine& line, CLI::App& command, SteeringOptions& options) {
  const CLI::Validator isControl(
      [](const std::string& text) {
        try {
          parseControl(text);
        } catch (const Error& error) {
          return std::string(error.what());
        }
        return std::string();
      },
      "");
  command
      .add_option("--control", options.controls,
                  "Steer by a picture: TYPE:IMAGE[:scale[:start-end]], TYPE canny, lineart, invert or map (the picture "
                  "is the control map itself); no IMAGE: the --init picture; may be repeated")
      ->type_name("CONTROL")
      ->allow_extra_args(false)
      ->check(isControl);
  command
      .add_option("--control-model", options.controlModels,
                  "ControlNet folder or file of each --control in turn; one serves them all")
      ->type_name("FILE")
      ->allow_extra_args(false);
  addChoice(line, command, "--control-mode", options.controlMode, controlModeFromName, controlModeNames(),
            "Who wins, the prompt or the control (default: balanced)");
  command.add_option("--canny-low", options.canny.lowThreshold, "Canny: gradient below which nothing is an edge")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--canny-high", options.canny.highThreshold, "Canny: gradient from which an edge starts")
      ->type_name("N")
      ->capture_default_str();
}

}  // namespace

void addSteeringOptions(CommandLine& line, CLI::App& command, GenerateRequest& request, SteeringOptions& options) {
  command.add_option("--init", request.init.file, "Start from this picture; the result has its size")
      ->type_name("FILE");
  command
      .add_option("--strength", request.strength,
                  "How much of the picture may change: 0 gives it back, 1 keeps nothing")
      ->type_name("SHARE")
      ->capture_default_str();
  addChoice(line, command, "--resize", request.resize, resizeModeFromName, resizeModeNames(),
            "How the picture comes to the size that the model works at (default: fit)");
  addMaskOptions(line, command, request);
  addControlOptions(line, command, options);
}

std::vector<ControlUnit> controlUnits(const SteeringOptions& options) {
  const size_t count = options.controls.size(), models = options.controlModels.size();
  if (count == 0)
    throw Error(ErrorKind::InvalidArgument, "--control-model needs a --control that says which picture it looks at.");
  if (models != count && models != 1)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("There are {} --control but {} --control-model; give one for each, or one for all.", count,
                            models));
  std::vector<ControlUnit> units;
  for (size_t i = 0; i < count; ++i) {
    units.push_back(parseControl(options.controls[i]));
    units[i].model = options.controlModels[models == 1 ? 0 : i];
    units[i].mode = options.controlMode;
    units[i].canny = options.canny;
  }
  return units;
}

ControlUnit parseControl(const std::string& text) {
  const size_t colon = text.find(':');
  if (colon == std::string::npos)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("\"{}\" is no control; expected TYPE:IMAGE[:scale[:start-end]].", text));
  ControlUnit unit;
  unit.type = controlTypeFromName(text.substr(0, colon));
  std::string_view rest = std::string_view(text).substr(colon + 1);
  if (const auto range = rangeFrom(lastPart(rest))) {
    const std::string_view before = rest.substr(0, rest.rfind(':'));
    if (const auto scale = numberFrom<double>(lastPart(before))) {
      std::tie(unit.start, unit.end) = *range;
      rest = before;
    }
  }
  if (const auto scale = numberFrom<double>(lastPart(rest))) {
    unit.scale = *scale;
    rest = rest.substr(0, rest.rfind(':'));
  }
  unit.picture.file = std::filesystem::path(rest);
  return unit;
}

OutpaintMargins parseMargins(const std::string& text) {
  std::array<int, 4> values{};
  std::string_view rest = text;
  for (size_t i = 0; i < 4; ++i) {
    const size_t comma = i < 3 ? rest.find(',') : rest.size();
    const auto value = comma == std::string_view::npos ? std::nullopt : numberFrom<int>(rest.substr(0, comma));
    if (!value || *value < 0)
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("\"{}\" are no margins; expected four whole numbers L,T,R,B.", text));
    values[i] = *value;
    if (i < 3) rest = rest.substr(comma + 1);
  }
  return {values[0], values[1], values[2], values[3]};
}

}  // namespace lorikeet::cli
