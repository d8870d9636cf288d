#pragma once
#include <cstdint>
#include <list>
#include <string>
#include <utility>

namespace lorikeet {

/// Results that may be of use again, by a key that says all that they depend on. Those that were not used for longest
/// make room. There are few: looked up one by one.
template <class Value>
class RecentValues {
 public:
  explicit RecentValues(int64_t byteLimit) : byteLimit_(byteLimit) {}

  /// Null where there is none; valid until the next keep().
  const Value* find(const std::string& key) {
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (entry->key != key) continue;
      entries_.splice(entries_.begin(), entries_, entry);
      return &entries_.front().value;
    }
    return nullptr;
  }

  /// Larger values than the limit are not kept.
  void keep(std::string key, Value value, int64_t byteSize) {
    if (byteSize > byteLimit_) return;
    entries_.push_front({std::move(key), std::move(value), byteSize});
    byteSize_ += byteSize;
    for (; byteSize_ > byteLimit_; entries_.pop_back()) byteSize_ -= entries_.back().byteSize;
  }

  void clear() {
    entries_.clear();
    byteSize_ = 0;
  }
  int64_t byteSize() const { return byteSize_; }

 private:
  struct Entry {
    std::string key;
    Value value;
    int64_t byteSize = 0;
  };
  int64_t byteLimit_;
  int64_t byteSize_ = 0;
  std::list<Entry> entries_;  ///< the one used last comes first
};

}  // namespace lorikeet
