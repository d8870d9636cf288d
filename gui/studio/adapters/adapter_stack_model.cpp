#include "studio/adapters/adapter_stack_model.h"

#include <QFileInfo>
#include <algorithm>
#include <set>

#include "studio/commands/adapter_stack_command.h"
#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

/// A file that is being written changes many times; it is read when it has come to rest.
constexpr int kRecheckMs = 400;

std::vector<quint64> idsOf(const AdapterStackState& state) {
  std::vector<quint64> ids;
  for (const AdapterEntry& entry : state.entries) ids.push_back(entry.id);
  return ids;
}

template <class State>
auto entryIn(State& state, quint64 id) -> decltype(&state.entries.front()) {
  const auto found = std::ranges::find(state.entries, id, &AdapterEntry::id);
  return found == state.entries.end() ? nullptr : &*found;
}

}  // namespace

AdapterStackModel::AdapterStackModel(QObject* parent) : QObject(parent), queue_(this) {
  recheck_.setSingleShot(true);
  recheck_.setInterval(kRecheckMs);
  connect(&watcher_, &QFileSystemWatcher::fileChanged, this, &AdapterStackModel::examineChanged);
  connect(&recheck_, &QTimer::timeout, this, [this] {
    for (const QString& file : std::exchange(changedFiles_, {})) examine(toPath(file));
  });
}

const AdapterEntry* AdapterStackModel::find(quint64 id) const { return entryIn(state_, id); }

int AdapterStackModel::rowOf(quint64 id) const {
  const AdapterEntry* entry = find(id);
  return entry ? int(entry - state_.entries.data()) : -1;
}

AdapterCondition AdapterStackModel::condition(const Path& file) const {
  const auto found = conditions_.find(file);
  return found == conditions_.end() ? AdapterCondition() : found->second;
}

double AdapterStackModel::defaultWeight(const Path& file) const {
  return defaultWeights_ ? defaultWeights_(pathToQString(file)) : 1;
}

void AdapterStackModel::add(const std::vector<AdapterUse>& uses) {
  AdapterStackState after = state_;
  for (const AdapterUse& use : uses) after.entries.push_back(newEntry(use));
  push(std::move(after), tr("Add adapters"));
}

void AdapterStackModel::addFiles(const QStringList& files) {
  std::vector<AdapterUse> uses;
  for (const QString& file : files) {
    uses.emplace_back();
    uses.back().file = toPath(file);
  }
  add(uses);
}

void AdapterStackModel::addEmbeddings(const QStringList& files) {
  AdapterStackState after = state_;
  for (const QString& file : files)
    if (std::ranges::find(after.embeddings, toPath(file)) == after.embeddings.end())
      after.embeddings.push_back(toPath(file));
  push(std::move(after), tr("Add textual inversions"));
}

void AdapterStackModel::remove(quint64 id) {
  AdapterStackState after = state_;
  std::erase_if(after.entries, [id](const AdapterEntry& entry) { return entry.id == id; });
  push(std::move(after), tr("Remove adapter"));
}

void AdapterStackModel::removeEmbedding(const Path& file) {
  AdapterStackState after = state_;
  std::erase(after.embeddings, file);
  push(std::move(after), tr("Remove textual inversion"));
}

void AdapterStackModel::clear() { push({}, tr("Clear the stack")); }

void AdapterStackModel::move(quint64 id, int row) {
  const int from = rowOf(id);
  if (from < 0) return;
  AdapterStackState after = state_;
  const auto first = after.entries.begin();
  const int to = std::clamp(row, 0, int(after.entries.size()) - 1);
  if (from < to) std::rotate(first + from, first + from + 1, first + to + 1);
  if (to < from) std::rotate(first + to, first + from, first + from + 1);
  push(std::move(after), tr("Move adapter"));
}

void AdapterStackModel::setUse(quint64 id, const AdapterUse& use, Control control) {
  constexpr quint64 kControls = 8;
  const quint64 key = control == Control::None ? 0 : ((gesture_ << 20) + id) * kControls + quint64(control);
  change(id, tr("Change adapter"), key, [&use](AdapterEntry& entry) { entry.use = use; });
}

void AdapterStackModel::setEnabled(quint64 id, bool enabled) {
  change(id, enabled ? tr("Switch adapter on") : tr("Switch adapter off"), 0,
         [enabled](AdapterEntry& entry) { entry.use.enabled = enabled; });
}

void AdapterStackModel::setSolo(quint64 id, bool solo) {
  change(id, tr("Solo"), 0, [solo](AdapterEntry& entry) { entry.solo = solo; });
}

