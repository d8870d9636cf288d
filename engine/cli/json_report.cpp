#include "cli/json_report.h"

#include <nlohmann/json.hpp>

#include "cli/json_text.h"

namespace lorikeet::cli {
namespace {

using json = nlohmann::ordered_json;

json toJson(const WrittenPicture& picture) {
  return {{"file", picture.file.string()},
          {"prompt", picture.prompt},
          {"seed", picture.seed},
          {"width", picture.width},
          {"height", picture.height}};
}

json toJson(const Timing& timing) {
  return {
      {"name", timing.name}, {"calls", timing.calls}, {"elapsed_ms", timing.elapsedMs}, {"gigaflop", timing.gigaflops}};
}

json toJson(const MemoryEstimate& estimate) {
  return {{"precision", name(estimate.precision)},
          {"peak_bytes", estimate.peak()},
          {"program_bytes", estimate.program},
          {"weight_bytes", estimate.weights},
          {"controlnet_bytes", estimate.controlNets},
          {"adapter_bytes", estimate.adapters},
          {"upscaler_bytes", estimate.upscaler},
          {"denoising_bytes", estimate.denoising},
          {"decoding_bytes", estimate.decoding},
          {"available_bytes", estimate.available},
          {"fits", estimate.fits()}};
}

json toJson(const BatchReport::Picture& picture) {
  json entry = {{"line", picture.line}};
  entry.update(toJson(picture.written));
  return entry;
}

json toJson(const BatchProblem& problem) {
  return {{"line", problem.line}, {"kind", errorKindName(problem.kind)}, {"message", problem.message}};
}

json toJson(const BatchWarning& warning) { return {{"line", warning.line}, {"message", warning.message}}; }

json toJson(const SweepReport::Picture& picture) {
  json entry = {{"cell", picture.cell}};
  entry.update(toJson(picture.written));
  return entry;
}

json toJson(const SweepReport::Problem& problem) {
  return {{"cell", problem.cell}, {"kind", errorKindName(problem.kind)}, {"message", problem.message}};
}

template <class Item>
json listOf(const std::vector<Item>& items) {
  json list = json::array();
  for (const Item& item : items) list.push_back(toJson(item));
  return list;
}

}  // namespace

std::string generateReport(const GenerateReport& report) {
  return jsonText({{"status", report.status == Status::Done ? "done" : "stopped"},
                   {"model", report.model.name},
                   {"pictures", listOf(report.pictures)},
                   {"prompt_tokens", report.promptTokens},
                   {"warnings", report.warnings},
                   {"timings", listOf(report.timings)},
                   {"elapsed_ms", report.elapsedMs},
                   {"peak_memory_bytes", report.peakMemoryBytes},
                   {"memory_estimate", toJson(report.memory)}});
}

std::string batchReport(const BatchReport& report) {
  return jsonText({{"status", report.status == Status::Done ? "done" : "stopped"},
                   {"pictures", listOf(report.pictures)},
                   {"skipped", report.skipped},
                   {"problems", listOf(report.problems)},
                   {"warnings", listOf(report.warnings)},
                   {"elapsed_ms", report.elapsedMs}});
}

std::string sweepReport(const SweepReport& report) {
  return jsonText({{"status", report.status == Status::Done ? "done" : "stopped"},
                   {"grid", report.grid.string()},
                   {"pictures", listOf(report.pictures)},
                   {"skipped", report.skipped},
                   {"problems", listOf(report.problems)},
                   {"encoded_texts", report.encodedTexts},
                   {"replayed_steps", report.replayedSteps},
                   {"elapsed_ms", report.elapsedMs}});
}

std::string errorReport(std::string_view kind, std::string_view message) {
  return jsonText({{"status", "error"}, {"error", {{"kind", kind}, {"message", message}}}});
}

std::string errorKindName(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::InvalidArgument:
      return "invalid argument";
    case ErrorKind::NotFound:
      return "not found";
    case ErrorKind::Corrupt:
      return "corrupt";
    case ErrorKind::Unsupported:
      return "unsupported";
    case ErrorKind::Mismatch:
      return "mismatch";
    case ErrorKind::Io:
      return "io";
    case ErrorKind::OutOfMemory:
      return "out of memory";
  }
  return "error";
}

}  // namespace lorikeet::cli
