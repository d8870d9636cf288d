#pragma once
#include <lorikeet/request.h>
#include <lorikeet/result.h>

#include <map>

namespace lorikeet {

/// What jobs took so far, to say how long others will take: seconds per step and pixel, for each model.
class Pace {
 public:
  /// Learns from a running job.
  void learn(const GenerateRequest& request, const Progress& progress);
  /// Seconds that a whole job takes; 0 while nothing comparable has run.
  double secondsOf(const GenerateRequest& request) const;

 private:
  std::map<std::filesystem::path, double> secondsPerWork_;
  double anySecondsPerWork_ = 0;
};

}  // namespace lorikeet
