#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command_line.h"
#include "cli/json_text.h"
#include "cli/prompt_options.h"
#include "lorikeet/adapter_tags.h"

namespace lorikeet::cli {
namespace {

using json = nlohmann::ordered_json;

/// What one prompt of one picture says.
struct Reading {
  std::string what;  ///< "prompt" or "negative prompt"
  std::string prompt;
  uint64_t seed = 0;
  PromptReport report;
};

std::vector<Reading> readAll(const GenerateRequest& request) {
  std::vector<Reading> readings;
  for (int i = 0; i < request.imageCount; ++i) {
    const uint64_t seed = seedsOf(request, i).seed;
    readings.push_back({"prompt", request.prompt, seed, readPrompt(request, PromptRole::Positive, i)});
    if (!request.negativePrompt.empty())
      readings.push_back(
          {"negative prompt", request.negativePrompt, seed, readPrompt(request, PromptRole::Negative, i)});
  }
  return readings;
}

std::string_view severityName(PromptIssue::Severity severity) {
  switch (severity) {
    case PromptIssue::Severity::Note:
      return "note";
    case PromptIssue::Severity::Warning:
      return "warning";
    case PromptIssue::Severity::Error:
      return "error";
  }
  return "";
}

json issuesJson(const Reading& reading) {
  json issues = json::array();
  for (const PromptIssue& issue : reading.report.issues) {
    const TextPlace place = placeOf(reading.prompt, issue.position);
    issues.push_back({{"severity", severityName(issue.severity)},
                      {"line", place.line},
                      {"column", place.column},
                      {"position", issue.position},
                      {"length", issue.length},
                      {"message", issue.message}});
  }
  return issues;
}

std::string asJson(const std::vector<Reading>& readings) {
  json list = json::array();
  for (const Reading& reading : readings) {
    list.push_back({{"kind", reading.what},
                    {"seed", reading.seed},
                    {"text", reading.report.text},
                    {"has_choices", reading.report.hasChoices},
                    {"tokens", reading.report.tokenCount},
                    {"chunks", reading.report.chunkTokens},
                    {"embeddings", reading.report.embeddings},
                    {"issues", issuesJson(reading)}});
  }
  return jsonText(list);
}

void printIssues(const Reading& reading) {
  for (const PromptIssue& issue : reading.report.issues) {
    const TextPlace place = placeOf(reading.prompt, issue.position);
    fmt::print("\n{} in the {}, line {}, column {}: {}\n", severityName(issue.severity), reading.what, place.line,
               place.column, issue.message);
    fmt::print("{}\n", markPlace(reading.prompt, issue));
  }
}

std::string counts(const PromptReport& report) {
  const size_t chunks = report.chunkTokens.size();
  return fmt::format("{} token{} in {} chunk{} of 75", report.tokenCount, report.tokenCount == 1 ? "" : "s", chunks,
                     chunks == 1 ? "" : "s");
}

void printAll(const std::vector<Reading>& readings) {
  for (const Reading& reading : readings) {
    if (reading.report.hasChoices)
      fmt::print("{} of seed {} ({}):\n", reading.what, reading.seed, counts(reading.report));
    else
      fmt::print("{} ({}):\n", reading.what, counts(reading.report));
    fmt::print("{}\n", reading.report.text);
    for (const std::string& name : reading.report.embeddings) fmt::print("uses the embedding {}\n", name);
  }
  // The places are those of the prompt, the same for every picture of it.
  const uint64_t first = readings.front().seed;
  for (const Reading& reading : readings)
    if (reading.seed == first) printIssues(reading);
}

bool hasErrors(const std::vector<Reading>& readings) {
  for (const Reading& reading : readings)
    for (const PromptIssue& issue : reading.report.issues)
      if (issue.severity == PromptIssue::Severity::Error) return true;
  return false;
}

}  // namespace

void addPromptCommand(CommandLine& line) {
  CLI::App* command = addSubcommand(
      line.app, "prompt", "Show what a prompt says: its choices by seed, its tokens, and mistakes with their place");
  auto request = std::make_shared<GenerateRequest>();
  addOption(*command, "prompt", request->prompt, "The prompt")->type_name("TEXT")->required();
  addOption(*command, "-n,--negative", request->negativePrompt, "The negative prompt")->type_name("TEXT");
  addOption(*command, "-m,--model", request->model, "Model whose tokens are counted (default: the starter model)")
      ->type_name("FILE");
  addSeedOption(*command, request->seed);
  addOption(*command, "--num", request->imageCount,
            "For how many pictures to show the choices; picture j uses seed + j")
      ->type_name("N")
      ->capture_default_str();
  addOption(*command, "--steps", request->steps, "Denoising steps, for [from:to:when]")
      ->type_name("N")
      ->capture_default_str();
  addPromptOptions(line, *command, *request);
  addFlag(*command, "--json", line.json, "Print a JSON list, one object a prompt and picture");
  command->footer(
      "Exits with 1 if a picture could not be made of the prompt.\n"
      "Example:\n"
      "  lorikeet-cli prompt \"a {red|green|blue} __animals__\" --wildcards wildcards/ --num 5");
  command->callback([&line, request] {
    line.run = [&line, request](std::stop_token) -> int {
      validate(*request);
      if (request->prompting.adapterFolders.empty()) request->prompting.adapterFolders = {defaultAdapterFolder()};
      const std::vector<Reading> readings = readAll(*request);
      if (line.json)
        fmt::print("{}\n", asJson(readings));
      else
        printAll(readings);
      return hasErrors(readings) ? kFailed : kDone;
    };
  });
}

}  // namespace lorikeet::cli
