#include "text/wildcards.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "io/nearest_names.h"
#include "text/choice_syntax.h"

namespace lorikeet {
namespace {

constexpr size_t kMaxExpandedBytes = size_t(4) << 20;
constexpr int kMaxExpansions = 100'000;
constexpr size_t kMaxWork = 100'000'000;
constexpr size_t kLongestName = 256;
using Severity = PromptIssue::Severity;

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
class ChoiceRng {
 public:
  ChoiceRng(uint64_t seed, uint64_t stream) : state_(seed ^ (stream * 0xd1342543de82ef95ULL)) {}
  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  size_t below(size_t count) {
    return std::min(count - 1, static_cast<size_t>(uniform() * static_cast<double>(count)));
  }

 private:
  uint64_t state_;
};

/// A text whose wildcards are being expanded: the prompt, or a line of a wildcard.
struct Source {
  std::string text;
  std::vector<ChoiceGroup> groups;
  std::string wildcard;  ///< the name whose line this is; empty for the prompt
  std::shared_ptr<const Source> parent;

  bool isInside(std::string_view name) const {
    for (const Source* source = this; source != nullptr; source = source->parent.get())
      if (source->wildcard == name) return true;
    return false;
  }
};

/// A part of a source that is still to be written.
struct Task {
  std::shared_ptr<const Source> source;  ///< null: `literal`
  size_t begin = 0, end = 0;
  std::string literal;
  size_t position = 0;  ///< in the prompt, for parts of wildcards
};

class Expander {
 public:
  Expander(WildcardFolder& folder, uint64_t seed, uint64_t stream) : folder_(folder), rng_(seed, stream) {}

  WildcardExpansion expand(std::string_view prompt) {
    std::vector<size_t> unclosed;
    auto source = std::make_shared<Source>();
    source->text = prompt;
    source->groups = findChoiceGroups(source->text, &unclosed);
    for (const size_t at : unclosed)
      addIssue(&result_.issues, {Severity::Warning, at, 1, "This brace has no partner, so it stays as text"});
    tasks_.push_back({std::move(source), 0, prompt.size(), {}, 0});
    while (!tasks_.empty()) {
      Task task = std::move(tasks_.back());
      tasks_.pop_back();
      if (task.source)
        run(std::move(task));
      else
        append(task.literal);
    }
    return std::move(result_);
  }

 private:
  /// Writes the part up to its first wildcard or choice, and lays what is left aside.
  void run(Task task) {
    const Source& source = *task.source;
    const std::string_view text = source.text;
    const auto group = std::lower_bound(source.groups.begin(), source.groups.end(), task.begin,
                                        [](const ChoiceGroup& g, size_t at) { return g.open < at; });
    const size_t limit = group == source.groups.end() ? task.end : std::min(group->open, task.end);
    for (size_t i = task.begin; i < limit; ++i) {
      if (text[i] == '#') {
        const size_t lineEnd = std::min(text.find('\n', i), task.end);
        append(text.substr(task.begin, lineEnd - task.begin));
        task.begin = lineEnd;
        tasks_.push_back(std::move(task));
        return;
      }
      const size_t nameEnd = text[i] == '_' ? endOfName(text, i, task.end) : 0;
      if (nameEnd == 0) continue;
      append(text.substr(task.begin, i - task.begin));
      task.begin = nameEnd;
      const Task rest = task;
      tasks_.push_back(std::move(task));
      takeLine(rest, i, nameEnd);
      return;
    }
    append(text.substr(task.begin, limit - task.begin));
    if (limit == task.end) return;
    task.begin = group->close + 1;
    const Task rest = task;
    tasks_.push_back(std::move(task));
    takeOptions(rest, *group);
  }

  /// The end of the __name__ at i, or 0.
  static size_t endOfName(std::string_view text, size_t i, size_t end) {
    if (i + 4 >= end || text[i + 1] != '_' || text[i + 2] == '_') return 0;
    const std::string_view rest = text.substr(i + 2, std::min(end - i - 2, kLongestName));
    const size_t close = rest.find("__");
    if (close == std::string_view::npos || rest.substr(0, close).find_first_of("\n,(){}[]<>|:#") < close) return 0;
    if (rest[0] == ' ' || rest[close - 1] == ' ') return 0;
    return i + 2 + close + 2;
  }

