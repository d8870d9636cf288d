#pragma once
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/dtype.h"
#include "core/shape.h"
#include "io/atomic_file.h"

namespace lorikeet {

/// A tensor of a file that is to be written.
struct PlannedTensor {
  std::string name;
  DType type = DType::F32;
  Shape shape;

  size_t byteSize() const { return static_cast<size_t>(shape.elementCount()) * lorikeet::byteSize(type); }
};

/// Writes a safetensors file tensor by tensor, for files larger than memory. Complete or absent: without commit()
/// nothing is left. Throws Error(Io).
class SafetensorsWriter {
 public:
  /// The first tensor begins at a multiple of `alignment`; the reference writer's is 8.
  SafetensorsWriter(const std::filesystem::path& path, std::vector<PlannedTensor> tensors,
                    const std::map<std::string, std::string>& metadata, size_t alignment = 8);
  /// Goes on with the file that an earlier one left in `partial`, whose first `finished` tensors are on disk, if it has
  /// the same header and that length; else begins anew. Such a file stays until it is committed.
  SafetensorsWriter(const std::filesystem::path& path, std::vector<PlannedTensor> tensors,
                    const std::map<std::string, std::string>& metadata, const std::filesystem::path& partial,
                    size_t finished);

  /// The order in which the bytes are due: the reference writer's, wider types first, then by name.
  const std::vector<PlannedTensor>& order() const { return order_; }
  /// The bytes of the next tensor.
  void add(std::span<const std::byte> bytes);
  void commit();
  void commitUnsynced();  ///< AtomicFile's
  /// How many tensors are there already.
  size_t finished() const { return next_; }
  /// Puts them on disk, so that they count after a crash.
  void sync() { file_.sync(); }

 private:
  std::vector<PlannedTensor> order_;
  size_t next_ = 0;
  AtomicFile file_;
};

}  // namespace lorikeet
