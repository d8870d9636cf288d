#include "core/seed_sequence.h"

#include <algorithm>

#include "core/check.h"

namespace lorikeet {
namespace {

constexpr int kShift = 16;

/// Words of a number, lowest first; 0 is one word.
void appendWords(std::vector<uint32_t>& words, uint64_t number) {
  words.push_back(static_cast<uint32_t>(number));
  if (number >> 32 != 0) words.push_back(static_cast<uint32_t>(number >> 32));
}

/// Multiplies with a constant that itself changes with every use.
class Hash {
 public:
  Hash(uint32_t start, uint32_t multiplier) : constant_(start), multiplier_(multiplier) {}
  uint32_t operator()(uint32_t value) {
    value ^= constant_;
    constant_ *= multiplier_;
    value *= constant_;
    return value ^ (value >> kShift);
  }

 private:
  uint32_t constant_;
  uint32_t multiplier_;
};

uint32_t mixed(uint32_t x, uint32_t y) {
  const uint32_t result = 0xca01f9ddu * x - 0x4973f715u * y;
  return result ^ (result >> kShift);
}

}  // namespace

std::vector<uint32_t> seedSequence(uint64_t entropy, std::span<const uint64_t> spawnKey, int poolSize, int count) {
  CHECK(poolSize >= 4);
  const auto size = static_cast<size_t>(poolSize);
  std::vector<uint32_t> words;
  appendWords(words, entropy);
  if (!spawnKey.empty()) words.resize(std::max(words.size(), size));  // so that keys never stand where entropy does
  for (const uint64_t key : spawnKey) appendWords(words, key);

  Hash hash(0x43b0d7e5u, 0x931e8875u);
  std::vector<uint32_t> pool(size);
  for (size_t i = 0; i < size; ++i) pool[i] = hash(i < words.size() ? words[i] : 0);
  for (size_t from = 0; from < size; ++from)
    for (size_t to = 0; to < size; ++to)
      if (from != to) pool[to] = mixed(pool[to], hash(pool[from]));
  for (size_t from = size; from < words.size(); ++from)
    for (uint32_t& word : pool) word = mixed(word, hash(words[from]));

  Hash output(0x8b51f9ddu, 0x58f38dedu);
  std::vector<uint32_t> state;
  for (int i = 0; i < count; ++i) state.push_back(output(pool[static_cast<size_t>(i) % size]));
  return state;
}

}  // namespace lorikeet
