#pragma once
#include <algorithm>
#include <exception>
#include <stop_token>
#include <utility>

#include "core/profiler.h"
#include "core/thread_pool.h"
#include "lorikeet/arithmetic.h"

namespace lorikeet {

/// Thrown by any operation when its stop token asks for it; caught once, where a job turns it into Status::Stopped.
/// Not an Error: nothing went wrong.
class Stopped : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped"; }
};

/// For loops that have a stop token but no context.
inline void throwIfStopped(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Stopped();
}

/// On which axes the edges of a picture join: there convolutions read the opposite edge where they would read padding.
struct Wrap {
  bool x = false;
  bool y = false;

  bool operator==(const Wrap&) const = default;
};

/// How an operation works, where that is a choice of the request.
struct Manner {
  Wrap wrap;
  Arithmetic arithmetic = Arithmetic::F32;
  double mergedTokens = 0;  ///< share of the tokens of a UNet's finest maps that self-attention works without
};

/// What an operation needs besides its operands: threads, the wish to stop, and where to note its time. One per job,
/// passed down by reference; operations keep nothing of it.
class ExecutionContext {
 public:
  explicit ExecutionContext(ThreadPool& pool, std::stop_token stop = {}, Profiler* profiler = nullptr,
                            Manner manner = {})
      : pool_(pool), stop_(std::move(stop)), profiler_(profiler), manner_(manner) {}

  int threadCount() const { return pool_.threadCount(); }
  Profiler* profiler() const { return profiler_; }
  /// The same threads for work that must be finished, such as tidying up after a stop.
  ExecutionContext withoutStop() const { return ExecutionContext(pool_, {}, profiler_, manner_); }
  /// The same for pictures whose edges join.
  ExecutionContext withWrap(Wrap wrap) const {
    Manner manner = manner_;
    manner.wrap = wrap;
    return withManner(manner);
  }
  /// The same with other products.
  ExecutionContext withArithmetic(Arithmetic arithmetic) const {
    Manner manner = manner_;
    manner.arithmetic = arithmetic;
    return withManner(manner);
  }
  ExecutionContext withManner(const Manner& manner) const { return ExecutionContext(pool_, stop_, profiler_, manner); }
  Wrap wrap() const { return manner_.wrap; }
  Arithmetic arithmetic() const { return manner_.arithmetic; }
  double mergedTokens() const { return manner_.mergedTokens; }
  const std::stop_token& stopToken() const { return stop_; }
  bool stopRequested() const { return stop_.stop_requested(); }
  void throwIfStopped() const { lorikeet::throwIfStopped(stop_); }

  /// ThreadPool::run that looks at the stop token before every index and throws Stopped when it is set. Indices should
  /// be pieces of at most some milliseconds.
  void parallelFor(int64_t count, FunctionRef<void(int64_t index, int worker)> task) const {
    throwIfStopped();
    auto checked = [&](int64_t index, int worker) {
      throwIfStopped();
      task(index, worker);
    };
    pool_.run(count, checked);
  }

  /// parallelFor over [0, count) for what is too little to be a task of its own: blocks of at most `blockSize` indices,
  /// as task(begin, end).
  template <typename Task>
  void parallelBlocks(int64_t count, int64_t blockSize, const Task& task) const {
    parallelFor((count + blockSize - 1) / blockSize,
                [&](int64_t block, int) { task(block * blockSize, std::min(count, (block + 1) * blockSize)); });
  }

 private:
  ThreadPool& pool_;
  std::stop_token stop_;
  Profiler* profiler_;
  Manner manner_;
};

}  // namespace lorikeet
