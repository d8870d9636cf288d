#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/raw_tensor.h"

namespace lorikeet {

class PreparedWeights;
class WeightScope;

/// The tensors of one network under their canonical names: those of today's diffusers and transformers
/// ("down_blocks.0.resnets.0.conv1.weight", "text_model.encoder.layers.0.self_attn.q_proj.weight"), whatever the file
/// called them. Counts which ones were asked for. Cheap to copy (shares its state); not thread-safe.
class WeightStore {
 public:
  WeightStore() = default;
  /// `source` names the file or folder in messages.
  WeightStore(std::string source, std::map<std::string, RawTensor> tensors);

  bool empty() const;
  size_t size() const;
  const std::string& source() const;
  /// Full names in order.
  std::vector<std::string> names() const;
  /// A tensor of names(), for looking at: it does not count as asked for.
  const RawTensor& tensor(const std::string& name) const;
  /// Tensors that nothing has asked for yet.
  std::vector<std::string> unusedNames() const;
  WeightScope root() const;
  /// Forms of the matrices that were kept from an earlier load, for the layers that are built from this store.
  void setPrepared(std::shared_ptr<const PreparedWeights> prepared);

 private:
  friend class WeightScope;
  struct State;
  std::shared_ptr<State> state_;
};

/// A view of a store below one module, in which a layer resolves its tensors once.
class WeightScope {
 public:
  /// The scope of a child module: scope("down_blocks.0").scope("resnets.1").
  WeightScope scope(std::string_view child) const;
  /// "down_blocks.0.resnets.1.conv1.weight" for "conv1.weight".
  std::string fullName(std::string_view name) const;

  bool has(std::string_view name) const;
  /// True if any tensor's name begins with this scope and `child` followed by a dot.
  bool hasModule(std::string_view child) const;
  /// Marks the tensor as used. Throws Error(NotFound) with the full name and the nearest names that exist.
  RawTensor get(std::string_view name) const;
  /// As get(); throws Error(Mismatch) with both shapes if the shape differs.
  RawTensor get(std::string_view name, const Shape& expected) const;
  std::optional<RawTensor> find(std::string_view name) const;
  const std::string& source() const;
  /// What setPrepared() holds of a tensor.
  std::optional<RawTensor> prepared(std::string_view name) const;

 private:
  friend class WeightStore;
  WeightScope(std::shared_ptr<WeightStore::State> state, std::string prefix);
  std::shared_ptr<WeightStore::State> state_;
  std::string prefix_;  ///< "" or "down_blocks.0."
};

}  // namespace lorikeet
