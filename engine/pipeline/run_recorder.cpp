#include "pipeline/run_recorder.h"

#include <fmt/format.h>

#include <iterator>
#include <span>
#include <utility>

#include "core/message_digest.h"

namespace lorikeet {
namespace {

int64_t bytesOf(const Tensor& tensor) { return static_cast<int64_t>(tensor.size() * sizeof(float)); }

int64_t bytesOf(const LatentDistribution& latents) { return bytesOf(latents.mean) + bytesOf(latents.logVariance); }

LatentDistribution copyOf(const LatentDistribution& latents) {
  return {latents.mean.clone(), latents.logVariance.clone()};
}

RunKey runKey(const GenerateRequest& request, uint64_t modelNumber, const PicturePlan& plan) {
  RunKey key{request, modelNumber, {}, {}};
  key.request.adapters.clear();
  key.request.imageCount = 1;
  (request.variation.strength > 0 ? key.request.variation.seed : key.request.seed) = 0;
  key.plan.workWidth = plan.workWidth;
  key.plan.workHeight = plan.workHeight;
  key.plan.work = plan.work;
  key.plan.workMask = plan.workMask;
  key.plan.controlMaps = plan.controlMaps;
  for (const std::filesystem::path& file : request.embeddings) key.files.push_back(fileStamp(file));
  for (const ControlUnit& unit : request.controls) key.files.push_back(fileStamp(unit.model));
  key.files.push_back(fileStamp(request.vae));
  return key;
}

/// Tells apart what encodes pictures to different latents.
std::string encoderOf(const GenerateRequest& request, uint64_t modelNumber) {
  const FileStamp vae = fileStamp(request.vae);
  return fmt::format("{} {} {} {} {} {} {}", modelNumber, request.seamless.x, request.seamless.y,
                     static_cast<int>(request.vaeTiling), vae.size, vae.changed, request.vae.string());
}

}  // namespace

bool RunKey::operator==(const RunKey& other) const {
  return request == other.request && modelNumber == other.modelNumber && files == other.files &&
         plan.workWidth == other.plan.workWidth && plan.workHeight == other.plan.workHeight &&
         plan.work == other.plan.work && plan.workMask == other.plan.workMask &&
         plan.controlMaps == other.plan.controlMaps;
}

void RunMemory::State::clearRecords() {
  key.reset();
  records.clear();
  byteSize = 0;
}

RunMemory::RunMemory(int64_t byteLimit) : state_(std::make_unique<State>(byteLimit)) {}
RunMemory::~RunMemory() = default;
RunMemory::RunMemory(RunMemory&&) noexcept = default;
RunMemory& RunMemory::operator=(RunMemory&&) noexcept = default;

void RunMemory::clear() {
  state_->clearRecords();
  state_->texts.clear();
  state_->pictures.clear();
}

int64_t RunMemory::byteSize() const {
  return state_->byteSize + state_->texts.byteSize() + state_->pictures.byteSize();
}

RunRecorder::RunRecorder(RunMemory::State* memory, const GenerateRequest& request, uint64_t modelNumber,
                         const PicturePlan& plan, const LiveAdapters& live, bool remembersSteps)
    : memory_(memory),
      live_(live),
      encoder_(encoderOf(request, modelNumber)),
      remembersSteps_(memory != nullptr && remembersSteps) {
  if (!remembersSteps_) return;
  const PictureSeeds first = seedsOf(request, 0);
  firstSeed_ = request.variation.strength > 0 ? first.variation : first.seed;
  RunKey key = runKey(request, modelNumber, plan);
  if (memory_->key != key) {
    memory_->clearRecords();
    memory_->key = std::move(key);
  }
  for (auto entry = memory_->records.begin(); entry != memory_->records.end();) {
    const bool isWanted = entry->first - firstSeed_ < static_cast<uint64_t>(request.imageCount);
    if (!isWanted) forgetFrom(entry->second, 0);
    entry = isWanted ? std::next(entry) : memory_->records.erase(entry);
  }
}

void RunRecorder::beginImage(int imageIndex, int stepCount) {
  record_ = remembersSteps_ ? &memory_->records[firstSeed_ + static_cast<uint64_t>(imageIndex)] : nullptr;
  replays_ = record_ != nullptr;
  stepCount_ = stepCount;
  lastReplayed_ = -1;
}

double RunRecorder::progressOf(int step) const { return LiveAdapters::progressOf(step, stepCount_); }

const Tensor* RunRecorder::recall(size_t call, int step) {
  if (!replays_) return nullptr;
  if (call < record_->calls.size() && record_->calls[call].stack == live_.effectiveAt(progressOf(step))) {
    if (step > lastReplayed_) ++replayedSteps_;
    lastReplayed_ = step;
    return &record_->calls[call].prediction;
  }
  replays_ = false;
  forgetFrom(*record_, call);
  return nullptr;
}

void RunRecorder::forgetFrom(RunRecord& record, size_t call) {
  while (record.calls.size() > call) {
    memory_->byteSize -= bytesOf(record.calls.back().prediction);
    record.calls.pop_back();
  }
}

void RunRecorder::record(size_t call, int step, const Tensor& prediction) {
  if (record_ == nullptr || call != record_->calls.size() || !fits(bytesOf(prediction))) return;
  record_->calls.push_back({live_.effectiveAt(progressOf(step)), prediction.clone()});
  memory_->byteSize += bytesOf(prediction);
}

LatentDistribution RunRecorder::encoding(const Tensor& picture, const std::function<LatentDistribution()>& encode) {
  if (memory_ == nullptr) return encode();
  Sha256 hash;
  hash.add(std::as_bytes(std::span(encoder_)));
  for (int axis = 0; axis < picture.shape().rank(); ++axis) {
    const int64_t side = picture.dim(axis);
    hash.add(std::as_bytes(std::span(&side, 1)));
  }
  hash.add(std::as_bytes(picture.values()));
  const std::string key = hash.finish();
  if (const LatentDistribution* known = memory_->pictures.find(key)) return copyOf(*known);
  LatentDistribution latents = encode();
  memory_->pictures.keep(key, copyOf(latents), bytesOf(latents));
  return latents;
}

bool RunRecorder::fits(int64_t bytes) const { return memory_->byteSize + bytes <= memory_->byteLimit; }

}  // namespace lorikeet
