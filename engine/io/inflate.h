#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lorikeet {

/// Unpacks a zlib or gzip stream. Empty where it is damaged or cut off; throws Error(Corrupt) as soon as it becomes
/// larger than `limit` bytes.
std::optional<std::string> inflated(std::string_view packed, size_t limit);

}  // namespace lorikeet
