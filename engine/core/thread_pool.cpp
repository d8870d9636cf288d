#include "core/thread_pool.h"

#include <sched.h>

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace lorikeet {
namespace {

/// About 20-50 microseconds: longer than the gap between two layers, far shorter than a person notices.
constexpr int kSpins = 4000;

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

int availableProcessors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

}  // namespace

struct ThreadPool::State {
  using Task = FunctionRef<void(int64_t, int)>;

  // A loop is published by raising `generation`. A member takes part only if it gets through the gate, which holds the
  // generation and the number of members inside; the caller closes it when nothing is left to hand out and waits for
  // those inside only. A member that the system wakes late therefore costs nothing: this is what keeps the engine at
  // its share of the time when other programs use the same processors.
  std::atomic<uint32_t> generation{0};
  std::atomic<uint64_t> gate{kClosed};
  std::atomic<int64_t> next{0};
  std::atomic<bool> failed{false};
  int64_t count = 0;
  const Task* task = nullptr;
  std::atomic<bool> quit{false};
  std::mutex errorMutex;
  std::exception_ptr error;
  std::vector<std::thread> members;

  static constexpr uint64_t kClosed = uint64_t{1} << 31;
  static constexpr uint64_t kInsideMask = kClosed - 1;
  static uint64_t openGate(uint32_t number) { return static_cast<uint64_t>(number) << 32; }

  bool enter(uint32_t number) {
    uint64_t seen = gate.load(std::memory_order_acquire);
    while ((seen >> 32) == number && (seen & kClosed) == 0)
      if (gate.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel)) return true;
    return false;
  }

  void leave() {
    const uint64_t before = gate.fetch_sub(1, std::memory_order_acq_rel);
    if ((before & kClosed) != 0 && (before & kInsideMask) == 1) gate.notify_one();
  }

  void work(int worker) {
    while (!failed.load(std::memory_order_relaxed)) {
      const int64_t index = next.fetch_add(1, std::memory_order_relaxed);
      if (index >= count) return;
      try {
        (*task)(index, worker);
      } catch (...) {
        std::lock_guard lock(errorMutex);
        if (!error) error = std::current_exception();
        failed.store(true, std::memory_order_relaxed);
      }
    }
  }

  void memberLoop(int worker) {
    uint32_t seen = 0;
    while (true) {
      for (int i = 0; i < kSpins && generation.load(std::memory_order_acquire) == seen; ++i) relax();
      generation.wait(seen, std::memory_order_acquire);
      seen = generation.load(std::memory_order_acquire);
      if (quit.load(std::memory_order_acquire)) return;
      if (!enter(seen)) continue;
      work(worker);
      leave();
    }
  }

  void publish() {
    const uint32_t number = generation.load(std::memory_order_relaxed) + 1;
    gate.store(openGate(number), std::memory_order_release);
    generation.store(number, std::memory_order_release);
    generation.notify_all();
  }

  void closeAndWait() {
    uint64_t seen = gate.fetch_or(kClosed, std::memory_order_acq_rel) | kClosed;
    for (int i = 0; i < kSpins && (seen & kInsideMask) != 0; ++i) {
      relax();
      seen = gate.load(std::memory_order_acquire);
    }
    while ((seen & kInsideMask) != 0) {
      gate.wait(seen, std::memory_order_acquire);
      seen = gate.load(std::memory_order_acquire);
    }
  }
};

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>()) {
  const int count = countFor(threads);
  for (int worker = 1; worker < count; ++worker)
    state_->members.emplace_back([state = state_.get(), worker] { state->memberLoop(worker); });
}

ThreadPool::~ThreadPool() {
  state_->quit.store(true, std::memory_order_release);
  state_->generation.fetch_add(1, std::memory_order_release);
  state_->generation.notify_all();
  for (std::thread& member : state_->members) member.join();
}

int ThreadPool::countFor(int threads) { return threads > 0 ? threads : availableProcessors(); }

int ThreadPool::threadCount() const { return static_cast<int>(state_->members.size()) + 1; }

void ThreadPool::run(int64_t count, FunctionRef<void(int64_t, int)> task) {
  if (count <= 0) return;
  if (count == 1 || state_->members.empty()) {
    for (int64_t i = 0; i < count; ++i) task(i, 0);
    return;
  }
  state_->count = count;
  state_->task = &task;
  state_->next.store(0, std::memory_order_relaxed);
  state_->failed.store(false, std::memory_order_relaxed);
  state_->publish();
  state_->work(0);
  state_->closeAndWait();
  if (state_->error) std::rethrow_exception(std::exchange(state_->error, nullptr));
}

}  // namespace lorikeet
