#include "text/bpe_merger.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>
#include <utility>

namespace lorikeet {
namespace {

constexpr size_t kLongestScannedWord = 24;

void mergeByScanning(const MergeTable& merges, std::vector<int>& ids, size_t begin) {
  while (ids.size() - begin > 1) {
    Merge best;
    int left = 0, right = 0;
    for (size_t i = begin; i + 1 < ids.size(); ++i) {
      const Merge merge = merges.find(ids[i], ids[i + 1]);
      if (merge.rank < 0 || (best.rank >= 0 && merge.rank >= best.rank)) continue;
      best = merge;
      left = ids[i];
      right = ids[i + 1];
    }
    if (best.rank < 0) return;
    size_t out = begin;
    for (size_t i = begin; i < ids.size(); ++i) {
      const bool pair = ids[i] == left && i + 1 < ids.size() && ids[i + 1] == right;
      ids[out++] = pair ? best.merged : ids[i];
      if (pair) ++i;
    }
    ids.resize(out);
  }
}

/// The word as a linked list, with a queue of its pairs by rank and place.
class LongWordMerger {
 public:
  LongWordMerger(const MergeTable& merges, std::vector<int>& ids, size_t begin)
      : merges_(merges), ids_(ids), begin_(begin), nodes_(ids.size() - begin) {
    const int count = static_cast<int>(nodes_.size());
    for (int i = 0; i < count; ++i)
      nodes_[i] = {ids[begin + static_cast<size_t>(i)], i - 1, i + 1 < count ? i + 1 : -1, {}};
    for (int i = 0; i + 1 < count; ++i) lookUp(i);
  }

  void run() {
    std::vector<int> round;
    while (!queue_.empty()) {
      // All pairs of one rank merge before any pair that they make, even one of lower rank.
      const int rank = queue_.top().first;
      round.clear();
      while (!queue_.empty() && queue_.top().first == rank) {
        round.push_back(queue_.top().second);
        queue_.pop();
      }
      for (const int place : round)
        if (nodes_[place].merge.rank == rank) mergeAt(place);
    }
    ids_.resize(begin_);
    for (int i = 0; i >= 0; i = nodes_[i].next) ids_.push_back(nodes_[i].id);
  }

 private:
  struct Node {
    int id = 0;
    int previous = -1;
    int next = -1;
    Merge merge;  ///< with the next node
  };

  void lookUp(int place) {
    Node& node = nodes_[place];
    node.merge = node.next >= 0 ? merges_.find(node.id, nodes_[node.next].id) : Merge{};
    if (node.merge.rank >= 0) queue_.emplace(node.merge.rank, place);
  }

  void mergeAt(int place) {
    Node& node = nodes_[place];
    Node& gone = nodes_[node.next];
    node.id = node.merge.merged;
    node.next = gone.next;
    gone.merge = {};
    if (node.next >= 0) nodes_[node.next].previous = place;
    lookUp(place);
    if (node.previous >= 0) lookUp(node.previous);
  }

  const MergeTable& merges_;
  std::vector<int>& ids_;
  size_t begin_;
  std::vector<Node> nodes_;
  using Entry = std::pair<int, int>;  ///< rank, place
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue_;
};

}  // namespace

void mergePairs(const MergeTable& merges, std::vector<int>& ids, size_t begin) {
  const size_t count = ids.size() - begin;
  if (count <= kLongestScannedWord)
    mergeByScanning(merges, ids, begin);
  else
    LongWordMerger(merges, ids, begin).run();
}

}  // namespace lorikeet
