#pragma once
#include <cstddef>

namespace lorikeet {

inline constexpr size_t kHugePage = size_t{2} << 20;

/// Pages straight from the system, zero when first touched; null if it has none left.
void* mapPages(size_t byteSize);

/// The same from the start of a huge page on, in huge pages where the system allows; small ones hold what is left of
/// `byteSize`, so that no memory lies behind the block.
void* mapHugePages(size_t byteSize);

/// Puts the pages at `from`, which is unmapped thereby, in the place of those at `to`; nothing is copied or cleared.
/// Both start on huge pages of mapHugePages(), `byteSize` is a multiple of kHugePage. What the system does not move is
/// replaced by fresh pages; false if it has none: then `to` has holes and is good for unmapPages() only.
bool movePages(void* from, void* to, size_t byteSize);

void unmapPages(void* block, size_t byteSize) noexcept;

}  // namespace lorikeet
