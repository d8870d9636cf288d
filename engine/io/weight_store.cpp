#include "io/weight_store.h"

#include <fmt/format.h>

#include <lorikeet/error.h>

#include "core/check.h"
#include "io/nearest_names.h"
#include "io/prepared_weights.h"

namespace lorikeet {

struct WeightStore::State {
  struct Entry {
    RawTensor tensor;
    bool used = false;
  };
  std::string source;
  std::map<std::string, Entry, std::less<>> entries;
  std::shared_ptr<const PreparedWeights> prepared;
};

namespace {

const std::string& emptySource() {
  static const std::string text;
  return text;
}

}  // namespace

WeightStore::WeightStore(std::string source, std::map<std::string, RawTensor> tensors)
    : state_(std::make_shared<State>()) {
  state_->source = std::move(source);
  for (auto& item : tensors) state_->entries.emplace(item.first, State::Entry{std::move(item.second), false});
}

bool WeightStore::empty() const { return size() == 0; }
size_t WeightStore::size() const { return state_ ? state_->entries.size() : 0; }
const std::string& WeightStore::source() const { return state_ ? state_->source : emptySource(); }

std::vector<std::string> WeightStore::names() const {
  std::vector<std::string> result;
  if (!state_) return result;
  result.reserve(state_->entries.size());
  for (const auto& [name, entry] : state_->entries) result.push_back(name);
  return result;
}

const RawTensor& WeightStore::tensor(const std::string& name) const {
  CHECK(state_ && state_->entries.contains(name));
  return state_->entries.find(name)->second.tensor;
}

std::vector<std::string> WeightStore::unusedNames() const {
  std::vector<std::string> result;
  if (!state_) return result;
  for (const auto& [name, entry] : state_->entries)
    if (!entry.used) result.push_back(name);
  return result;
}

void WeightStore::setPrepared(std::shared_ptr<const PreparedWeights> prepared) {
  if (state_) state_->prepared = std::move(prepared);
}

WeightScope WeightStore::root() const { return {state_ ? state_ : std::make_shared<State>(), ""}; }

WeightScope::WeightScope(std::shared_ptr<WeightStore::State> state, std::string prefix)
    : state_(std::move(state)), prefix_(std::move(prefix)) {}

WeightScope WeightScope::scope(std::string_view child) const { return {state_, fmt::format("{}{}.", prefix_, child)}; }

std::string WeightScope::fullName(std::string_view name) const { return fmt::format("{}{}", prefix_, name); }

bool WeightScope::has(std::string_view name) const { return state_->entries.contains(fullName(name)); }

bool WeightScope::hasModule(std::string_view child) const {
  const std::string start = fmt::format("{}{}.", prefix_, child);
  const auto first = state_->entries.lower_bound(start);
  return first != state_->entries.end() && first->first.starts_with(start);
}

RawTensor WeightScope::get(std::string_view name) const {
  if (auto tensor = find(name)) return *std::move(tensor);
  const std::string missing = fullName(name);
  std::vector<std::string_view> known;
  known.reserve(state_->entries.size());
  for (const auto& [key, entry] : state_->entries) known.push_back(key);
  throw Error(ErrorKind::NotFound,
              fmt::format("The tensor \"{}\" is missing from {}{}.", missing, source(), suggestion(missing, known)));
}

RawTensor WeightScope::get(std::string_view name, const Shape& expected) const {
  RawTensor tensor = get(name);
  if (tensor.shape == expected) return tensor;
  throw Error(ErrorKind::Mismatch, fmt::format("The tensor \"{}\" of {} has the shape {} where {} is expected.",
                                               fullName(name), source(), tensor.shape.toString(), expected.toString()));
}

std::optional<RawTensor> WeightScope::find(std::string_view name) const {
  const auto found = state_->entries.find(fullName(name));
  if (found == state_->entries.end()) return std::nullopt;
  found->second.used = true;
  return found->second.tensor;
}

const std::string& WeightScope::source() const { return state_->source; }

std::optional<RawTensor> WeightScope::prepared(std::string_view name) const {
  return state_->prepared == nullptr ? std::nullopt : state_->prepared->find(fullName(name));
}

}  // namespace lorikeet
