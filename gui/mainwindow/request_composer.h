#pragma once
#include <vector>

#include "studio/jobs/request_part.h"
#include "studio/studio.h"

namespace lorikeet {

class GeneratePanel;

/// Puts a request together from the form and the other parts of the window, and shows one in all of them.
class RequestComposer {
 public:
  RequestComposer(Studio& studio, GeneratePanel& form) : studio_(studio), form_(form) {}

  /// The part must outlive every later call.
  void add(RequestPart& part) { parts_.push_back(&part); }
  /// What the window says now.
  GenerateRequest request() const;
  /// The request of a new job: an unlocked seed is rolled first.
  GenerateRequest nextRequest();
  /// Shows a request everywhere, its model and its seed, locked, as well.
  void show(const GenerateRequest& request);
  /// Shows what the last session left behind, and keeps the seed's lock as it was.
  void restore();
  /// Writes what the window says into the settings.
  void remember() const;

 private:
  GenerateRequest filled(GenerateRequest request) const;

  Studio& studio_;
  GeneratePanel& form_;
  std::vector<RequestPart*> parts_;
};

}  // namespace lorikeet
