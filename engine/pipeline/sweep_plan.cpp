#include <fmt/format.h>
#include <lorikeet/sweep.h>

#include <algorithm>

#include "pipeline/infotext_text.h"

namespace lorikeet {
namespace {

/// An axis with its values read and its place in the request found.
struct OpenAxis {
  SweepAxis axis;
  std::vector<SweepValue> values;
  size_t adapter = 0;  ///< its row of the stack

  bool isAdapter() const { return axis.field == SweepField::Adapter; }
};

size_t findSweptAdapter(const GenerateRequest& base, const std::string& wanted) {
  const std::vector<std::string> names = sweepAdapterNames(base);
  const auto found = std::find(names.begin(), names.end(), wanted);
  if (found != names.end()) return static_cast<size_t>(found - names.begin());
  if (names.empty())
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("The sweep changes the adapter \"{}\", but the request has none.", wanted));
  std::string choices;
  for (const std::string& name : names) choices += (choices.empty() ? "\"" : ", \"") + name + "\"";
  throw Error(ErrorKind::NotFound,
              fmt::format("There is no adapter \"{}\" in the request; it has: {}.", wanted, choices));
}

void checkPromptText(const GenerateRequest& base, const std::string& text) {
  if (text.empty()) throw Error(ErrorKind::InvalidArgument, "The text that a sweep replaces must not be empty.");
  if (base.prompt.find(text) == std::string::npos && base.negativePrompt.find(text) == std::string::npos)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("The text \"{}\" that the sweep replaces is in none of the prompts; the first text of the "
                            "axis must be what stands there.",
                            text));
}

OpenAxis openAxis(const GenerateRequest& base, const SweepAxis& axis) {
  OpenAxis open{axis, readSweepValues(axis.field, axis.values), 0};
  if (open.isAdapter()) open.adapter = findSweptAdapter(base, axis.adapter);
  if (axis.field == SweepField::Prompt) checkPromptText(base, open.values.front().text);
  if (axis.field == SweepField::Strength && base.init.empty())
    throw Error(ErrorKind::InvalidArgument, "A sweep over the strength needs a picture to start from.");
  return open;
}

bool setsSchedule(const OpenAxis& open) {
  if (open.axis.field == SweepField::Schedule) return true;
  return std::any_of(open.values.begin(), open.values.end(),
                     [](const SweepValue& value) { return value.sampler.schedule != Schedule::Default; });
}

bool changeTheSame(const OpenAxis& x, const OpenAxis& y) {
  if (setsSchedule(x) && setsSchedule(y)) return true;
  if (x.axis.field != y.axis.field) return false;
  if (x.axis.field == SweepField::Prompt) return x.values.front() == y.values.front();
  if (!x.isAdapter()) return true;
  const bool apart = x.axis.part != y.axis.part && x.axis.part != AdapterPart::Both && y.axis.part != AdapterPart::Both;
  return x.adapter == y.adapter && !apart;
}

void setWeight(AdapterUse& use, AdapterPart part, double weight) {
  use.enabled = true;
  if (part == AdapterPart::Unet && !use.textWeight) use.textWeight = use.weight;
  if (part != AdapterPart::Text) use.weight = weight;
  if (part == AdapterPart::Text) use.textWeight = weight;
  if (part == AdapterPart::Both) use.textWeight.reset();
}

std::string replaced(const std::string& text, const std::string& search, const std::string& replacement) {
  std::string result;
  size_t from = 0;
  for (size_t at = 0; (at = text.find(search, from)) != std::string::npos; from = at + search.size()) {
    result.append(text, from, at - from).append(replacement);
    if (result.size() > kMaxPromptBytes)
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("The sweep makes the prompt longer than {} KiB.", kMaxPromptBytes >> 10));
  }
  return result.append(text, from);
}

int wholeOf(const SweepValue& value) { return static_cast<int>(std::min<uint64_t>(value.whole, 1'000'000)); }

void apply(const OpenAxis& open, const SweepValue& value, GenerateRequest& request) {
  switch (open.axis.field) {
    case SweepField::Adapter:
      return setWeight(request.adapters[open.adapter], open.axis.part, value.number);
    case SweepField::Seed:
      request.seed = value.whole;
      return;
    case SweepField::Guidance:
      request.guidanceScale = value.number;
      return;
    case SweepField::Steps:
      request.steps = wholeOf(value);
      return;
    case SweepField::Sampler:
      request.sampler = value.sampler.sampler;
      if (value.sampler.schedule != Schedule::Default) request.schedule = value.sampler.schedule;
      return;
    case SweepField::Schedule:
      request.schedule = value.sampler.schedule;
      return;
    case SweepField::Strength:
      request.strength = value.number;
      return;
    case SweepField::ClipSkip:
      request.clipSkip = wholeOf(value);
      return;
    case SweepField::Prompt:
      request.prompt = replaced(request.prompt, open.values.front().text, value.text);
      request.negativePrompt = replaced(request.negativePrompt, open.values.front().text, value.text);
      return;
  }
}

