#include "core/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

#include "core/execution_context.h"

namespace lorikeet {
namespace {

TEST(ThreadPoolTest, VisitsEveryIndexOnce) {
  ThreadPool pool(4);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::atomic<int>> visits(37);
    pool.run(37, [&](int64_t index, int worker) {
      EXPECT_GE(worker, 0);
      EXPECT_LT(worker, 4);
      ++visits[index];
    });
    for (const auto& count : visits) EXPECT_EQ(count, 1);
  }
}

TEST(ThreadPoolTest, RethrowsTheFirstExceptionAndStaysUsable) {
  ThreadPool pool(3);
  EXPECT_THROW(pool.run(100,
                        [](int64_t index, int) {
                          if (index == 5) throw std::runtime_error("five");
                        }),
               std::runtime_error);
  std::atomic<int> count = 0;
  pool.run(10, [&](int64_t, int) { ++count; });
  EXPECT_EQ(count, 10);
}

TEST(ExecutionContextTest, ParallelForThrowsStopped) {
  ThreadPool pool(2);
  std::stop_source stop;
  ExecutionContext context(pool, stop.get_token());
  std::atomic<int> visited = 0;
  EXPECT_THROW(context.parallelFor(1000,
                                   [&](int64_t index, int) {
                                     ++visited;
                                     if (index == 10) stop.request_stop();
                                   }),
               Stopped);
  EXPECT_LT(visited, 1000);
}

}  // namespace
}  // namespace lorikeet
