#include "core/buffer_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace lorikeet {
namespace {

constexpr size_t kMegabyte = size_t{1} << 20;

/// A block that is given back at the end of its life.
class Block {
 public:
  Block(BufferPool& pool, size_t byteSize) : pool_(pool), byteSize_(byteSize), data_(pool.take(byteSize)) {}
  ~Block() { pool_.give(data_, byteSize_); }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  std::span<uint32_t> words() const { return {static_cast<uint32_t*>(data_), byteSize_ / sizeof(uint32_t)}; }

 private:
  BufferPool& pool_;
  size_t byteSize_;
  void* data_;
};

bool keeps(const Block& block, uint32_t value) {
  std::fill(block.words().begin(), block.words().end(), value);
  return std::all_of(block.words().begin(), block.words().end(), [&](uint32_t word) { return word == value; });
}

class BufferPoolTest : public ::testing::Test {
 protected:
  BufferPoolTest() { pool_.trim(); }
  ~BufferPoolTest() override { pool_.trim(); }
  BufferPool& pool_ = BufferPool::instance();
};

TEST_F(BufferPoolTest, PagesOfSmallBlocksBecomeALargeOne) {
  const size_t before = pool_.heldBytes();
  { const Block first(pool_, 32 * kMegabyte), second(pool_, 32 * kMegabyte), third(pool_, 16 * kMegabyte); }
  EXPECT_EQ(pool_.heldBytes(), before + 80 * kMegabyte);
  const Block large(pool_, 80 * kMegabyte);
  EXPECT_EQ(pool_.heldBytes(), before + 80 * kMegabyte);
  EXPECT_TRUE(keeps(large, 7));
}

TEST_F(BufferPoolTest, ALargeBlockBecomesSmallOnesAndIsWholeAgain) {
  const size_t before = pool_.heldBytes();
  { const Block large(pool_, 80 * kMegabyte); }
  for (int round = 0; round < 3; ++round) {
    {
      const Block first(pool_, 20 * kMegabyte), second(pool_, 40 * kMegabyte), third(pool_, 20 * kMegabyte);
      EXPECT_TRUE(keeps(first, 1));
      EXPECT_TRUE(keeps(second, 2));
      EXPECT_TRUE(keeps(third, 3));
      EXPECT_TRUE(std::all_of(first.words().begin(), first.words().end(), [](uint32_t word) { return word == 1; }));
      EXPECT_EQ(pool_.heldBytes(), before + 80 * kMegabyte);
    }
    const Block whole(pool_, 80 * kMegabyte);
    EXPECT_TRUE(keeps(whole, 4));
    EXPECT_EQ(pool_.heldBytes(), before + 80 * kMegabyte);
  }
}

TEST_F(BufferPoolTest, FreshPagesCompleteWhatWasGathered) {
  const size_t before = pool_.heldBytes();
  { const Block small(pool_, 16 * kMegabyte); }
  const Block large(pool_, 64 * kMegabyte);
  EXPECT_TRUE(keeps(large, 9));
  EXPECT_EQ(pool_.heldBytes(), before + 64 * kMegabyte);
}

TEST_F(BufferPoolTest, PagesThatMoveKeepTheirValuesAndAreNotCleared) {
  uint32_t* address = nullptr;
  {
    const Block small(pool_, 16 * kMegabyte);
    std::fill(small.words().begin(), small.words().end(), 0xABCDU);
    address = small.words().data();
  }
  const Block large(pool_, 20 * kMegabyte);
  EXPECT_NE(large.words().data(), address);
  EXPECT_EQ(large.words()[1000], 0xABCDU);
  EXPECT_EQ(large.words()[large.words().size() - 1], 0U);
}

TEST_F(BufferPoolTest, TrimGivesEveryWaitingPageBack) {
  const size_t before = pool_.heldBytes();
  { const Block large(pool_, 80 * kMegabyte); }
  { const Block part(pool_, 20 * kMegabyte); }
  pool_.trim();
  EXPECT_EQ(pool_.heldBytes(), before);
}

}  // namespace
}  // namespace lorikeet
