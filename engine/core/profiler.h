#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet {

/// What an operation has to do, 0 where that is not counted; multiply-adds count as two.
struct OperationWork {
  double flops = 0;     ///< of a direct algorithm
  double executed = 0;  ///< of the algorithm in use
  double bytes = 0;     ///< operands read once and the result written once
};

/// How far the results of an operation are from those of a direct algorithm in f32, both without bias and what follows.
struct OperationError {
  double rms = 0;      ///< of the difference, relative to that of the result
  double largest = 0;  ///< difference, relative to the largest absolute value of the result
};

/// Adds up time and work by name, for --timings and bench. Filled by the thread that runs a job, never by the pool.
class Profiler {
 public:
  struct Entry {
    std::string name;
    int64_t calls = 0;
    double elapsedMs = 0;
    OperationWork work;
    std::string layer;     ///< canonical name of its weights, if layers are told apart and it has some
    std::string shape;     ///< likewise
    OperationError error;  ///< the worst of all calls, with Detail::Errors
  };
  enum class Detail : uint8_t {
    Kinds,   ///< an entry for each kind of operation
    Layers,  ///< an entry for each kind, layer and shape
    Errors,  ///< the same, and operations that are not direct and f32 are compared with those that are; times mean
             ///< nothing
  };
  explicit Profiler(Detail detail = Detail::Kinds) : detail_(detail) {}

  void add(std::string_view name, double elapsedMs, const OperationWork& work, std::string_view layer = {},
           std::string_view shape = {});
  const std::vector<Entry>& entries() const { return entries_; }
  bool tellsLayersApart() const { return detail_ != Detail::Kinds; }
  bool wantsErrors() const { return detail_ == Detail::Errors; }
  void addError(std::string_view name, std::string_view layer, std::string_view shape, const OperationError& error);
  void clear() { entries_.clear(); }

 private:
  Entry& entryOf(std::string_view name, std::string_view layer, std::string_view shape);

  Detail detail_;
  std::vector<Entry> entries_;
};

/// Notes the life time of a scope; costs a branch when there is no profiler.
class ProfileScope {
 public:
  using Clock = std::chrono::steady_clock;
  ProfileScope(Profiler* profiler, std::string_view name, const OperationWork& work = {})
      : profiler_(profiler), name_(name), work_(work) {
    if (profiler_ != nullptr) start_ = Clock::now();
  }
  /// `describe()` gives the shape as text, called only where layers are told apart.
  template <class Describe>
  ProfileScope(Profiler* profiler, std::string_view name, const OperationWork& work, std::string_view layer,
               Describe describe)
      : profiler_(profiler), name_(name), work_(work) {
    if (profiler_ == nullptr) return;
    if (profiler_->tellsLayersApart()) {
      layer_ = layer;
      shape_ = describe();
    }
    start_ = Clock::now();
  }
  ~ProfileScope() {
    if (profiler_ == nullptr) return;
    const std::chrono::duration<double, std::milli> elapsed = Clock::now() - start_;
    profiler_->add(name_, elapsed.count(), work_, layer_, shape_);
  }
  ProfileScope(const ProfileScope&) = delete;
  ProfileScope& operator=(const ProfileScope&) = delete;

 private:
  Profiler* profiler_;
  std::string_view name_;
  OperationWork work_;
  std::string layer_, shape_;
  Clock::time_point start_;
};

}  // namespace lorikeet