void AdapterStackModel::setMuted(quint64 id, bool muted) {
  change(id, tr("Mute"), 0, [muted](AdapterEntry& entry) { entry.muted = muted; });
}

void AdapterStackModel::replace(const std::vector<AdapterUse>& uses, const QString& text) {
  AdapterStackState after = state_;
  after.entries.clear();
  for (const AdapterUse& use : uses) after.entries.push_back(newEntry(use));
  push(std::move(after), text);
}

void AdapterStackModel::setModel(const Path& model) {
  if (model == model_ && generation_ > 0) return;
  model_ = model;
  ++generation_;
  conditions_.clear();
  queue_.clear();
  examineNew();
  for (const AdapterEntry& entry : state_.entries) emit conditionChanged(pathToQString(entry.use.file));
}

void AdapterStackModel::reportProblem(const Path& file, const QString& sentence) {
  AdapterCondition& condition = conditions_[file];
  condition.state = AdapterCondition::State::Problem;
  condition.sentence = sentence;
  emit conditionChanged(pathToQString(file));
}

void AdapterStackModel::fill(GenerateRequest& request) const {
  request.adapters = effectiveUses(state_);
  request.embeddings = state_.embeddings;
}

void AdapterStackModel::show(const GenerateRequest& request) {
  if (request.adapters == effectiveUses(state_) && request.embeddings == state_.embeddings) return;
  AdapterStackState after;
  for (const AdapterUse& use : request.adapters) after.entries.push_back(newEntry(use));
  after.embeddings = request.embeddings;
  const bool isFirst = undo_.count() == 0 && state_ == AdapterStackState();
  const AdapterStackState expected = std::exchange(expected_, {});
  if (isFirst && effectiveUses(expected) == request.adapters && expected.embeddings == request.embeddings) {
    lastId_ = std::max(lastId_, quint64(expected.entries.size()));
    restore(expected);
  } else if (isFirst) {
    restore(after);  // what the last session left behind is not a change of this one
  } else {
    push(std::move(after), tr("Use settings"));
  }
}

void AdapterStackModel::push(AdapterStackState after, const QString& text, quint64 control) {
  if (after == state_) return;
  undo_.push(new AdapterStackCommand(state_, std::move(after), control, text,
                                     [this](const AdapterStackState& state) { restore(state); }));
}

void AdapterStackModel::restore(const AdapterStackState& state) {
  const AdapterStackState before = std::exchange(state_, state);
  examineNew();
  announce(before);
}

void AdapterStackModel::change(quint64 id, const QString& text, quint64 control,
                               const std::function<void(AdapterEntry&)>& edit) {
  AdapterStackState after = state_;
  AdapterEntry* entry = entryIn(after, id);
  if (!entry) return;
  edit(*entry);
  push(std::move(after), text, control);
}

void AdapterStackModel::announce(const AdapterStackState& before) {
  if (idsOf(before) != idsOf(state_)) emit rowsChanged();
  for (const AdapterEntry& entry : state_.entries) {
    const AdapterEntry* old = entryIn(before, entry.id);
    const bool effectDiffers = old && isInEffect(before, *old) != isInEffect(state_, entry);
    if (old && (*old != entry || effectDiffers)) emit entryChanged(entry.id);
  }
  if (before.embeddings != state_.embeddings) emit embeddingsChanged();
  if (effectiveUses(before) != effectiveUses(state_) || before.embeddings != state_.embeddings) emit effectChanged();
}

void AdapterStackModel::examineNew() {
  std::set<Path> files;
  for (const AdapterEntry& entry : state_.entries) files.insert(entry.use.file);
  std::erase_if(conditions_, [&files](const auto& known) { return !files.contains(known.first); });
  for (const Path& file : files)
    if (!conditions_.contains(file)) examine(file);
}

void AdapterStackModel::examine(const Path& file) {
  conditions_.try_emplace(file);
  const QString name = pathToQString(file);
  if (QFileInfo::exists(name)) watcher_.addPath(name);
  queue_.run([file, model = model_] { return examineAdapter(file, model); },
             [this, file, name, generation = generation_](AdapterCondition condition) {
               const auto known = conditions_.find(file);
               if (generation != generation_ || known == conditions_.end()) return;
               known->second = std::move(condition);
               emit conditionChanged(name);
             });
}

void AdapterStackModel::examineChanged(const QString& file) {
  if (!changedFiles_.contains(file)) changedFiles_ << file;
  recheck_.start();
}

AdapterEntry AdapterStackModel::newEntry(AdapterUse use) {
  AdapterEntry entry;
  entry.id = ++lastId_;
  entry.use = std::move(use);
  return entry;
}

}  // namespace lorikeet
