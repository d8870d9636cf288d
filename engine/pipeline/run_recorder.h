#pragma once
#include <functional>
#include <map>
#include <optional>

#include "io/file_stamp.h"
#include "lorikeet/run_memory.h"
#include "pipeline/live_adapters.h"
#include "pipeline/picture_plan.h"
#include "pipeline/recent_values.h"

namespace lorikeet {

/// What must be equal for a remembered run to be of use.
struct RunKey {
  GenerateRequest request;       ///< without adapters and number of images
  uint64_t modelNumber = 0;      ///< of the engine's loads
  PicturePlan plan;              ///< the pixels that its files hold now
  std::vector<FileStamp> files;  ///< of what else it names

  bool operator==(const RunKey& other) const;
};
/// One image's run.
struct RunRecord {
  struct Call {
    EffectiveStack stack;
    Tensor prediction;  ///< guided, [1, C, h, w]
  };
  std::vector<Call> calls;
};

struct RunMemory::State {
  explicit State(int64_t limit) : byteLimit(limit), texts(limit / 4), pictures(limit / 4) {}

  int64_t byteLimit = 0;
  int64_t byteSize = 0;  ///< of the records
  std::optional<RunKey> key;
  std::map<uint64_t, RunRecord> records;  ///< by the seed that counts on from picture to picture
  RecentValues<Tensor> texts;
  RecentValues<LatentDistribution> pictures;  ///< as the autoencoder left them

  void clearRecords();
};

/// Remembers one job's calls, and answers those that an earlier one made in the same state. Does nothing without a
/// memory.
class RunRecorder {
 public:
  /// Everything handed over must outlive it; memory may be null. Forgets what another request or other seeds left
  /// there. modelNumber counts the engine's loads. Where the steps may differ although the request is the same, they
  /// are not remembered.
  RunRecorder(RunMemory::State* memory, const GenerateRequest& request, uint64_t modelNumber, const PicturePlan& plan,
              const LiveAdapters& live, bool remembersSteps);

  void beginImage(int imageIndex, int stepCount);
  /// The prediction of a model call, counted from 0 for this image, during a step; null where it has to be computed,
  /// and from there on for every call of the image.
  const Tensor* recall(size_t call, int step);
  void record(size_t call, int step, const Tensor& prediction);
  /// The encoding of a picture [1, h, w, 3] by the request's autoencoder.
  LatentDistribution encoding(const Tensor& picture, const std::function<LatentDistribution()>& encode);
  /// Steps of all images so far that needed no model call.
  int replayedSteps() const { return replayedSteps_; }

 private:
  double progressOf(int step) const;
  bool fits(int64_t bytes) const;
  void forgetFrom(RunRecord& record, size_t call);

  RunMemory::State* memory_;
  const LiveAdapters& live_;
  std::string encoder_;  ///< what decides the encoding of a picture besides its pixels
  bool remembersSteps_;
  RunRecord* record_ = nullptr;
  uint64_t firstSeed_ = 0;  ///< the counting seed of image 0
  bool replays_ = false;
  int stepCount_ = 1;
  int lastReplayed_ = -1;
  int replayedSteps_ = 0;
};

}  // namespace lorikeet
