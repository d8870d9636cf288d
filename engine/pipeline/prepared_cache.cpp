#include "pipeline/prepared_cache.h"

#include <fmt/format.h>
#include <lorikeet/error.h>
#include <lorikeet/prepared_weights.h>
#include <lorikeet/user_folders.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "core/message_digest.h"
#include "io/atomic_file.h"
#include "io/mapped_file.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExtension = ".safetensors";
constexpr const char* kLimitFile = "limit";  ///< bytes as a decimal number
/// Room that stays free on the disk.
constexpr uint64_t kReserve = uint64_t{1} << 30;

struct KeptFile {
  fs::path path;
  int64_t byteSize;
  fs::file_time_type used;
};

std::vector<KeptFile> keptFiles(const fs::path& folder) {
  std::vector<KeptFile> files;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    std::error_code ignored;
    if (entry->path().extension() != kExtension || !entry->is_regular_file(ignored)) continue;
    const auto size = entry->file_size(ignored);
    if (!ignored) files.push_back({entry->path(), static_cast<int64_t>(size), entry->last_write_time(ignored)});
  }
  return files;
}

int64_t limitOf(const fs::path& folder) {
  std::ifstream file(folder / kLimitFile);
  int64_t limit = 0;
  return file >> limit && limit >= 0 ? limit : PreparedFolder{}.limitBytes;
}

/// Deletes what was not used for the longest time, until the rest and `more` bytes are within the limit.
void makeRoomFor(const fs::path& folder, int64_t more, int64_t limit) {
  std::vector<KeptFile> files = keptFiles(folder);
  std::sort(files.begin(), files.end(), [](const KeptFile& a, const KeptFile& b) { return a.used < b.used; });
  int64_t sum = more;
  for (const KeptFile& file : files) sum += file.byteSize;
  for (const KeptFile& file : files) {
    if (sum <= limit) return;
    std::error_code ignored;
    fs::remove(file.path, ignored);
    sum -= file.byteSize;
  }
}

int64_t byteSizeOf(const WeightStore& store) {
  int64_t sum = 0;
  for (const std::string& name : store.names()) sum += static_cast<int64_t>(store.tensor(name).bytes.size());
  return sum;
}

void addText(Sha256& hash, const std::string& text) { hash.add(std::as_bytes(std::span(text))); }

void addSamples(Sha256& hash, std::span<const std::byte> bytes) {
  constexpr size_t kPage = 4096, kEvery = size_t{1} << 20;
  for (size_t at = 0; at < bytes.size(); at += kEvery)
    addText(hash, quickHash(bytes.subspan(at, std::min(kPage, bytes.size() - at))));
  addText(hash, quickHash(bytes.last(std::min(kPage, bytes.size()))));
  releasePages(bytes);
}

/// Name of what weights are: of the names, types and shapes of all tensors, a page of bytes in each megabyte, the first
/// and the last ones of a tensor included, the stamp of the files, and how they are to be stored.
std::string fingerprint(const WeightStore& store, WeightStorage storage, const FileStamp& stamp) {
  Sha256 hash;
  addText(hash,
          fmt::format("{} {} {} {}", PreparedWeights::kVersion, static_cast<int>(storage), stamp.size, stamp.changed));
  for (const std::string& name : store.names()) {
    const RawTensor& tensor = store.tensor(name);
    addText(hash, fmt::format("\n{} {} {}\n", name, lorikeet::name(tensor.dtype), tensor.shape.toString()));
    addSamples(hash, tensor.bytes);
  }
  return hash.finish();
}

}  // namespace

PreparedCache::PreparedCache(fs::path folder, int64_t smallest) : folder_(std::move(folder)), smallest_(smallest) {}

PreparedCache::~PreparedCache() = default;

fs::path PreparedCache::usersFolder() { return userCacheFolder() / "prepared"; }

std::string PreparedCache::attach(const ExecutionContext& context, WeightStore store, WeightStorage storage,
                                  const FileStamp& stamp) {
  if (byteSizeOf(store) < smallest_ || limitOf(folder_) == 0) return {};
  std::string name = fingerprint(store, storage, stamp);
  const fs::path file = folder_ / (name + kExtension);
  std::error_code ignored;
  try {
    std::shared_ptr<const PreparedWeights> prepared = PreparedWeights::open(context, file);
    if (!prepared) return name;
    store.setPrepared(std::move(prepared));
    fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);
    return {};
  } catch (const Error&) {
    fs::remove(file, ignored);
    return name;
  }
}

void PreparedCache::keep(const std::string& name, const ParameterTable& parameters) {
  if (name.empty()) return;
  Job job{folder_ / (name + kExtension), {}};
  for (const auto& [matrix, parameter] : parameters.all())
    if (const auto* weights = dynamic_cast<const MatrixParameter*>(parameter.get()))
      job.entries.push_back({matrix, weights->packed().bytes(), weights->packed().owner()});
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  changed_.notify_all();
  if (!worker_.joinable()) worker_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

void PreparedCache::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return jobs_.empty() && !isWriting_; });
}

void PreparedCache::forget() {
  worker_ = {};
  jobs_.clear();
}

void PreparedCache::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !jobs_.empty(); })) {
    Job job = std::move(jobs_.front());
    jobs_.erase(jobs_.begin());
    isWriting_ = true;
    lock.unlock();
    write(job, stop);
    job = {};  // its weights may be the last of a model that is gone
    lock.lock();
    isWriting_ = false;
    changed_.notify_all();
  }
}

void PreparedCache::write(const Job& job, const std::stop_token& stop) const {
  constexpr int64_t kHeaderEntry = 512;  // at most, in the file's header
  int64_t byteSize = kHeaderEntry;
  for (const PreparedWeights::Entry& entry : job.entries)
    byteSize += kHeaderEntry + static_cast<int64_t>(entry.bytes.size());
  const int64_t limit = limitOf(folder_);
  if (byteSize > limit) return;
  try {
    std::error_code failed;
    fs::create_directories(folder_, failed);
    makeRoomFor(folder_, byteSize, limit);
    const fs::space_info space = fs::space(folder_, failed);
    if (failed || space.available < static_cast<uint64_t>(byteSize) + kReserve) return;
    PreparedWeights::write(job.file, job.entries, stop);
  } catch (const Error&) {
    // What cannot be kept is prepared again next time.
  } catch (const Stopped&) {
    // The writer has removed what it had begun.
  }
}

PreparedFolder preparedFolder() {
  PreparedFolder found{PreparedCache::usersFolder()};
  found.limitBytes = limitOf(found.folder);
  for (const KeptFile& file : keptFiles(found.folder)) {
    ++found.fileCount;
    found.byteSize += file.byteSize;
  }
  return found;
}

void setPreparedLimit(int64_t limitBytes) {
  if (limitBytes < 0)
    throw Error(ErrorKind::InvalidArgument, fmt::format("Prepared weights cannot be limited to {} bytes.", limitBytes));
  const fs::path folder = PreparedCache::usersFolder();
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  const std::string text = fmt::format("{}\n", limitBytes);
  writeFileAtomically(folder / kLimitFile, std::as_bytes(std::span(text)));
  makeRoomFor(folder, 0, limitBytes);
}

void clearPrepared() {
  for (const KeptFile& file : keptFiles(PreparedCache::usersFolder())) {
    std::error_code failed;
    fs::remove(file.path, failed);
    if (failed)
      throw Error(ErrorKind::Io, fmt::format("\"{}\" cannot be deleted: {}.", file.path.string(), failed.message()));
  }
}

}  // namespace lorikeet
