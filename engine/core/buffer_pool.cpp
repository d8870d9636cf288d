#include "core/buffer_pool.h"

#include <fmt/format.h>
#include <lorikeet/error.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <map>
#include <mutex>
#include <vector>

namespace lorikeet {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kPage = 4096;
constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kSmallestMapped = size_t{128} << 10;

/// Eight classes per power of two: at most 12.5 % is wasted and few distinct sizes occur.
size_t sizeClass(size_t byteSize) {
  byteSize = std::max(byteSize, kAlignment);
  const size_t step = std::max(kAlignment, std::bit_floor(byteSize) / 8);
  return (byteSize + step - 1) / step * step;
}

/// Blocks that do not come from malloc, which would keep what is given back.
bool isMapped(size_t byteSize) { return byteSize >= kSmallestMapped; }

void* mapPages(size_t byteSize) {
  void* pages = mmap(nullptr, byteSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages == MAP_FAILED ? nullptr : pages;
}

/// Whole huge pages, and small ones behind them, so that no memory lies behind the block.
void* mapHugePages(size_t byteSize) {
  if (byteSize > PTRDIFF_MAX - kHugePage) return nullptr;
  const size_t mapped = byteSize + kHugePage;
  void* raw = mapPages(mapped);
  if (raw == nullptr) return nullptr;
  char* const begin = static_cast<char*>(raw);
  char* const block = begin + (kHugePage - reinterpret_cast<uintptr_t>(begin) % kHugePage) % kHugePage;
  if (block > begin) munmap(begin, static_cast<size_t>(block - begin));
  munmap(block + byteSize, static_cast<size_t>(begin + mapped - (block + byteSize)));
#ifdef MADV_HUGEPAGE
  madvise(block, byteSize / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
  return block;
}

void* allocate(size_t byteSize) {
  if (!isMapped(byteSize)) return std::aligned_alloc(kAlignment, byteSize);
  return byteSize < 2 * kHugePage ? mapPages(byteSize) : mapHugePages(byteSize);
}

void release(void* block, size_t byteSize) noexcept {
  if (isMapped(byteSize))
    munmap(block, byteSize);
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
