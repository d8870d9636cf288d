#include "studio/jobs/adapter_track.h"

#include <algorithm>
#include <utility>

namespace lorikeet {
namespace {

bool differOnlyInRange(AdapterUse a, const AdapterUse& b) {
  a.begin = b.begin;
  a.end = b.end;
  return a == b;
}

/// Adds a row that holds for a part of the run; one that went on unchanged from the part before is made longer.
void addPart(std::vector<AdapterUse>& uses, const AdapterUse& part) {
  const auto before = std::ranges::find_if(
      uses, [&part](const AdapterUse& use) { return use.end == part.begin && differOnlyInRange(use, part); });
  if (before == uses.end()) {
    uses.push_back(part);
  } else {
    before->end = part.end;
  }
}

}  // namespace

AdapterTrack::AdapterTrack(std::vector<AdapterUse> uses) { sections_.push_back({0, std::move(uses)}); }

void AdapterTrack::change(std::vector<AdapterUse> uses) {
  const std::scoped_lock lock(mutex_);
  waiting_ = std::move(uses);
}

std::optional<std::vector<AdapterUse>> AdapterTrack::take(double progress) {
  const std::scoped_lock lock(mutex_);
  if (!waiting_) return std::nullopt;
  std::vector<AdapterUse> uses = *std::exchange(waiting_, std::nullopt);
  if (sections_.back().begin >= progress) sections_.pop_back();
  sections_.push_back({progress, uses});
  return uses;
}

void AdapterTrack::beginImage() {
  const std::scoped_lock lock(mutex_);
  std::vector<AdapterUse> uses = std::move(sections_.back().uses);
  sections_ = {{0, std::move(uses)}};
}

std::vector<AdapterUse> AdapterTrack::uses() const {
  const std::scoped_lock lock(mutex_);
  if (sections_.size() == 1) return sections_.front().uses;
  std::vector<AdapterUse> uses;
  for (size_t i = 0; i < sections_.size(); ++i) {
    const double end = i + 1 < sections_.size() ? sections_[i + 1].begin : 1;
    for (AdapterUse use : sections_[i].uses) {
      use.begin = std::max(use.begin, sections_[i].begin);
      use.end = std::min(use.end, end);
      if (use.enabled && use.begin < use.end) addPart(uses, use);
    }
  }
  return uses;
}

}  // namespace lorikeet
