#include "core/buffer_pool.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "core/mapped_pages.h"

namespace lorikeet {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kPage = 4096;
constexpr size_t kSmallestMapped = size_t{128} << 10;
/// Blocks from here on are made of pages of others; their classes are multiples of a huge page.
constexpr size_t kSmallestGathered = 8 * kHugePage;

/// Eight classes per power of two: at most 12.5 % is wasted and few distinct sizes occur.
size_t sizeClass(size_t byteSize) {
  byteSize = std::max(byteSize, kAlignment);
  const size_t step = std::max(kAlignment, std::bit_floor(byteSize) / 8);
  return (byteSize + step - 1) / step * step;
}

/// Blocks that do not come from malloc, which would keep what is given back.
bool isMapped(size_t byteSize) { return byteSize >= kSmallestMapped; }

void* allocate(size_t byteSize) {
  if (!isMapped(byteSize)) return std::aligned_alloc(kAlignment, byteSize);
  return byteSize < 2 * kHugePage ? mapPages(byteSize) : mapHugePages(byteSize);
}

void release(void* block, size_t byteSize) noexcept {
  if (isMapped(byteSize))
    unmapPages(block, byteSize);
  else
    std::free(block);
}

std::atomic<size_t>& lastingBytes() {
  static std::atomic<size_t> bytes{0};
  return bytes;
}

[[noreturn]] void failToAllocate(size_t byteSize) {
  throw Error(ErrorKind::OutOfMemory,
              fmt::format("Not enough memory for a buffer of {:.1f} MB.", static_cast<double>(byteSize) / 1e6));
}

}  // namespace

struct BufferPool::State {
  std::mutex mutex;
  std::map<size_t, std::vector<void*>> waiting;
  size_t liveBytes = 0;
  size_t peakBytes = 0;  ///< since the last trim()
  size_t waitingBytes = 0;

  void freeWaiting(size_t mostLeft) noexcept {
    for (auto entry = waiting.rbegin(); entry != waiting.rend() && waitingBytes > mostLeft; ++entry)
      while (!entry->second.empty() && waitingBytes > mostLeft) {
        release(entry->second.back(), entry->first);
        entry->second.pop_back();
        waitingBytes -= entry->first;
      }
  }
  /// Moves pages of waiting blocks, the largest first, to the begin of `block`; returns how many bytes it got, or
  /// nothing if the block is spoilt.
  std::optional<size_t> gatherInto(char* block, size_t size) {
    size_t gathered = 0;
    for (auto entry = waiting.rbegin(); entry != waiting.rend() && entry->first >= kHugePage; ++entry) {
      std::vector<void*>& blocks = entry->second;
      if (entry->first % kHugePage != 0) continue;
      for (size_t i = blocks.size(); i-- > 0 && gathered < size;) {
        if (reinterpret_cast<uintptr_t>(blocks[i]) % kHugePage != 0) continue;
        char* const from = static_cast<char*>(blocks[i]);
        const size_t moved = std::min(size - gathered, entry->first);
        blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(i));
        if (moved < entry->first) waiting[entry->first - moved].push_back(from + moved);
        waitingBytes -= moved;
        if (!movePages(from, block + gathered, moved)) return std::nullopt;
        gathered += moved;
      }
    }
    return gathered;
  }
  /// A block whose pages come from waiting ones as far as they go: those are mapped and need not be cleared again.
  void* gather(size_t size) {
    char* block = static_cast<char*>(mapHugePages(size));
    if (block == nullptr) return nullptr;
    const std::optional<size_t> gathered = gatherInto(block, size);
    if (gathered) {
      if (*gathered < size) makeRoomFor(size);
      return block;
    }
    unmapPages(block, size);
    return nullptr;
  }
  void makeRoomFor(size_t size) noexcept {
    const size_t most = std::max(peakBytes, liveBytes + size);
    freeWaiting(most + spareBytes(most) - liveBytes - size);
  }
};

size_t BufferPool::spareBytes(size_t mostInUse) {
  constexpr size_t kMost = size_t{64} << 20;
  return std::min(kMost, mostInUse / 4);
}

BufferPool& BufferPool::instance() {
  // Never destroyed: threads that end after main() still give their scratch back.
  static BufferPool* pool = new BufferPool;
  return *pool;
}

BufferPool::BufferPool() : state_(new State) {}

void* BufferPool::take(size_t byteSize) {
  const size_t size = sizeClass(byteSize);
  std::lock_guard lock(state_->mutex);
  void* block = nullptr;
  auto& waiting = state_->waiting[size];
  if (!waiting.empty()) {
    block = waiting.back();
    waiting.pop_back();
    state_->waitingBytes -= size;
  } else if (size >= kSmallestGathered) {
    block = state_->gather(size);
  } else {
    state_->makeRoomFor(size);
    block = allocate(size);
  }
  if (block == nullptr) failToAllocate(size);
  state_->liveBytes += size;
  state_->peakBytes = std::max(state_->peakBytes, state_->liveBytes);
  return block;
}

void BufferPool::give(void* block, size_t byteSize) noexcept {
  if (block == nullptr) return;
  const size_t size = sizeClass(byteSize);
  std::lock_guard lock(state_->mutex);
  state_->liveBytes -= size;
  state_->waitingBytes += size;
  state_->waiting[size].push_back(block);
}

void BufferPool::trim() noexcept {
  std::lock_guard lock(state_->mutex);
  state_->freeWaiting(0);
  state_->peakBytes = state_->liveBytes;
}

size_t BufferPool::liveBytes() const {
  std::lock_guard lock(state_->mutex);
  return state_->liveBytes;
}

size_t BufferPool::heldBytes() const {
  std::lock_guard lock(state_->mutex);
  return state_->liveBytes + state_->waitingBytes + lastingBytes().load(std::memory_order_relaxed);
}

std::shared_ptr<std::byte> BufferPool::lasting(size_t byteSize) {
  const size_t size = (std::max(byteSize, kAlignment) + kPage - 1) / kPage * kPage;
  void* block = allocate(size);
  if (block == nullptr) failToAllocate(size);
  lastingBytes().fetch_add(size, std::memory_order_relaxed);
  return {static_cast<std::byte*>(block), [size](std::byte* p) {
            lastingBytes().fetch_sub(size, std::memory_order_relaxed);
            release(p, size);
          }};
}

size_t BufferPool::peakBytes() const {
  std::lock_guard lock(state_->mutex);
  return state_->peakBytes;
}

}  // namespace lorikeet
