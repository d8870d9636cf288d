#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/prompt_issue.h"

namespace lorikeet {

/// What a prompt says for a part of the steps.
struct ScheduledText {
  int lastStep = 0;  ///< see textAt()
  std::string text;

  bool operator==(const ScheduledText&) const = default;
};

/// The steps that a schedule is laid over.
struct StepPlan {
  int steps = 20;
  /// Of the pass before, when this one is the second (hires fix): its whole numbers count on from there, its
  /// fractions from 1.0. 0: this is the first pass.
  int earlierSteps = 0;
};

/// A prompt with A1111's editing: [to:when] [from::when] [from:to:when], `when` a step or a share of the steps, and
/// [a|b] taking turns at every step. Brackets of emphasis and all that is not well formed stay as text. No recursion;
/// reading is linear in the prompt's length. Source: stable-diffusion-webui modules/prompt_parser.py,
/// get_learned_conditioning_prompt_schedules; unlike there, a "|" outside of [a|b] is plain text everywhere.
class PromptSchedule {
 public:
  explicit PromptSchedule(std::string text);

  const std::string& source() const { return text_; }
  /// True if every step has the same text.
  bool isConstant() const { return nodes_.empty(); }
  /// The texts in order of steps; the last one's lastStep is plan.steps. Neighbours may be equal. Throws
  /// Error(InvalidArgument) if they are more than 256 MiB together.
  std::vector<ScheduledText> resolve(const StepPlan& plan) const;

 private:
  struct Node {
    bool alternates = false;
    size_t open = 0, close = 0;      ///< the brackets
    std::vector<size_t> separators;  ///< of this node alone; the last colon stands before `when`
    double when = 0;
    bool whenIsShare = false;  ///< written with a point
  };
  struct Reader;
  int lastStepBefore(const Node& node, const StepPlan& plan) const;
  std::string textOf(int step, const StepPlan& plan) const;

  std::string text_;
  std::vector<Node> nodes_;  ///< by opening bracket
};

/// The entry for a step, counted from 0: A1111 takes the first one whose lastStep is not below the step.
const ScheduledText& textAt(const std::vector<ScheduledText>& schedule, int step);

}  // namespace lorikeet
