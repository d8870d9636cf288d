#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet {

/// Adds up time and work by name, for --timings and bench. Filled by the thread that runs a job, never by the pool.
class Profiler {
 public:
  struct Entry {
    std::string name;
    int64_t calls = 0;
    double elapsedMs = 0;
    double flops = 0;  ///< multiply-adds counted as two, work of a direct algorithm
  };
  void add(std::string_view name, double elapsedMs, double flops);
  const std::vector<Entry>& entries() const { return entries_; }
  void clear() { entries_.clear(); }

 private:
  std::vector<Entry> entries_;
};

/// Notes the life time of a scope; costs a branch when there is no profiler.
class ProfileScope {
 public:
  using Clock = std::chrono::steady_clock;
  ProfileScope(Profiler* profiler, std::string_view name, double flops = 0)
      : profiler_(profiler), name_(name), flops_(flops) {
    if (profiler_ != nullptr) start_ = Clock::now();
  }
  ~ProfileScope() {
    if (profiler_ != nullptr)
      profiler_->add(name_, std::chrono::duration<double, std::milli>(Clock::now() - start_).count(), flops_);
  }
  ProfileScope(const ProfileScope&) = delete;
  ProfileScope& operator=(const ProfileScope&) = delete;

 private:
  Profiler* profiler_;
  std::string_view name_;
  double flops_;
  Clock::time_point start_;
};

}  // namespace lorikeet
