#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/raw_tensor.h"

namespace lorikeet {

struct PickleDocument;

/// A value of an unpickled torch file: a cheap view that shares the document. Containers may hold one another in any
/// shape, cycles included, so walk them with a bound (flattenTensors does).
class PickleValue {
 public:
  /// Tuples and sets count as lists. Opaque: a type, a device, a storage that no tensor uses.
  enum class Kind { None, Bool, Int, Float, String, Bytes, List, Dict, Tensor, Opaque };

  PickleValue(std::shared_ptr<const PickleDocument> document, uint32_t node);

  Kind kind() const;
  bool isDict() const { return kind() == Kind::Dict; }
  bool isList() const { return kind() == Kind::List; }
  bool isTensor() const { return kind() == Kind::Tensor; }

  /// Empty where the value is of another kind. Numbers: an Int is a number as well; a Bool is not.
  std::optional<bool> boolean() const;
  std::optional<int64_t> integer() const;
  std::optional<double> number() const;
  std::optional<std::string_view> text() const;
  std::optional<RawTensor> tensor() const;

  /// Elements of a list or pairs of a dict; 0 for everything else.
  size_t size() const;
  PickleValue item(size_t index) const;
  /// Of a dict: the key as text (integers in decimal, types by name) and the value.
  std::string key(size_t index) const;
  PickleValue value(size_t index) const;
  /// Of a dict: the value of a string key; the last one where it is there several times.
  std::optional<PickleValue> find(std::string_view key) const;

 private:
  std::shared_ptr<const PickleDocument> document_;
  uint32_t node_;
};

/// All tensors below a value by their path: "a.0.b" for value["a"][0]["b"], "" for a bare tensor. Throws Error(Corrupt)
/// if the containers are nested more than 64 deep or refer to one another in a way that makes a million paths.
std::map<std::string, RawTensor> flattenTensors(const PickleValue& value);

}  // namespace lorikeet
