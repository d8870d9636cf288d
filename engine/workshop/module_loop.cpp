#include "workshop/module_loop.h"

#include <chrono>
#include <mutex>

#include "core/execution_context.h"

namespace lorikeet {

void forEachModule(const WorkshopControl& control, int64_t count, FunctionRef<std::string(int64_t index)> nameOf,
                   FunctionRef<void(int64_t index)> task) {
  ThreadPool pool(control.threads);
  const ExecutionContext context(pool, control.stop);
  const auto start = std::chrono::steady_clock::now();
  std::mutex mutex;
  int done = 0;
  const auto report = [&](int64_t index, int finished) {
    if (!control.progress) return;
    const std::lock_guard lock(mutex);
    done += finished;
    const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double left = done > 0 ? elapsed / done * static_cast<double>(count - done) : 0;
    control.progress({done, static_cast<int>(count), nameOf(index), left});
  };
  context.parallelFor(count, [&](int64_t index, int) {
    report(index, 0);
    task(index);
    report(index, 1);
  });
}

}  // namespace lorikeet