  void takeLine(const Task& task, size_t begin, size_t end) {
    const Source& source = *task.source;
    const std::string pattern = source.text.substr(begin + 2, end - begin - 4);
    const size_t position = source.parent ? task.position : begin;
    std::vector<std::string> names = folder_.matching(pattern);
    const bool exists = !names.empty();
    const bool cycle = std::erase_if(names, [&](const std::string& name) { return source.isInside(name); }) > 0;
    size_t count = 0;
    for (const std::string& name : names) count += folder_.choices(name).size();
    if (count == 0) {
      noteNothing(source, pattern, position, end - begin, cycle, exists);
      append(std::string_view(source.text).substr(begin, end - begin));
      return;
    }
    countExpansion(folder_.size());
    size_t choice = rng_.below(count);
    for (const std::string& name : names) {
      const std::vector<std::string>& lines = folder_.choices(name);
      if (choice < lines.size()) {
        const std::string& line = lines[choice];
        auto chosen = std::make_shared<Source>(Source{line, findChoiceGroups(line), name, task.source});
        tasks_.push_back({std::move(chosen), 0, line.size(), {}, position});
        return;
      }
      choice -= lines.size();
    }
  }

  void noteNothing(const Source& source, const std::string& pattern, size_t position, size_t length, bool cycle,
                   bool exists) {
    std::string message;
    if (cycle) {
      message = fmt::format("The wildcard \"{}\" contains itself: ", pattern);
      std::string chain = pattern;
      for (const Source* s = &source; s != nullptr && !s->wildcard.empty(); s = s->parent.get())
        chain.insert(0, s->wildcard + " -> ");
      message += chain;
    } else if (exists) {
      message = fmt::format("The wildcard \"{}\" has no lines to choose from", pattern);
    } else if (folder_.path().empty()) {
      message = fmt::format("There is no wildcard \"{}\": no folder of wildcards is chosen", pattern);
    } else {
      const std::vector<std::string> names = folder_.names();
      const std::vector<std::string_view> views(names.begin(), names.end());
      message = fmt::format("There is no wildcard \"{}\"{}", pattern, suggestion(pattern, views));
    }
    addIssue(&result_.issues, {Severity::Error, position, source.parent ? size_t(1) : length, std::move(message)});
  }

  void takeOptions(const Task& task, const ChoiceGroup& group) {
    countExpansion(group.options.size());
    const size_t most = std::min(group.atMost, group.options.size());
    const size_t least = std::min(group.atLeast, most);
    if (group.atLeast > group.options.size()) {
      addIssue(&result_.issues,
               {Severity::Warning, task.source->parent ? task.position : group.open, 1,
                fmt::format("{} options are wanted here, but there are only {}", group.atLeast, group.options.size())});
    }
    const size_t count = least + (most > least ? rng_.below(most - least + 1) : 0);
    const std::vector<size_t> chosen = draw(group.options, count);
    for (size_t k = chosen.size(); k-- > 0;) {
      const ChoiceOption& option = group.options[chosen[k]];
      tasks_.push_back({task.source, option.begin, option.end, {}, task.position});
      if (k > 0) tasks_.push_back({nullptr, 0, 0, group.separator, 0});
    }
  }

  /// Different options by weight, in the order drawn.
  std::vector<size_t> draw(const std::vector<ChoiceOption>& options, size_t count) {
    std::vector<size_t> left(options.size()), chosen;
    std::iota(left.begin(), left.end(), size_t(0));
    const bool equal = std::all_of(options.begin(), options.end(), [](const auto& o) { return o.weight == 1; });
    while (chosen.size() < count) {
      countExpansion(equal ? 1 : left.size());
      const size_t at = equal ? rng_.below(left.size()) : drawByWeight(options, left);
      chosen.push_back(left[at]);
      left[at] = left.back();
      left.pop_back();
    }
    return chosen;
  }

  size_t drawByWeight(const std::vector<ChoiceOption>& options, const std::vector<size_t>& left) {
    double total = 0;
    for (const size_t i : left) total += options[i].weight;
    if (total <= 0) return rng_.below(left.size());
    double point = rng_.uniform() * total;
    for (size_t at = 0; at < left.size(); ++at) {
      point -= options[left[at]].weight;
      if (point < 0) return at;
    }
    return left.size() - 1;
  }

  /// Keeps wildcards that multiply each other from running for ever.
  void countExpansion(size_t work) {
    result_.changed = true;
    work_ += work;
    if (++expansions_ > kMaxExpansions || work_ > kMaxWork)
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("The wildcards of the prompt make more than {} choices", kMaxExpansions));
  }

  void append(std::string_view text) {
    if (result_.text.size() + text.size() > kMaxExpandedBytes)
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("The prompt grows beyond {} bytes through its wildcards", kMaxExpandedBytes));
    result_.text.append(text);
  }

  WildcardFolder& folder_;
  ChoiceRng rng_;
  std::vector<Task> tasks_;
  WildcardExpansion result_;
  int expansions_ = 0;
  size_t work_ = 0;
};

}  // namespace

WildcardExpansion expandWildcards(std::string_view prompt, WildcardFolder& folder, uint64_t seed, uint64_t stream) {
  return Expander(folder, seed, stream).expand(prompt);
}

}  // namespace lorikeet
