#include "core/buffer_pool.h"

#include <fmt/format.h>
#include <lorikeet/error.h>
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <map>
#include <mutex>
#include <vector>

namespace lorikeet {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kHugePage = size_t{2} << 20;

/// Eight classes per power of two: at most 12.5 % is wasted and few distinct sizes occur.
size_t sizeClass(size_t byteSize) {
  byteSize = std::max(byteSize, kAlignment);
  const size_t step = std::max(kAlignment, std::bit_floor(byteSize) / 8);
  return (byteSize + step - 1) / step * step;
}

void* allocate(size_t byteSize) {
  const bool large = byteSize >= 2 * kHugePage;
  const size_t alignment = large ? kHugePage : kAlignment;
  if (byteSize > PTRDIFF_MAX - alignment) return nullptr;
  void* block = std::aligned_alloc(alignment, (byteSize + alignment - 1) / alignment * alignment);
#ifdef MADV_HUGEPAGE
  if (large && block != nullptr) madvise(block, byteSize, MADV_HUGEPAGE);
#endif
  return block;
}

}  // namespace

struct BufferPool::State {
  std::mutex mutex;
  std::map<size_t, std::vector<void*>> waiting;
  size_t liveBytes = 0;
  size_t peakBytes = 0;
};

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
  } else {
    block = allocate(size);
  }
  if (block == nullptr)
    throw Error(ErrorKind::OutOfMemory, fmt::format("Not enough memory for a buffer of {:.1f} MB.", size / 1e6));
  state_->liveBytes += size;
  state_->peakBytes = std::max(state_->peakBytes, state_->liveBytes);
  return block;
}

void BufferPool::give(void* block, size_t byteSize) noexcept {
  if (block == nullptr) return;
  const size_t size = sizeClass(byteSize);
  std::lock_guard lock(state_->mutex);
  state_->liveBytes -= size;
  state_->waiting[size].push_back(block);
}

void BufferPool::trim() noexcept {
  std::lock_guard lock(state_->mutex);
  for (auto& [size, blocks] : state_->waiting)
    for (void* block : blocks) std::free(block);
  state_->waiting.clear();
}

size_t BufferPool::liveBytes() const {
  std::lock_guard lock(state_->mutex);
  return state_->liveBytes;
}

size_t BufferPool::peakBytes() const {
  std::lock_guard lock(state_->mutex);
  return state_->peakBytes;
}

}  // namespace lorikeet
