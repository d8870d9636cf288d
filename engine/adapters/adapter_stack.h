#pragma once
#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/matched_adapter.h"
#include "adapters/module_terms.h"
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

/// How the modules that are in effect reach the weights.
struct AdapterPaths {
  int beside = 0;  ///< added while products run
  int merged = 0;  ///< added to the weights once
};

/// The adapters that are in effect on one model's networks. What all of them add to a weight is a list of terms
/// (ModuleTerms) that products add as they read it, so taking them away leaves the pristine bytes and a new weight only
/// rescales the terms. Where the terms cost too much for that, the sums are made once and stored in place of the weight
/// (merged): the same bits, so the choice changes no picture. Sums run in the order of the files' hashes, so the order
/// of the stack does not matter. Not thread-safe.
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

  AdapterPaths paths() const;
  /// Time that terms took beside products since the stack was made, a mean over the threads that shared it.
  double besideMs(int threadCount) const;

 private:
  /// What is in effect on one module of a network.
  struct Effect {
    std::vector<WeightedModule> modules;
    std::shared_ptr<ModuleTerms> terms;  ///< to be rescaled; null where that is not possible
  };
  using ModuleKey = std::pair<NetworkPart, std::string>;
  using FileKey = std::pair<std::filesystem::path, std::string>;
  /// A file with its stamp when it was read.
  struct LoadedFile {
    std::shared_ptr<const MatchedAdapter> adapter;
    FileStamp stamp;
  };
  struct Pending;

  std::map<ModuleKey, std::vector<WeightedModule>> wanted(const std::vector<AdapterUse>& uses, double progress) const;
  void bringIntoEffect(const ExecutionContext& context, std::vector<Pending>& changed);
  void prepare(Pending& one) const;
  void finish(const ExecutionContext& context, Pending& one);
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
  std::shared_ptr<std::atomic<int64_t>> clock_ = std::make_shared<std::atomic<int64_t>>(0);  ///< PackedWeights'
};

/// Whether a row has an effect at a moment of the run, progress 0 at the first step to 1.
bool isActiveAt(const AdapterUse& use, double progress);

/// Names and shapes of a network's parameters, for a KeyTable.
TensorShapes shapesOf(const ParameterTable& parameters);

}  // namespace lorikeet
