#include "training/training_pause.h"

#include "core/execution_context.h"

namespace lorikeet {
namespace {

/// Names the running piece of work in the shared state while it lives.
class RunningWork {
 public:
  RunningWork(const TrainingPause* pause, std::stop_source& source) : pause_(pause) { set(&source); }
  ~RunningWork() { set(nullptr); }
  RunningWork(const RunningWork&) = delete;
  RunningWork& operator=(const RunningWork&) = delete;

 private:
  void set(std::stop_source* source) const {
    if (pause_ == nullptr) return;
    const std::lock_guard lock(pause_->state().mutex);
    pause_->state().running = source;
    if (source != nullptr && pause_->state().isPaused) source->request_stop();
  }
  const TrainingPause* pause_;
};

void waitWhilePaused(const TrainingPause* pause, const std::stop_token& stop) {
  if (pause == nullptr) return;
  std::unique_lock lock(pause->state().mutex);
  pause->state().changed.wait(lock, stop, [&] { return !pause->state().isPaused; });
}

}  // namespace

TrainingPause::TrainingPause() : state_(std::make_unique<State>()) {}
TrainingPause::~TrainingPause() = default;

void TrainingPause::pause() {
  const std::lock_guard lock(state_->mutex);
  state_->isPaused = true;
  if (state_->running != nullptr) state_->running->request_stop();
}

void TrainingPause::resume() {
  const std::lock_guard lock(state_->mutex);
  state_->isPaused = false;
  state_->changed.notify_all();
}

bool TrainingPause::isPaused() const {
  const std::lock_guard lock(state_->mutex);
  return state_->isPaused;
}

void runUnlessPaused(const TrainingPause* pause, const std::stop_token& stop,
                     FunctionRef<void(const std::stop_token&)> body, FunctionRef<void()> undo) {
  for (;;) {
    waitWhilePaused(pause, stop);
    throwIfStopped(stop);
    std::stop_source source;
    const std::stop_callback forward(stop, [&source] { source.request_stop(); });
    try {
      const RunningWork running(pause, source);
      return body(source.get_token());
    } catch (const Stopped&) {
      undo();
      throwIfStopped(stop);
    }
  }
}

}  // namespace lorikeet
