#include "core/abandonable.h"

#include <gtest/gtest.h>

#include <latch>
#include <stdexcept>
#include <thread>

namespace lorikeet {
namespace {

TEST(AbandonableTest, GivesTheResult) {
  const std::stop_source stop;
  EXPECT_EQ(runAbandonable([] { return 42; }, stop.get_token()), 42);
  EXPECT_EQ(runAbandonable([] { return 42; }, {}), 42);
}

TEST(AbandonableTest, HandsErrorsOn) {
  const std::stop_source stop;
  const auto fails = []() -> int { throw std::runtime_error("broken"); };
  EXPECT_THROW(runAbandonable(fails, stop.get_token()), std::runtime_error);
}

TEST(AbandonableTest, DoesNotBeginAfterAStop) {
  std::stop_source stop;
  stop.request_stop();
  bool ran = false;
  EXPECT_THROW(runAbandonable([&ran] { return ran = true; }, stop.get_token()), Stopped);
  EXPECT_FALSE(ran);
}

TEST(AbandonableTest, AStopDoesNotWaitForTheWork) {
  struct Shared {
    std::latch begun{1};
    std::latch released{1};
    std::latch ended{1};
  };
  const auto shared = std::make_shared<Shared>();
  std::stop_source stop;
  const std::jthread stopper([&] {
    shared->begun.wait();
    stop.request_stop();
  });
  const auto work = [shared] {
    shared->begun.count_down();
    shared->released.wait();  // as a decoder that knows nothing of stops
    shared->ended.count_down();
    return 1;
  };
  EXPECT_THROW(runAbandonable(work, stop.get_token()), Stopped);
  EXPECT_FALSE(shared->ended.try_wait());
  shared->released.count_down();
  shared->ended.wait();
}

}  // namespace
}  // namespace lorikeet
