#include "lorikeet/engine.h"

namespace lorikeet {

std::string_view version() { return LORIKEET_VERSION; }

}  // namespace lorikeet
