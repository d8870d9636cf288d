#pragma once
#include <cstdint>
#include <memory>

namespace lorikeet {

/// What runs leave behind with their caller so that the next one can leave out what both have in common: encoded texts
/// and pictures, whatever else the runs differ in, and for each image the model's answer at every step, with the
/// adapters that were in effect then. A run of an equal request with other adapters replays the answers up to the first
/// step at which the stacks differ through the sampler and computes from there on: the same bytes as a whole run. A run
/// of any other request begins its steps anew and replaces those that were remembered. A value of the engine's thread.
class RunMemory {
 public:
  static constexpr int64_t kDefaultByteLimit = int64_t{64} << 20;

  /// Steps beyond the limit are not remembered; those before them stay usable. Texts and pictures may take half as much
  /// again.
  explicit RunMemory(int64_t byteLimit = kDefaultByteLimit);
  ~RunMemory();
  RunMemory(RunMemory&&) noexcept;
  RunMemory& operator=(RunMemory&&) noexcept;

  void clear();
  int64_t byteSize() const;

  struct State;
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace lorikeet
