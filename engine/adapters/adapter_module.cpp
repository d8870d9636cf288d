#include "adapters/adapter_module.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <cmath>

namespace lorikeet {

const RawTensor& AdapterModule::get(std::string_view role) const {
  const RawTensor* tensor = find(role);
  if (tensor == nullptr)
    throw Error(ErrorKind::Corrupt, fmt::format("The adapter's module {} is incomplete: it has no \"{}\".", key, role));
  return *tensor;
}

double AdapterModule::scale(int64_t rank) const {
  if (statedScale) return *statedScale;
  if (!alpha || *alpha == 0) return 1;
  return *alpha / (rankStabilized ? std::sqrt(static_cast<double>(rank)) : static_cast<double>(rank));
}

}  // namespace lorikeet
