#include "io/prepared_weights.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <atomic>

#include "io/safetensors.h"
#include "io/safetensors_writer.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace lorikeet {
namespace {

constexpr const char* kVersionKey = "lorikeet.prepared";
/// Tensors begin where cache lines do, as the kernels like it.
constexpr size_t kLine = 64;

std::string hashKey(const std::string& name) { return "xxh3." + name; }

[[noreturn]] void failAsCorrupt(const std::filesystem::path& file) {
  throw Error(ErrorKind::Corrupt, fmt::format("\"{}\" does not hold what was written to it.", file.string()));
}

bool holdsWhatItSays(const SafetensorsFile& file, const std::string& name) {
  const auto stated = file.metadata.find(hashKey(name));
  return stated != file.metadata.end() && stated->second == quickHash(file.tensors.at(name).bytes);
}

}  // namespace

std::string quickHash(std::span<const std::byte> bytes) {
  return fmt::format("{:016x}", XXH3_64bits(bytes.data(), bytes.size()));
}

std::shared_ptr<const PreparedWeights> PreparedWeights::open(const ExecutionContext& context,
                                                             const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return nullptr;
  SafetensorsFile file = readSafetensors(path);
  const auto version = file.metadata.find(kVersionKey);
  if (version == file.metadata.end() || version->second != kVersion) failAsCorrupt(path);
  std::vector<std::string> names;
  for (const auto& [name, tensor] : file.tensors) names.push_back(name);
  std::atomic<bool> isSound = true;
  context.parallelFor(static_cast<int64_t>(names.size()), [&](int64_t index, int) {
    if (!holdsWhatItSays(file, names[static_cast<size_t>(index)])) isSound = false;
  });
  if (!isSound) failAsCorrupt(path);
  return std::shared_ptr<const PreparedWeights>(new PreparedWeights(std::move(file.tensors)));
}

std::optional<RawTensor> PreparedWeights::find(const std::string& name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? std::nullopt : std::optional(found->second);
}

void PreparedWeights::write(const std::filesystem::path& path, const std::vector<Entry>& entries,
                            const std::stop_token& stop) {
  std::vector<PlannedTensor> planned;
  std::map<std::string, std::string> metadata{{kVersionKey, kVersion}};
  std::map<std::string, const Entry*> byName;
  for (const Entry& entry : entries) {
    throwIfStopped(stop);
    planned.push_back({entry.name, DType::U8, Shape{static_cast<int64_t>(entry.bytes.size())}});
    metadata[hashKey(entry.name)] = quickHash(entry.bytes);
    byName[entry.name] = &entry;
  }
  SafetensorsWriter writer(path, std::move(planned), metadata, kLine);
  for (const PlannedTensor& tensor : writer.order()) {
    throwIfStopped(stop);
    writer.add(byName.at(tensor.name)->bytes);
  }
  writer.commitUnsynced();  // the hashes find what a crash may leave
}

}  // namespace lorikeet
