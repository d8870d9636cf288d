#pragma once
#include <cstdint>
#include <memory>

#include "core/function_ref.h"

namespace lorikeet {

/// A fixed team of threads for the loops of one engine. The calling thread is member 0; the others spin a short while
/// after a loop and then sleep, so a process that shares the cores loses only its share.
class ThreadPool {
 public:
  /// threads <= 0 takes the number of processors that this process may use.
  explicit ThreadPool(int threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threadCount() const;
  /// How many a pool of so many threads would have, at `threads` <= 0 as the constructor says.
  static int countFor(int threads);

  /// Calls task(index, worker) once for every index in [0, count), in no set order, spread over the team; worker is in
  /// [0, threadCount()). Returns when all are done. Indices are handed out in ascending order. The first exception
  /// that a task throws stops the handing out and is rethrown here. Not reentrant: tasks must not call run().
  void run(int64_t count, FunctionRef<void(int64_t index, int worker)> task);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lorikeet
