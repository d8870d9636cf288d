#include "text/traced_text.h"

#include <lorikeet/error.h>

#include <limits>
#include <numeric>

namespace lorikeet {

TracedText::TracedText(std::string_view source) : text_(source), origins_(source.size()) {
  if (source.size() >= std::numeric_limits<uint32_t>::max())
    throw Error(ErrorKind::InvalidArgument, "The prompt is longer than 4 GiB");
  std::iota(origins_.begin(), origins_.end(), 0U);
}

void TracedText::append(const TracedText& part, size_t begin, size_t end) {
  text_.append(part.text_, begin, end - begin);
  const auto first = part.origins_.begin();
  origins_.insert(origins_.end(), first + static_cast<std::ptrdiff_t>(begin), first + static_cast<std::ptrdiff_t>(end));
}

void TracedText::append(char c, size_t origin) {
  text_ += c;
  origins_.push_back(static_cast<uint32_t>(origin));
}

}  // namespace lorikeet