/// How costly a change is: adapters are merged into the weights, texts encoded. An adapter that sets in late shares
/// the steps before it with the picture before, if nothing else differs.
int changeCost(const OpenAxis& open, const GenerateRequest& base) {
  if (open.isAdapter()) return base.adapters[open.adapter].begin > 0 ? 0 : 3;
  return open.axis.field == SweepField::Prompt || open.axis.field == SweepField::ClipSkip ? 2 : 1;
}

/// Names and texts speak for themselves, numbers do not.
std::vector<std::string> labelsOf(const OpenAxis& open) {
  const SweepField field = open.axis.field;
  const bool speaks = field == SweepField::Sampler || field == SweepField::Schedule || field == SweepField::Prompt;
  std::vector<std::string> labels;
  for (const SweepValue& value : open.values) {
    std::string label = speaks ? value.text : titleOf(open.axis) + " " + value.text;
    if (label.empty()) label = "(nothing)";
    labels.push_back(std::move(label));
  }
  return labels;
}

SweepCell makeCell(const GenerateRequest& base, const OpenAxis& x, const std::optional<OpenAxis>& y, int column,
                   int row, const SweepPlan& plan) {
  SweepCell cell{column, row, base};
  cell.request.imageCount = 1;
  apply(x, x.values[static_cast<size_t>(column)], cell.request);
  if (y) apply(*y, y->values[static_cast<size_t>(row)], cell.request);
  try {
    validate(cell.request);
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("{}: {}", plan.labelOf(cell), error.what()));
  }
  return cell;
}

}  // namespace

std::string SweepPlan::labelOf(const SweepCell& cell) const {
  std::string text = columns[static_cast<size_t>(cell.column)];
  if (hasRowLabels()) text += " · " + rows[static_cast<size_t>(cell.row)];
  return text;
}

SweepPlan planSweep(const GenerateRequest& base, const SweepAxis& xAxis, const std::optional<SweepAxis>& yAxis) {
  if (base.imageCount > 1)
    throw Error(ErrorKind::InvalidArgument,
                "A sweep makes one picture of each setting; sweep the seed to see several of each.");
  const OpenAxis x = openAxis(base, xAxis);
  const std::optional<OpenAxis> y = yAxis ? std::optional(openAxis(base, *yAxis)) : std::nullopt;
  if (y && changeTheSame(x, *y))
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("Both axes of the sweep change the same setting ({}).", titleOf(x.axis)));
  SweepPlan plan{labelsOf(x), y ? labelsOf(*y) : std::vector<std::string>(1), {}};
  const size_t count = plan.columnCount() * plan.rowCount();
  if (count > kMaxSweepPictures)
    throw Error(ErrorKind::InvalidArgument, fmt::format("The sweep has {} x {} = {} pictures; at most {} are made.",
                                                        plan.columnCount(), plan.rowCount(), count, kMaxSweepPictures));
  const bool columnsOutside = y && changeCost(x, base) > changeCost(*y, base);
  const auto outer = static_cast<int>(columnsOutside ? plan.columnCount() : plan.rowCount());
  const auto inner = static_cast<int>(columnsOutside ? plan.rowCount() : plan.columnCount());
  for (int i = 0; i < outer; ++i)
    for (int j = 0; j < inner; ++j)
      plan.cells.push_back(makeCell(base, x, y, columnsOutside ? i : j, columnsOutside ? j : i, plan));
  return plan;
}

std::string sweepInfotext(const GenerateRequest& base, const SweepAxis& x, const std::optional<SweepAxis>& y,
                          const PictureFacts& facts) {
  std::string text = toInfotext(base, 0, facts) + ", Script: X/Y/Z plot";
  const auto add = [&text](const char* letter, const SweepAxis& axis) {
    text += fmt::format(", {} Type: {}, {} Values: {}", letter, quoteInfotextValue(titleOf(axis)), letter,
                        quoteInfotextValue(axis.values));
  };
  add("X", x);
  if (y) add("Y", *y);
  return text;
}

}  // namespace lorikeet
