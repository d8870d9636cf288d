#include "core/mapped_pages.h"

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

namespace lorikeet {
namespace {

constexpr int kAnonymous = MAP_PRIVATE | MAP_ANONYMOUS;

void adviseHuge([[maybe_unused]] void* block, [[maybe_unused]] size_t byteSize) {
#ifdef MADV_HUGEPAGE
  madvise(block, byteSize / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
}

bool move([[maybe_unused]] void* from, [[maybe_unused]] void* to, [[maybe_unused]] size_t byteSize) {
#ifdef MREMAP_FIXED
  return mremap(from, byteSize, byteSize, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to;
#else
  return false;
#endif
}

/// Fresh pages for those that the system did not move (it has a limit of mappings for a process).
bool replace(void* from, void* to, size_t byteSize) {
  munmap(from, byteSize);
  if (mmap(to, byteSize, PROT_READ | PROT_WRITE, kAnonymous | MAP_FIXED, -1, 0) != to) return false;
  adviseHuge(to, byteSize);
  return true;
}

}  // namespace

void* mapPages(size_t byteSize) {
  void* pages = mmap(nullptr, byteSize, PROT_READ | PROT_WRITE, kAnonymous, -1, 0);
  return pages == MAP_FAILED ? nullptr : pages;
}

void* mapHugePages(size_t byteSize) {
  if (byteSize > PTRDIFF_MAX - kHugePage) return nullptr;
  const size_t mapped = byteSize + kHugePage;
  void* raw = mapPages(mapped);
  if (raw == nullptr) return nullptr;
  char* const begin = static_cast<char*>(raw);
  char* const block = begin + (kHugePage - reinterpret_cast<uintptr_t>(begin) % kHugePage) % kHugePage;
  if (block > begin) munmap(begin, static_cast<size_t>(block - begin));
  munmap(block + byteSize, static_cast<size_t>(begin + mapped - (block + byteSize)));
  adviseHuge(block, byteSize);
  return block;
}

bool movePages(void* from, void* to, size_t byteSize) {
  // A huge page at a time: before Linux 6.17 one move must lie in one mapping, and a block of moved pages is several,
  // none of which begins or ends within a huge page. A longer move that failed would leave a hole at `to` for a moment,
  // in which other threads could be given pages.
  char* source = static_cast<char*>(from);
  char* target = static_cast<char*>(to);
  bool isWhole = true;
  for (size_t done = 0; done < byteSize; done += kHugePage, source += kHugePage, target += kHugePage)
    if (!move(source, target, kHugePage) && !replace(source, target, kHugePage)) isWhole = false;
  return isWhole;
}

void unmapPages(void* block, size_t byteSize) noexcept { munmap(block, byteSize); }

}  // namespace lorikeet
