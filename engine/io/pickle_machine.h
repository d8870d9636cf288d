#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "io/pickle_builder.h"

namespace lorikeet {

/// Runs the opcodes of one pickle (Python's pickletools.py, protocols 0 to 5) on a stack of values. Nothing of Python
/// is executed: names are looked up in a short table (pickle_globals.h) and calls only make tensors and containers.
/// Opcodes that need more than that are refused. Throws Error(Corrupt | Unsupported).
class PickleMachine {
 public:
  PickleMachine(std::span<const std::byte> bytes, PickleBuilder& builder) : rest_(bytes), build_(builder) {}

  /// Runs up to STOP and gives the value on top of the stack.
  uint32_t run();
  /// What follows STOP.
  std::span<const std::byte> rest() const { return rest_; }

 private:
  using Kind = PickleDocument::Kind;

  bool runConstant(uint8_t opcode);
  bool runNumber(uint8_t opcode);
  bool runText(uint8_t opcode);
  bool runContainer(uint8_t opcode);
  bool runSetItems(uint8_t opcode);
  bool runStack(uint8_t opcode);
  bool runMemo(uint8_t opcode);
  bool runObject(uint8_t opcode);

  std::span<const std::byte> take(uint64_t count);
  // What pushes or remembers returns true, so that an instruction can end with it.
  template <class Integer>
  Integer takeNumber();
  std::string_view takeLine();
  bool pushLong(std::span<const std::byte> digits);
  bool pushText(Kind kind, std::string_view text);
  bool push(uint32_t value) {
    stack_.push_back(value);
    return true;
  }
  uint32_t pop();
  uint32_t top();
  /// The values above the last mark; they stay on the stack until dropMark().
  std::span<const uint32_t> sinceMark();
  void dropMark();
  bool collect(Kind kind, size_t count);
  bool remember(uint64_t slot);
  bool recall(uint64_t slot);

  std::span<const std::byte> rest_;
  PickleBuilder& build_;
  std::vector<uint32_t> stack_;
  std::vector<size_t> marks_;
  std::unordered_map<uint64_t, uint32_t> memo_;
};

}  // namespace lorikeet
