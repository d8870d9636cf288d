#pragma once
#include <string>
#include <string_view>

namespace lorikeet {

/// A name as it is compared with what people type: lower case, without blanks, '-' and '_'.
std::string nameKey(std::string_view text);

}  // namespace lorikeet
