#pragma once
#include <lorikeet/adapter_use.h>

#include <mutex>
#include <optional>
#include <vector>

namespace lorikeet {

/// The adapters of one job on their way from the window, which changes them, to the engine, which asks before every
/// step. Keeps which stack was in effect when, so that a picture that was changed on its way can be made again.
/// Thread-safe.
class AdapterTrack {
 public:
  explicit AdapterTrack(std::vector<AdapterUse> uses);

  /// From the next step on.
  void change(std::vector<AdapterUse> uses);
  /// The new stack, if it changed since the last call. progress: the share of the image's steps that are done.
  std::optional<std::vector<AdapterUse>> take(double progress);
  /// The next image begins with the stack that is in effect now.
  void beginImage();
  /// The stack that makes the present image again: rows that came or went on the way have ranges of steps.
  std::vector<AdapterUse> uses() const;

 private:
  struct Section {
    double begin = 0;
    std::vector<AdapterUse> uses;
  };

  mutable std::mutex mutex_;
  std::optional<std::vector<AdapterUse>> waiting_;
  std::vector<Section> sections_;
};

}  // namespace lorikeet
