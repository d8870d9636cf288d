#include "workshop/workshop_memory.h"

#include <algorithm>
#include <numeric>

#include "core/thread_pool.h"
#include "io/file_stamp.h"
#include "pipeline/memory_estimate.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

/// Program, libraries, name tables.
constexpr int64_t kWorkshopBytes = int64_t{60} << 20;
/// Bytes for each element of a weight that is decomposed: the difference, what it is made from or the fitted product,
/// and samples of it; of an exact decomposition its vectors in double, too.
constexpr int64_t kSampledBytes = 15;
constexpr int64_t kExactBytes = 32;

}  // namespace

int threadsOf(const WorkshopControl& control) { return ThreadPool::countFor(control.threads); }

int64_t bytesOnDisk(std::span<const fs::path> paths) {
  return std::accumulate(paths.begin(), paths.end(), int64_t{0},
                         [](int64_t sum, const fs::path& path) { return sum + bytesOnDisk(path); });
}

int64_t decompositionBytes(int64_t elements, const RankRule& rule) {
  return elements * (rule.rank > 0 ? kSampledBytes : kExactBytes);
}

int64_t factorBytes(const Shape& weight, const RankRule& rule, WeightType type, int64_t most) {
  const int64_t outputs = weight[0], inputs = weight.elementCount() / outputs, side = std::min(outputs, inputs);
  int64_t rank = rule.rank > 0 ? std::min(rule.rank, side) : std::max<int64_t>(1, side / 4);
  if (most > 0) rank = std::min(rule.rank > 0 ? rank : side, most);
  return rank * (outputs + inputs) * (type == WeightType::F32 ? 4 : 2);
}

int64_t copiesOf(AdapterForm form) { return form == AdapterForm::Onnx ? 2 : 1; }

WorkshopEstimate fittingEstimate(std::string_view verb, int64_t modules, int64_t bytes,
                                 const WorkshopControl& control) {
  WorkshopEstimate estimate;
  estimate.modules = static_cast<int>(modules);
  estimate.memoryBytes = kWorkshopBytes + bytes;
  estimate.availableBytes = usableMemoryBytes(control.memoryLimit);
  requireMemory(verb, estimate.memoryBytes, estimate.availableBytes, control.memoryLimit > 0);
  return estimate;
}

}  // namespace lorikeet
