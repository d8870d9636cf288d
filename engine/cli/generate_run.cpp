#include "cli/generate_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli/request_warnings.h"
#include "cli/timing_table.h"

namespace lorikeet::cli {

namespace fs = std::filesystem;

GenerateRun::GenerateRun(const GenerateOptions& options, bool json)
    : options_(options),
      json_(json),
      promptCount_(static_cast<int>(options.prompts.size())),
      names_(options.output, promptCount_, std::max(options.request.imageCount, 1),
             options.request.variation.strength == 0),
      writer_(options.writing),
      progress_(stderr, promptCount_) {}

int GenerateRun::run(std::stop_token stop) {
  prepare();
  Engine engine({.threads = options_.threads});
  for (int i = 0; i < promptCount_ && report_.status == Status::Done; ++i) runPrompt(engine, i, stop);
  progress_.clear();

  const bool stopped = report_.status == Status::Stopped;
  if (!stopped && !options_.latentsFile.empty()) saveLatents(options_.latentsFile, latents_);
  if (options_.timings) printTimingTable(report_.timings, report_.elapsedMs, report_.peakMemoryBytes);
  if (json_) fmt::print("{}\n", generateReport(report_));
  if (stopped) fmt::print(stderr, "lorikeet-cli: stopped; finished pictures: {}\n", report_.pictures.size());
  return stopped ? kStopped : kDone;
}

/// Whatever can be refused is refused before time is spent on a picture.
void GenerateRun::prepare() {
  for (const std::string& prompt : options_.prompts) {
    const GenerateRequest request = requestFor(options_, prompt);
    validate(request);
    checkPrompts(request);
    warn(request);
  }
  report_.model = writer_.model(options_.request);
  estimate();
  names_.prepare();
  if (!options_.previewFolder.empty()) prepareFolder(options_.previewFolder);
  if (options_.latentsFile.has_parent_path()) prepareFolder(options_.latentsFile.parent_path());
}

/// Says how much memory will be needed where that is most of what there is; too much is refused by the engine.
void GenerateRun::estimate() {
  constexpr double kMuch = 0.8;
  if (promptCount_ == 0) return;
  report_.memory = estimateMemory(requestFor(options_, options_.prompts.front()));
  const auto needed = static_cast<double>(report_.memory.peak()), free = static_cast<double>(report_.memory.available);
  if (report_.memory.fits() && needed > kMuch * free)
    fmt::print(stderr, "lorikeet-cli: about {:.1f} GB of memory will be needed, {:.1f} GB are free\n", needed / 1e9,
               free / 1e9);
}

/// Says once what of the request is not done as it is written.
void GenerateRun::warn(const GenerateRequest& request) {
  std::vector<std::string>& told = report_.warnings;
  for (const std::string& warning : requestWarnings(request)) {
    if (std::find(told.begin(), told.end(), warning) != told.end()) continue;
    told.push_back(warning);
    fmt::print(stderr, "lorikeet-cli: {}\n", warning);
  }
}

void GenerateRun::runPrompt(Engine& engine, int promptIndex, std::stop_token stop) {
  const GenerateRequest request = requestFor(options_, options_.prompts[static_cast<size_t>(promptIndex)]);
  const GenerateResult result = engine.generate(request, callbacks(promptIndex), stop);
  report_.status = result.status;
  report_.promptTokens.push_back(result.promptTokens);
  report_.elapsedMs += result.elapsedMs;
  report_.peakMemoryBytes = std::max(report_.peakMemoryBytes, result.peakMemoryBytes);
  addTimings(result.timings);
}

GenerateCallbacks GenerateRun::callbacks(int promptIndex) {
  GenerateCallbacks callbacks;
  callbacks.progress = [this, promptIndex](const Progress& progress) { progress_.show(promptIndex, progress); };
  callbacks.picture = [this](int, const GenerateRequest& picture) { picture_ = picture; };
  callbacks.image = [this, promptIndex](int imageIndex, const Image& image) {
    writePicture(promptIndex, imageIndex, image);
  };
  if (!options_.previewFolder.empty()) {
    callbacks.preview = [this, promptIndex](int imageIndex, int step, const Image& image) {
      writePreview(promptIndex, imageIndex, step, image);
    };
  }
  if (!options_.latentsFile.empty()) {
    latents_.resize(static_cast<size_t>(promptCount_) * static_cast<size_t>(options_.request.imageCount));
    callbacks.latents = [this, promptIndex](int imageIndex, const Latents& latents) {
      const int picture = promptIndex * options_.request.imageCount + imageIndex;
      latents_[static_cast<size_t>(picture)].push_back(latents);
    };
  }
  return callbacks;
}

void GenerateRun::writePicture(int promptIndex, int imageIndex, const Image& image) {
  const fs::path file = names_.path(promptIndex, imageIndex, picture_.seed);
  writer_.write(file, picture_, image);
  report_.pictures.push_back({file, picture_.prompt, picture_.seed, image.width, image.height});
  if (json_) return;
  progress_.clear();
  fmt::print("{}\n", file.string());
  std::fflush(stdout);
}

void GenerateRun::writePreview(int promptIndex, int imageIndex, int step, const Image& image) {
  const int picture = promptIndex * options_.request.imageCount + imageIndex + 1;
  savePng(options_.previewFolder / fmt::format("picture-{}-step-{:03}.png", picture, step), image);
}

void GenerateRun::addTimings(const std::vector<Timing>& timings) {
  for (const Timing& timing : timings) {
    const auto known = std::find_if(report_.timings.begin(), report_.timings.end(),
                                    [&](const Timing& other) { return other.name == timing.name; });
    if (known == report_.timings.end()) {
      report_.timings.push_back(timing);
      continue;
    }
    known->calls += timing.calls;
    known->elapsedMs += timing.elapsedMs;
    known->gigaflops += timing.gigaflops;
  }
}

}  // namespace lorikeet::cli
