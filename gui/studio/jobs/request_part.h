#pragma once
#include <lorikeet/request.h>

namespace lorikeet {

/// A part of the window that decides a share of the next picture: the adapter stack, the canvas, the control units.
/// The form's prompt and parameters come first; every part then writes what it shows and leaves the rest alone.
class RequestPart {
 public:
  virtual ~RequestPart() = default;
  virtual void fill(GenerateRequest& request) const = 0;
  /// Shows its share of a request, for "use these settings".
  virtual void show(const GenerateRequest& request) = 0;
};

}  // namespace lorikeet
