#include "cli/steering_options.h"

#include <fmt/format.h>

#include <algorithm>
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

/// Takes a KEY=VALUE of a control; false for text that is none. Throws Error(InvalidArgument) for a value that cannot
/// be read.
bool takeSetting(std::string_view text, ControlUnit& unit) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view key = text.substr(0, equals), value = text.substr(equals + 1);
  if (key == "model") return unit.model = std::filesystem::path(value), true;
  if (key == "network") return unit.lines.network = std::filesystem::path(value), true;
  if (key == "mode") return unit.mode = controlModeFromName(value), true;
  const std::array<std::pair<std::string_view, double*>, 5> numbers{{{"low", &unit.canny.lowThreshold},
                                                                     {"high", &unit.canny.highThreshold},
                                                                     {"blur", &unit.canny.blurSigma},
                                                                     {"score", &unit.lines.score},
                                                                     {"length", &unit.lines.length}}};
  for (const auto& [name, target] : numbers) {
    if (key != name) continue;
    const auto number = numberFrom<double>(value);
    if (!number)
      throw Error(ErrorKind::InvalidArgument, fmt::format("\"{}\" of a control is no number: \"{}\".", key, value));
    *target = *number;
    return true;
  }
  return false;
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
  return addTextOption(command, flags, set, help);
}

void addMaskOptions(CommandLine& line, CLI::App& command, GenerateRequest& request) {
  MaskOptions& mask = request.maskOptions;
  addOption(command, "--mask", request.mask.file,
            "Repaint only where this picture is white; the picture's own file: where it is transparent")
      ->type_name("FILE");
  addOption(command, "--mask-blur", mask.blur, "Soften the mask by so many pixels")
      ->type_name("PIXELS")
      ->capture_default_str();
  addOption(command, "--mask-grow", mask.grow, "Grow the mask by so many pixels, negative: shrink it")
      ->type_name("PIXELS")
      ->capture_default_str();
  addFlag(command, "--mask-invert", mask.invert, "Repaint where the mask is black");
  addFlag(command, "--soft-mask", mask.soft, "Let grey parts of the mask change less (4-channel models)");
  addFlag(command, "--only-masked", mask.onlyMasked, "Work on the masked area alone, at the model's size");
  addOption(command, "--padding", mask.padding, "Pixels around the masked area that the model sees")
      ->type_name("PIXELS")
      ->capture_default_str();
  addChoice(line, command, "--masked-content", mask.content, maskedContentFromName, maskedContentNames(),
            "What the model starts from under the mask (default: original)");
  addFlag(command, "!--keep-colours", mask.matchColours, "Do not match the painted colours to those around the mask");
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
  addOption(command, "--control", options.controls,
            "Steer by a picture: TYPE:IMAGE[:scale[:start-end]][:KEY=VALUE]..., TYPE canny, lineart, mlsd, invert, "
            "or map, depth, pose, softedge (the picture is the control map itself); no IMAGE: the --init picture; "
            "KEY model, mode, low, high, blur, network, score or length for this one alone; may be repeated")
      ->type_name("CONTROL")
      ->allow_extra_args(false)
      ->check(isControl);
  addOption(command, "--control-model", options.controlModels,
            "ControlNet folder or file of each --control in turn that names none; one serves them all (default: for "
            "canny and map, the starter model's own)")
      ->type_name("FILE")
      ->allow_extra_args(false);
  addChoice(line, command, "--control-mode", options.defaults.mode, controlModeFromName, controlModeNames(),
            "Who wins, the prompt or the control (default: balanced)");
  CannyOptions& canny = options.defaults.canny;
  addOption(command, "--canny-low", canny.lowThreshold, "Canny: gradient below which nothing is an edge")
      ->type_name("N")
      ->capture_default_str();
  addOption(command, "--canny-high", canny.highThreshold, "Canny: gradient from which an edge starts")
      ->type_name("N")
      ->capture_default_str();
  addOption(command, "--canny-blur", canny.blurSigma, "Canny: blur the picture before, in pixels")
      ->type_name("PIXELS")
      ->capture_default_str();
  addOption(command, "--mlsd-network", options.defaults.lines.network,
            "Straight lines (mlsd): file of M-LSD tiny, mlsd_tiny_512_fp32.pth")
      ->type_name("FILE");
}

}  // namespace

void addSteeringOptions(CommandLine& line, CLI::App& command, GenerateRequest& request, SteeringOptions& options) {
  addOption(command, "--init", request.init.file, "Start from this picture; the result has its size")
      ->type_name("FILE");
  addOption(command, "--strength", request.strength,
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
  std::vector<ControlUnit> units;
  for (const std::string& control : options.controls) units.push_back(parseControl(control, options.defaults));
  const auto open = static_cast<size_t>(
      std::count_if(units.begin(), units.end(), [](const ControlUnit& unit) { return unit.model.empty(); }));
  if (models != 0 && models != open && (models != 1 || open == 0))
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("There are {} --control without a model but {} --control-model; give one for each, or one "
                            "for all.",
                            open, models));
  size_t next = 0;
  for (ControlUnit& unit : units)
    if (unit.model.empty() && models > 0) unit.model = options.controlModels[models == 1 ? 0 : next++];
  return units;
}

ControlUnit parseControl(const std::string& text, const ControlUnit& defaults) {
  const size_t colon = text.find(':');
  if (colon == std::string::npos)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("\"{}\" is no control; expected TYPE:IMAGE[:scale[:start-end]][:KEY=VALUE]...", text));
  ControlUnit unit = defaults;
  unit.type = controlTypeFromName(text.substr(0, colon));
  std::string_view rest = std::string_view(text).substr(colon + 1);
  while (takeSetting(lastPart(rest), unit)) rest = rest.substr(0, rest.rfind(':'));
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
