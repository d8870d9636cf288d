#pragma once
#include <csignal>
#include <stop_token>
#include <thread>

namespace lorikeet::cli {

/// While it lives, Ctrl-C (SIGINT), SIGTERM and SIGHUP ask the program to stop through a stop token instead of ending
/// it; the second one ends it at once with exit code 130. To be made before other threads, which inherit the mask.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  sigset_t signals_;
  std::stop_source source_;
  std::thread waiter_;
};

}  // namespace lorikeet::cli
