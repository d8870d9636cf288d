#pragma once
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include "core/execution_context.h"

namespace lorikeet {

namespace detail {
/// Runs `work` on a thread of its own; returns when it is done or a stop is requested. Whether it is done. The end of
/// the program does not wait for what is left running.
bool runOnThread(std::function<void()> work, const std::stop_token& stop);
}  // namespace detail

/// The result of `work`, a call into a library that cannot be stopped. At a stop, throws Stopped at once; the work goes
/// on unseen and its result is dropped, so it must own everything it uses. What it throws is thrown here.
template <typename Work>
auto runAbandonable(Work work, const std::stop_token& stop) {
  using Result = decltype(work());
  struct Outcome {
    std::optional<Result> value;
    std::exception_ptr error;
  };
  if (!stop.stop_possible()) return work();
  throwIfStopped(stop);
  auto outcome = std::make_shared<Outcome>();
  auto shared = std::make_shared<Work>(std::move(work));
  const bool done = detail::runOnThread(
      [outcome, shared] {
        try {
          outcome->value.emplace((*shared)());
        } catch (...) {
          outcome->error = std::current_exception();
        }
      },
      stop);
  if (!done) throw Stopped();
  if (outcome->error) std::rethrow_exception(outcome->error);
  return std::move(*outcome->value);
}

}  // namespace lorikeet
