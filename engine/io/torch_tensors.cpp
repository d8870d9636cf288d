#include "io/torch_tensors.h"

#include <fmt/format.h>

#include <lorikeet/error.h>
#include <array>
#include <cstring>
#include <optional>

#include "io/tensor_values.h"

namespace lorikeet {
namespace {

using View = PickleDocument::TensorView;

/// Elements from the view's first to its last in the storage, and how many it has; empty on overflow.
struct Extent {
  uint64_t span = 0;
  uint64_t count = 1;
};

std::optional<Extent> extentOf(const View& view) {
  Extent extent;
  for (const uint64_t dim : view.shape)
    if (__builtin_mul_overflow(extent.count, dim, &extent.count) || extent.count > INT64_MAX) return std::nullopt;
  if (extent.count == 0) return extent;
  extent.span = 1;
  for (size_t i = 0; i < view.shape.size(); ++i) {
    uint64_t reach = 0;
    if (__builtin_mul_overflow(view.shape[i] - 1, view.strides[i], &reach)) return std::nullopt;
    if (__builtin_add_overflow(extent.span, reach, &extent.span)) return std::nullopt;
  }
  return extent;
}

bool isContiguous(const View& view) {
  uint64_t expected = 1;
  for (size_t i = view.shape.size(); i > 0; --i) {
    if (view.shape[i - 1] != 1 && view.strides[i - 1] != expected) return false;
    expected *= view.shape[i - 1];
  }
  return true;
}

/// Elements of the view in C order.
std::vector<std::byte> gathered(const View& view, std::span<const std::byte> bytes, uint64_t count) {
  const size_t size = byteSize(view.dtype);
  std::vector<std::byte> result(count * size);
  std::array<uint64_t, Shape::kMaxRank> index{};
  uint64_t position = 0;
  for (uint64_t i = 0; i < count; ++i) {
    std::memcpy(result.data() + i * size, bytes.data() + position * size, size);
    for (size_t axis = view.shape.size(); axis-- > 0;) {
      position += view.strides[axis];
      if (++index[axis] < view.shape[axis]) break;
      position -= view.strides[axis] * view.shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}

class Resolver {
 public:
  Resolver(const PickleDocument& document, const StorageReader& readStorage, const std::string& source)
      : document_(document), readStorage_(readStorage), source_(source), contents_(document.storages.size()) {}

  RawTensor resolve(const View& view) {
    const ZipArchive::Content& storage = content(view.storage);
    const auto extent = extentOf(view);
    const uint64_t available = storage.bytes.size() / byteSize(view.dtype);
    if (!extent || extent->span > available || view.offset > available - extent->span)
      fail(fmt::format("a tensor reaches past the end of its storage \"{}\"", document_.storages[view.storage].key));
    const std::vector<int64_t> dims(view.shape.begin(), view.shape.end());
    const Shape shape{std::span<const int64_t>(dims)};
    const size_t size = byteSize(view.dtype);
    const auto bytes = storage.bytes.subspan(view.offset * size, extent->span * size);
    if (extent->count == 0) return {view.dtype, shape, {}, storage.owner};
    if (isContiguous(view)) return {view.dtype, shape, bytes, storage.owner};
    // A view may show one element many times; a file of some bytes must not grow to fill the memory.
    constexpr uint64_t kFreeBytes = uint64_t{64} << 20;
    copiedBytes_ += extent->count <= kMaxCount / size ? extent->count * size : kMaxCount;
    if (copiedBytes_ > kFreeBytes + 4 * storageBytes_)
      fail("its tensors repeat the same values so often that they would fill the memory");
    return rawFromBytes(view.dtype, shape, gathered(view, bytes, extent->count));
  }

 private:
  static constexpr uint64_t kMaxCount = uint64_t{1} << 60;

  [[noreturn]] void fail(const std::string& reason) const {
    throw Error(ErrorKind::Corrupt, fmt::format("{}: {}.", source_, reason));
  }

  const ZipArchive::Content& content(uint32_t index) {
    std::optional<ZipArchive::Content>& slot = contents_[index];
    if (slot) return *slot;
    const PickleDocument::Storage& storage = document_.storages[index];
    slot = readStorage_(storage);
    uint64_t expected = 0;
    if (__builtin_mul_overflow(storage.elementCount, byteSize(storage.dtype), &expected) ||
        expected != slot->bytes.size())
      fail(fmt::format("the storage \"{}\" should have {} elements of {}, but has {} bytes", storage.key,
                       storage.elementCount, name(storage.dtype), slot->bytes.size()));
    storageBytes_ += expected;
    return *slot;
  }

  const PickleDocument& document_;
  const StorageReader& readStorage_;
  const std::string& source_;
  std::vector<std::optional<ZipArchive::Content>> contents_;
  uint64_t copiedBytes_ = 0;
  uint64_t storageBytes_ = 0;
};

}  // namespace

void resolveTensors(PickleDocument& document, const StorageReader& readStorage, const std::string& source) {
  Resolver resolver(document, readStorage, source);
  document.tensors.reserve(document.views.size());
  for (const View& view : document.views) document.tensors.push_back(resolver.resolve(view));
}

}  // namespace lorikeet
