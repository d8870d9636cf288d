#pragma once
#include <QObject>
#include <QTimer>
#include <functional>
#include <stop_token>

#include "studio/jobs/background_queue.h"

namespace lorikeet {

/// A question whose answer takes a moment and that people change as they type: it is worked on off the window's thread
/// once it has not changed for a while, and only the latest one is answered.
class DelayedQuestion : public QObject {
 public:
  explicit DelayedQuestion(QObject* parent = nullptr) : QObject(parent), thread_(this) {
    constexpr int kRestMs = 300;  // people type several digits
    delay_.setSingleShot(true);
    delay_.setInterval(kRestMs);
    connect(&delay_, &QTimer::timeout, this, [this] { begin_(); });
  }
  ~DelayedQuestion() override { cancel(); }

  /// `work(std::stop_token)` runs on a thread of its own and must not throw; `done(answer)` on the owner's.
  template <class Work, class Done>
  void ask(Work work, Done done) {
    cancel();
    isBusy_ = true;
    begin_ = [this, work = std::move(work), done = std::move(done)] {
      stop_ = std::stop_source();
      thread_.run([work, stop = stop_.get_token()] { return work(stop); },
                  [this, done, question = question_](const auto& answer) {
                    if (question != question_) return;
                    isBusy_ = false;
                    done(answer);
                  });
    };
    delay_.start();
  }
  /// Drops the question that waits or is being worked on.
  void cancel() {
    stop_.request_stop();
    thread_.clear();
    delay_.stop();
    ++question_;
    isBusy_ = false;
  }
  /// A question waits or is being worked on.
  bool isBusy() const { return isBusy_; }

 private:
  std::function<void()> begin_;
  QTimer delay_;
  std::stop_source stop_;
  quint64 question_ = 0;
  bool isBusy_ = false;
  BackgroundQueue thread_;
};

}  // namespace lorikeet
