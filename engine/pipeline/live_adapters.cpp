#include "pipeline/live_adapters.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

namespace lorikeet {
namespace {

double millisecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// Words of a file mean something whatever its weight and steps.
bool bringsEmbeddings(const AdapterUse& use, const AdapterInfo& info) {
  return use.enabled && !info.embeddings.empty();
}

}  // namespace

std::string textKey(const EffectiveStack& textStack) {
  std::string key;
  for (const EffectiveAdapter& adapter : textStack)
    key += fmt::format("{}/{}/{}/{};", adapter.sha256, adapter.variant.size(), adapter.variant, adapter.textWeight);
  return key;
}

void LiveAdapters::start(const std::vector<AdapterUse>& stack, const std::vector<AdapterUse>& named) {
  takeStack(stack, true);
  takeNamed(named);
  apply(0, Moment::Start);
  encodedStack_ = textStackAt(0);
}

void LiveAdapters::setNamed(const std::vector<AdapterUse>& named) {
  if (named == named_) return;
  takeNamed(named);
  apply(0, Moment::Start);
  encodedStack_ = textStackAt(0);
}

double LiveAdapters::progressOf(int step, int stepCount) { return static_cast<double>(step) / std::max(stepCount, 1); }

EffectiveStack LiveAdapters::effectiveAt(double progress) const {
  EffectiveStack stack;
  for (const AdapterUse& use : uses_) {
    const AdapterInfo* info = stack_.info(use);
    const double textWeight = use.textWeight.value_or(use.weight);
    const bool isIdle = use.weight == 0 && textWeight == 0;
    if (info == nullptr) continue;
    if (!isIdle && isActiveAt(use, progress))
      stack.push_back({info->sha256, use.variant, use.weight, textWeight, use.blocks});
    else if (bringsEmbeddings(use, *info))
      stack.push_back({info->sha256, use.variant, 0, 0, {}});
  }
  const auto order = [](const EffectiveAdapter& one) {
    return std::tie(one.sha256, one.variant, one.weight, one.textWeight, one.blocks.text, one.blocks.down,
                    one.blocks.mid, one.blocks.up);
  };
  std::sort(stack.begin(), stack.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
  return stack;
}

EffectiveStack LiveAdapters::textStackAt(double progress) const {
  EffectiveStack stack;
  for (const AdapterUse& use : uses_) {
    const AdapterInfo* info = stack_.info(use);
    const double weight = use.textWeight.value_or(use.weight) * use.blocks.text;
    if (info == nullptr) continue;
    if (info->textEncoderModules > 0 && weight != 0 && isActiveAt(use, progress))
      stack.push_back({info->sha256, use.variant, 0, weight, {}});
    else if (bringsEmbeddings(use, *info))
      stack.push_back({info->sha256, use.variant, 0, 0, {}});
  }
  std::sort(stack.begin(), stack.end(), [](const EffectiveAdapter& a, const EffectiveAdapter& b) {
    return std::tie(a.sha256, a.variant, a.textWeight) < std::tie(b.sha256, b.variant, b.textWeight);
  });
  return stack;
}

/// Rows that cannot be used are switched off here, so that the rest of the stack goes on.
void LiveAdapters::takeStack(std::vector<AdapterUse> stack, bool mayThrow) {
  const auto start = std::chrono::steady_clock::now();
  for (AdapterUse& use : stack) {
    if (!use.enabled) continue;
    try {
      validate({use});
      stack_.open(use);
    } catch (const Error& error) {
      if (!callbacks_.adapterProblem && mayThrow) throw;
      use.enabled = false;
      if (callbacks_.adapterProblem) callbacks_.adapterProblem(use, error.what());
    }
  }
  stack.insert(stack.end(), named_.begin(), named_.end());
  uses_ = std::move(stack);
  pendingMs_ += millisecondsSince(start);
}

void LiveAdapters::takeNamed(const std::vector<AdapterUse>& named) {
  const auto start = std::chrono::steady_clock::now();
  for (const AdapterUse& use : named) stack_.open(use);
  uses_.resize(uses_.size() - named_.size());
  uses_.insert(uses_.end(), named.begin(), named.end());
  named_ = named;
  pendingMs_ += millisecondsSince(start);
}

AdapterChange LiveAdapters::apply(double progress, Moment moment) {
  const AdapterChange change = stack_.apply(context_, uses_, progress);
  stack_.closeUnused(uses_);
  const double elapsedMs = change.elapsedMs + std::exchange(pendingMs_, 0);
  const bool isChange = change.unet || change.textEncoder;
  all_.elapsedMs += elapsedMs;
  all_.calls += isChange ? 1 : 0;
  if (moment == Moment::Start)
    startMs_ += elapsedMs;
  else if (isChange)
    lastMs_ = elapsedMs;
  return change;
}

std::vector<Timing> LiveAdapters::timings() const {
  const AdapterPaths paths = stack_.paths();
  if (all_.calls == 0 && paths.beside + paths.merged == 0) return {};
  std::vector<Timing> timings{all_, {"adapters, at the start", 1, startMs_, 0}};
  if (lastMs_ > 0) timings.push_back({"adapters, last change", 1, lastMs_, 0});
  if (steps_ > 0)
    timings.push_back({"adapters, in steps", steps_, stack_.besideMs(context_.threadCount()) - besideBefore_, 0});
  return timings;
}

void LiveAdapters::beforeStep(int step, int stepCount, const Encode& encode, PromptConditioning& conditioning) {
  if (callbacks_.adapters)
    if (std::optional<std::vector<AdapterUse>> changed = callbacks_.adapters()) takeStack(std::move(*changed), false);
  if (steps_++ == 0) besideBefore_ = stack_.besideMs(context_.threadCount());
  const double progress = progressOf(step, stepCount);
  if (!apply(progress, Moment::Step).textEncoder) return;
  encodedStack_ = textStackAt(progress);
  conditioning = encode(encodedStack_);
}

}  // namespace lorikeet
