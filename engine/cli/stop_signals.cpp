#include "cli/stop_signals.h"

#include <pthread.h>
#include <unistd.h>

#include "cli/command_line.h"

namespace lorikeet::cli {
namespace {

constexpr int kEndWaiter = SIGUSR1;  // sent by the destructor to the waiting thread alone

}  // namespace

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, kEndWaiter}) sigaddset(&signals_, signal);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  waiter_ = std::thread([this] {
    for (int signal = 0; sigwait(&signals_, &signal) == 0 && signal != kEndWaiter;)
      if (!source_.request_stop()) _exit(kStopped);
  });
}

StopSignals::~StopSignals() {
  pthread_kill(waiter_.native_handle(), kEndWaiter);
  waiter_.join();
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

}  // namespace lorikeet::cli
