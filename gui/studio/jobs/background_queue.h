#pragma once
#include <QMetaObject>
#include <QObject>
#include <QThreadPool>
#include <atomic>
#include <utility>

namespace lorikeet {

/// One thread for work that must not hold up the window: scans, token counts, saving. Tasks run one after the other;
/// each result is delivered in the owner's thread. The owner must be the object that holds the queue, so that no result
/// can arrive after it is gone.
class BackgroundQueue {
 public:
  /// The thread ends when it had nothing to do for so long; -1: only with finish().
  explicit BackgroundQueue(QObject* owner, int expiryMs = 5000) : owner_(owner) {
    pool_.setMaxThreadCount(1);
    pool_.setExpiryTimeout(expiryMs);
  }
  ~BackgroundQueue() { finish(); }
  BackgroundQueue(const BackgroundQueue&) = delete;
  BackgroundQueue& operator=(const BackgroundQueue&) = delete;

  /// Runs `work()` on the queue's thread and then `done(result)` on the owner's. `work` must not throw.
  template <class Work, class Done>
  void run(Work work, Done done) {
    pool_.start([owner = owner_, work = std::move(work), done = std::move(done)]() mutable {
      auto result = work();
      QMetaObject::invokeMethod(
          owner, [done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); },
          Qt::QueuedConnection);
    });
  }
  /// Takes back what has not begun.
  void clear() { pool_.clear(); }
  /// Waits for everything that was handed in.
  void finish() { pool_.waitForDone(); }

 private:
  QObject* owner_;
  QThreadPool pool_;
};

}  // namespace lorikeet
