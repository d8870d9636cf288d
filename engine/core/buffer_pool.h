#pragma once
#include <cstddef>
#include <memory>

namespace lorikeet {

/// Recycles the large buffers of activations, so that a steady denoising step allocates nothing and works on memory
/// that is already mapped. Blocks are 64-byte aligned (large ones on 2 MiB pages where the system allows) and
/// rounded up to a size class; freed blocks wait in a list of their class. All blocks together take little more than
/// was ever in use at once since trim(): before that, waiting ones go back to the system, the largest first.
/// Thread-safe. Throws Error(OutOfMemory).
class BufferPool {
 public:
  static BufferPool& instance();
  void* take(size_t byteSize);
  void give(void* block, size_t byteSize) noexcept;
  /// Returns every waiting block to the system.
  void trim() noexcept;
  /// Bytes handed out at this moment, and the most that were since trim().
  size_t liveBytes() const;
  size_t peakBytes() const;
  /// Bytes handed out, waiting, and in lasting blocks.
  size_t heldBytes() const;
  /// Waiting blocks that are kept beyond the most that was in use at once, in bytes.
  static size_t spareBytes(size_t mostInUse);
  /// A block for long, such as weights: of no class, not among the live bytes, never waiting. Throws
  /// Error(OutOfMemory).
  static std::shared_ptr<std::byte> lasting(size_t byteSize);

  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

 private:
  BufferPool();
  ~BufferPool() = delete;
  struct State;
  State* state_;
};

}  // namespace lorikeet
