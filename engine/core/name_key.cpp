#include "core/name_key.h"

#include <cctype>

namespace lorikeet {

std::string nameKey(std::string_view text) {
  std::string key;
  for (const char c : text)
    if (c != ' ' && c != '-' && c != '_') key += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return key;
}

}  // namespace lorikeet
