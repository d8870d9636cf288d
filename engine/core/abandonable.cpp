#include "core/abandonable.h"

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace lorikeet::detail {
namespace {

std::atomic<int> running = 0;

/// Ends the program at once where works are still running, without the destructors of statics that they may use.
void endWithoutWaiting(int status, void*) {
  if (running == 0) return;
  std::fflush(nullptr);
  ::_exit(status);
}

struct Completion {
  std::mutex mutex;
  std::condition_variable_any changed;
  bool done = false;
};

}  // namespace

bool runOnThread(std::function<void()> work, const std::stop_token& stop) {
  static const int registered = ::on_exit(endWithoutWaiting, nullptr);
  static_cast<void>(registered);
  const auto completion = std::make_shared<Completion>();
  ++running;
  try {
    std::thread([completion, work = std::move(work)]() mutable {
      work();
      work = nullptr;  // frees what it owns before the program may end
      {
        const std::lock_guard lock(completion->mutex);
        completion->done = true;
      }
      completion->changed.notify_all();
      --running;
    }).detach();
  } catch (...) {
    --running;
    throw;
  }
  std::unique_lock lock(completion->mutex);
  return completion->changed.wait(lock, stop, [&completion] { return completion->done; });
}

}  // namespace lorikeet::detail
