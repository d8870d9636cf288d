#pragma once
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/execution_context.h"
#include "io/file_stamp.h"
#include "io/prepared_weights.h"
#include "io/weight_store.h"
#include "nn/parameter.h"

namespace lorikeet {

/// The folder of lorikeet/prepared_weights.h: a file for each network, named after what its weights are. The form of
/// panels is the same for all processors, so files do not depend on them. Called by one thread; writes on another one,
/// and what is not written when this ends or forget() is called is not kept.
class PreparedCache {
 public:
  /// Smaller networks are prepared faster than a file is checked.
  static constexpr int64_t kSmallest = int64_t{64} << 20;

  /// `folder`: that of this user unless told.
  explicit PreparedCache(std::filesystem::path folder = usersFolder(), int64_t smallest = kSmallest);
  static std::filesystem::path usersFolder();
  ~PreparedCache();
  PreparedCache(const PreparedCache&) = delete;
  PreparedCache& operator=(const PreparedCache&) = delete;

  /// Before a network is built from the store: gives the store what was kept. Returns the name under which keep() is to
  /// keep it, empty if it is there already or will not be kept. `stamp` of the files that it comes from. Throws
  /// Stopped.
  std::string attach(const ExecutionContext& context, WeightStore store, WeightStorage storage, const FileStamp& stamp);
  /// After it was built: its matrices are written behind the caller's back. Full disks and the like are no error.
  void keep(const std::string& name, const ParameterTable& parameters);
  /// Until everything is written, or given up.
  void wait();
  /// Gives up what is not written yet, and with it its memory.
  void forget();

 private:
  struct Job {
    std::filesystem::path file;
    std::vector<PreparedWeights::Entry> entries;
  };
  void work(const std::stop_token& stop);
  void write(const Job& job, const std::stop_token& stop) const;

  std::filesystem::path folder_;
  int64_t smallest_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Job> jobs_;
  bool isWriting_ = false;
  std::jthread worker_;
};

}  // namespace lorikeet
