#include "workshop/merged_weights.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "adapters/dense_math.h"
#include "core/execution_context.h"
#include "io/mapped_file.h"
#include "io/tensor_values.h"

namespace lorikeet {
namespace {

/// Beside a file: what of it is on disk.
std::filesystem::path unfinishedOf(std::filesystem::path file) { return file += ".unfinished"; }

bool isFloat(DType type) {
  return type == DType::F16 || type == DType::BF16 || type == DType::F32 || type == DType::F64;
}

void addAt(Tensor& values, int64_t offset, const Tensor& change) {
  for (size_t i = 0; i < change.size(); ++i) values[static_cast<size_t>(offset) + i] += change[i];
}

}  // namespace

MergedWeights::MergedWeights(std::vector<ChangedModule> modules, std::optional<DType> type,
                             const WorkshopControl& control, Report report)
    : modules_(std::move(modules)), type_(type), control_(control), report_(std::move(report)), pool_(control.threads) {
  for (const ChangedModule& module : modules_) {
    const ModulePlace& place = module.place;
    CHECK(place.weight.has_value());
    changedParameters_ += place.shape.elementCount();
    changes_[place.weight->bytes.data()] = {&module, false, place.weight->bytes.size()};
    if (place.bias) changes_[place.bias->bytes.data()] = {&module, true, place.bias->bytes.size()};
  }
}

DType MergedWeights::typeOf(const RawTensor& tensor) const {
  const bool isByte = tensor.dtype == DType::F8E4M3 || tensor.dtype == DType::F8E5M2;  // too coarse for small changes
  if (isByte) return type_.value_or(DType::F16);
  return type_ && isFloat(tensor.dtype) ? *type_ : tensor.dtype;
}

std::vector<std::byte> MergedWeights::valuesOf(const std::string& name, const RawTensor& stored, DType type) const {
  const std::byte* begin = stored.bytes.data();
  const std::byte* end = begin + stored.bytes.size();
  Tensor values;
  for (auto change = changes_.lower_bound(begin); change != changes_.end() && change->first < end; ++change) {
    const auto& [module, isBias, size] = change->second;
    const Tensor difference =
        isBias ? biasChanges(module->parts, module->place) : weightChanges(module->parts, module->place, control_.stop);
    if (difference.empty()) continue;
    if (values.empty()) values = widened(stored);
    addAt(values, (change->first - begin) / static_cast<std::ptrdiff_t>(byteSize(stored.dtype)), difference);
  }
  if (values.empty() && type == stored.dtype) return {stored.bytes.begin(), stored.bytes.end()};
  if (values.empty()) values = widened(stored);
  const RawTensor result = rawFromFloats(stored.shape, values.values(), type);
  if (!allFinite(result))
    throw Error(ErrorKind::Mismatch,
                fmt::format("The merged tensor \"{}\" has values that {} cannot hold.", name, lorikeet::name(type)));
  return {result.bytes.begin(), result.bytes.end()};
}

/// Of each batch its values as they are read and as they are written, and what the largest tensors take meanwhile, one
/// a thread: widened, with a change and its factors, or with the narrowed values before they are copied.
int64_t MergedWeights::workingBytes(const TensorMap& stored) const {
  constexpr int64_t kWide = 4, kChange = 12;
  int64_t most = 0, elements = 0, batch = 0;
  std::vector<int64_t> passing;
  const auto finish = [&] {
    std::ranges::sort(passing, std::greater<>());
    passing.resize(std::min(passing.size(), static_cast<size_t>(pool_.threadCount())));
    most = std::max(most, std::accumulate(passing.begin(), passing.end(), batch));
    elements = batch = 0;
    passing.clear();
  };
  for (const auto& [name, tensor] : stored) {
    const int64_t count = tensor.shape.elementCount();
    const DType type = typeOf(tensor);
    const auto written = count * static_cast<int64_t>(byteSize(type));
    const auto change = changes_.lower_bound(tensor.bytes.data());
    const bool isChanged = change != changes_.end() && change->first < tensor.bytes.data() + tensor.bytes.size();
    batch += static_cast<int64_t>(tensor.bytes.size()) + written;
    if (isChanged || type != tensor.dtype) passing.push_back(count * (isChanged ? kChange : kWide) + written);
    if ((elements += count) >= kBatchElements) finish();
  }
  finish();
  return most;
}

void MergedWeights::continueWith(ModuleJournal& journal) {
  journal_ = &journal;
  if (!journal.records().empty()) finished_ = journal.records().rbegin()->first;
}

/// A file whose tensors are all counted has its name already.
bool MergedWeights::isFinished(const std::filesystem::path& file, size_t tensors) const {
  std::error_code ignored;
  return journal_ != nullptr && finished_ - begun_ >= static_cast<int64_t>(tensors) &&
         std::filesystem::exists(file, ignored) && !std::filesystem::exists(unfinishedOf(file), ignored);
}

SafetensorsWriter MergedWeights::writerFor(const std::filesystem::path& file, std::vector<PlannedTensor> plan,
                                           const std::map<std::string, std::string>& metadata) const {
  if (journal_ == nullptr) return {file, std::move(plan), metadata};
  const auto here = std::clamp<int64_t>(finished_ - begun_, 0, static_cast<int64_t>(plan.size()));
  return {file, std::move(plan), metadata, unfinishedOf(file), static_cast<size_t>(here)};
}

void MergedWeights::write(const std::filesystem::path& file, const TensorMap& stored,
                          const std::map<std::string, std::string>& metadata) {
  std::vector<PlannedTensor> plan;
  for (const auto& [name, tensor] : stored) plan.push_back({name, typeOf(tensor), tensor.shape});
  if (isFinished(file, plan.size())) {
    for (const auto& [name, tensor] : stored)
      if (report_) report_(name, tensor, false);
    begun_ += static_cast<int64_t>(plan.size());
    return;
  }
  SafetensorsWriter writer = writerFor(file, std::move(plan), metadata);
  const std::vector<PlannedTensor>& order = writer.order();
  const ExecutionContext context(pool_, control_.stop);
  for (size_t i = 0; i < writer.finished(); ++i)
    if (report_) report_(order[i].name, stored.at(order[i].name), false);
  for (size_t begin = writer.finished(), end = begin; begin < order.size(); begin = end) {
    for (int64_t elements = 0; end < order.size() && elements < kBatchElements; ++end)
      elements += order[end].shape.elementCount();
    std::vector<std::vector<std::byte>> values(end - begin);
    context.parallelFor(static_cast<int64_t>(values.size()), [&](int64_t i, int) {
      const PlannedTensor& planned = order[begin + static_cast<size_t>(i)];
      values[static_cast<size_t>(i)] = valuesOf(planned.name, stored.at(planned.name), planned.type);
    });
    for (size_t i = begin; i < end; ++i) {
      context.throwIfStopped();
      const RawTensor& tensor = stored.at(order[i].name);
      writer.add(values[i - begin]);
      if (report_) report_(order[i].name, tensor, true);
      releasePages(tensor.bytes);  // a model may be larger than memory
    }
    if (journal_ == nullptr) continue;
    writer.sync();
    journal_->add(begun_ + static_cast<int64_t>(end), {});
  }
  context.throwIfStopped();
  writer.commit();
  begun_ += static_cast<int64_t>(order.size());
}

}  // namespace lorikeet
