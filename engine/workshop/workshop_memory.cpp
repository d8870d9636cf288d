#include "workshop/workshop_memory.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>

#include "core/thread_pool.h"
#include "pipeline/memory_estimate.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

/// Program, libraries, name tables.
constexpr int64_t kWorkshopBytes = int64_t{60} << 20;
/// Floats for each element of the weight that is decomposed: the difference, the model without it or the fitted
/// product, and samples of it; of an exact decomposition its vectors in double, too.
constexpr int64_t kSampledFloats = 3;
constexpr int64_t kExactFloats = 8;

}  // namespace

int threadsOf(const WorkshopControl& control) { return ThreadPool(control.threads).threadCount(); }

int64_t bytesOnDisk(std::span<const fs::path> paths) {
  int64_t sum = 0;
  std::error_code ignored;
  for (const fs::path& path : paths) {
    if (!fs::is_directory(path, ignored)) {
      if (const uintmax_t size = fs::file_size(path, ignored); !ignored) sum += static_cast<int64_t>(size);
      continue;
    }
    for (fs::recursive_directory_iterator entry(path, ignored), end; !ignored && entry != end; entry.increment(ignored))
      if (entry->is_regular_file(ignored)) sum += static_cast<int64_t>(entry->file_size(ignored));
  }
  return sum;
}

int64_t decompositionBytes(int64_t elements, const RankRule& rule) {
  return elements * 4 * (rule.rank > 0 ? kSampledFloats : kExactFloats);
}

int64_t factorBytes(const Shape& weight, const RankRule& rule, WeightType type) {
  const int64_t outputs = weight[0], inputs = weight.elementCount() / outputs, side = std::min(outputs, inputs);
  const int64_t rank = rule.rank > 0 ? std::min(rule.rank, side) : std::max<int64_t>(1, side / 4);
  return rank * (outputs + inputs) * (type == WeightType::F32 ? 4 : 2);
}

WorkshopEstimate fittingEstimate(std::string_view verb, int64_t modules, int64_t bytes,
                                 const WorkshopControl& control) {
  WorkshopEstimate estimate;
  estimate.modules = static_cast<int>(modules);
  estimate.memoryBytes = kWorkshopBytes + bytes;
  const int64_t available = availableMemoryBytes();
  estimate.availableBytes = control.memoryLimit > 0 ? std::min(control.memoryLimit, available) : available;
  if (estimate.memoryBytes > estimate.availableBytes)
    throw Error(ErrorKind::OutOfMemory, fmt::format("{} needs about {:.1f} GB of memory, but {:.1f} GB {}.", verb,
                                                    static_cast<double>(estimate.memoryBytes) / 1e9,
                                                    static_cast<double>(estimate.availableBytes) / 1e9,
                                                    control.memoryLimit > 0 ? "may be used" : "are free"));
  return estimate;
}

}  // namespace lorikeet
