#pragma once
#include <lorikeet/training.h>

#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "core/function_ref.h"

namespace lorikeet {

/// What the training's thread and those that hold it up share.
struct TrainingPause::State {
  std::mutex mutex;
  std::condition_variable_any changed;
  bool isPaused = false;
  std::stop_source* running = nullptr;  ///< of the piece of work that is under way
};

/// Runs a piece of work that may be begun anew: `body` gets a token that is set when the training is held up or
/// stopped. When it was held up, `undo` is called, and `body` again once it may go on. Throws Stopped when `stop` is
/// set. pause may be null.
void runUnlessPaused(const TrainingPause* pause, const std::stop_token& stop,
                     FunctionRef<void(const std::stop_token&)> body, FunctionRef<void()> undo);

}  // namespace lorikeet
