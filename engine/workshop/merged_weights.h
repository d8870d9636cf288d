#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/thread_pool.h"
#include "io/canonical_names.h"
#include "io/safetensors_writer.h"
#include "workshop/module_journal.h"
#include "workshop/weight_changes.h"

namespace lorikeet {

/// A module of a model that is to be changed.
struct ChangedModule {
  ModulePlace place;  ///< weight and bias are the stored tensors, or parts of them
  std::vector<MergedPart> parts;
};

/// Writes stored tensors of a model with changes made to them, a few at a time. What a stored tensor is called does not
/// matter: a change belongs to the bytes that its module's weight lies in, which may be a part of a stored tensor
/// (OpenCLIP keeps query, key and value in one).
class MergedWeights {
 public:
  /// Told each stored tensor that is on disk; not new: from an earlier run.
  using Report = std::function<void(const std::string& name, const RawTensor& tensor, bool isNew)>;

  /// `type`: of all tensors of floating point; empty: each keeps its own.
  MergedWeights(std::vector<ChangedModule> modules, std::optional<DType> type, const WorkshopControl& control,
                Report report);

  /// Lets files be continued that an earlier run left: the journal's records count the tensors that are on disk, over
  /// all files in the order in which they are written. Must outlive this.
  void continueWith(ModuleJournal& journal);
  /// Throws Error(Io), Error(Mismatch) for values that the type cannot hold, Stopped.
  void write(const std::filesystem::path& file, const TensorMap& stored,
             const std::map<std::string, std::string>& metadata);

  /// The most bytes that write() holds at a time for these tensors, with what it reads of their file.
  int64_t workingBytes(const TensorMap& stored) const;
  int64_t changedParameters() const { return changedParameters_; }

 private:
  /// Tensors with at least so many elements together are worked on and put on disk at a time.
  static constexpr int64_t kBatchElements = 24'000'000;
  struct Change {
    const ChangedModule* module = nullptr;
    bool isBias = false;
    size_t byteSize = 0;
  };
  SafetensorsWriter writerFor(const std::filesystem::path& file, std::vector<PlannedTensor> plan,
                              const std::map<std::string, std::string>& metadata) const;
  bool isFinished(const std::filesystem::path& file, size_t tensors) const;
  DType typeOf(const RawTensor& tensor) const;
  std::vector<std::byte> valuesOf(const std::string& name, const RawTensor& stored, DType type) const;
  std::vector<ChangedModule> modules_;
  std::map<const std::byte*, Change> changes_;  ///< by the first byte of the tensor that they belong to
  std::optional<DType> type_;
  WorkshopControl control_;
  Report report_;
  ThreadPool pool_;
  int64_t changedParameters_ = 0;
  ModuleJournal* journal_ = nullptr;  ///< null: nothing is kept
  int64_t finished_ = 0;              ///< tensors that an earlier run has put on disk, over all files
  int64_t begun_ = 0;                 ///< tensors of the files before this one
};

}  // namespace lorikeet
