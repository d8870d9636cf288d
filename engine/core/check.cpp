#include "core/check.h"

#include <cstdio>
#include <cstdlib>

namespace lorikeet::detail {

void checkFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "lorikeet: internal error at %s:%d: %s does not hold\n", file, line, condition);
  std::abort();
}

}  // namespace lorikeet::detail
