#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/matched_adapter.h"
#include "core/execution_context.h"
#include "io/file_stamp.h"
#include "lorikeet/adapter_use.h"
#include "nn/parameter.h"

namespace lorikeet {

/// What bringing the stack into effect changed.
struct AdapterChange {
  bool textEncoder = false;  ///< weights of the text encoder or the embeddings that prompts may name
  bool unet = false;
  double elapsedMs = 0;
};

/// The adapters that are in effect on one model's networks. Low-rank adapters never touch the weights: all of them
/// together are one low-rank term that is added while products run (PackedWeights), so taking them away leaves the
/// pristine bytes and a new weight only rescales the term. All other kinds add their changes to the pristine values
/// once, several modules at a time. Sums run in the order of the files' hashes, so the order of the stack does not
/// matter. Not thread-safe.
class AdapterStack {
 public:
  /// The networks must outlive the stack.
  AdapterStack(ParameterTable& textEncoder, ParameterTable& unet);

  /// Opens and matches a row's file, unless it is open already and still as it was. Throws Error if it cannot be used,
  /// also if it disappeared meanwhile.
  void open(const AdapterUse& use);
  /// Closes the files that no row names and of which nothing is in effect.
  void closeUnused(const std::vector<AdapterUse>& uses);
  /// Brings the rows into effect for a moment of the run, progress 0 at the first step to 1. Rows whose file is not
  /// loaded have no effect. If it throws (Stopped), nothing is in effect afterwards.
  AdapterChange apply(const ExecutionContext& context, const std::vector<AdapterUse>& uses, double progress = 0);
  /// Textual inversions of the files that are in effect, by their word.
  const std::map<std::string, RawTensor>& embeddings() const { return embeddings_; }
  /// The report of a loaded row, or null.
  const AdapterInfo* info(const AdapterUse& use) const;

 private:
  /// One module of one adapter with the multiplier that it has now.
  struct Contribution {
    const AdapterModule* module = nullptr;
    double multiplier = 0;
    bool operator==(const Contribution&) const = default;
  };
  /// What is in effect on one module of a network.
  struct Effect {
    std::vector<Contribution> lowRank;
    std::vector<Contribution> dense;
    std::shared_ptr<LowRankTerm> term;
  };
  using ModuleKey = std::pair<NetworkPart, std::string>;
  using FileKey = std::pair<std::filesystem::path, std::string>;
  /// A file with its stamp when it was read.
  struct LoadedFile {
    std::shared_ptr<const MatchedAdapter> adapter;
    FileStamp stamp;
  };
  struct Pending;

  std::map<ModuleKey, Effect> wanted(const std::vector<AdapterUse>& uses, double progress) const;
  void applyLowRank(const ExecutionContext& context, std::vector<Pending>& changed);
  void applyDense(const ExecutionContext& context, std::vector<Pending>& changed);
  struct DenseValues;
  DenseValues denseValues(const ExecutionContext& context, const Pending& changed) const;
  bool replaceEmbeddings(const std::vector<AdapterUse>& uses);
  void dropAll(const ExecutionContext& context);
  Parameter* parameter(const ModuleKey& key, const char* tensor) const;

  ParameterTable& textEncoder_;
  ParameterTable& unet_;
  KeyTable table_;
  std::map<FileKey, LoadedFile> loaded_;
  std::vector<std::shared_ptr<const MatchedAdapter>> replaced_;  ///< by a newer file; effects may point into them
  std::map<ModuleKey, Effect> effects_;
  std::map<std::string, RawTensor> embeddings_;
};

/// Whether a row has an effect at a moment of the run, progress 0 at the first step to 1.
bool isActiveAt(const AdapterUse& use, double progress);

/// Names and shapes of a network's parameters, for a KeyTable.
TensorShapes shapesOf(const ParameterTable& parameters);

}  // namespace lorikeet
