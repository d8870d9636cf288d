#include "io/pickle_value.h"

#include <fmt/format.h>

#include <lorikeet/error.h>

#include "core/check.h"
#include "io/pickle_document.h"

namespace lorikeet {
namespace {

using Node = PickleDocument::Node;

constexpr int kMaxDepth = 64;
constexpr size_t kMaxVisits = 1'000'000;

PickleValue::Kind publicKind(PickleDocument::Kind kind) {
  using From = PickleDocument::Kind;
  using To = PickleValue::Kind;
  switch (kind) {
    case From::None:
      return To::None;
    case From::Bool:
      return To::Bool;
    case From::Int:
      return To::Int;
    case From::Float:
      return To::Float;
    case From::String:
      return To::String;
    case From::Bytes:
      return To::Bytes;
    case From::List:
    case From::Tuple:
      return To::List;
    case From::Dict:
      return To::Dict;
    case From::Tensor:
      return To::Tensor;
    case From::Storage:
    case From::Global:
    case From::Opaque:
      return To::Opaque;
  }
  return To::Opaque;
}

class Flattener {
 public:
  std::map<std::string, RawTensor> tensors;

  void visit(const PickleValue& value, const std::string& path, int depth) {
    visits_ += 1 + path.size() / 64;
    if (visits_ > kMaxVisits)
      throw Error(ErrorKind::Corrupt, "The file's containers refer to one another a million times.");
    if (value.isTensor()) tensors.insert_or_assign(path, *value.tensor());
    if (!value.isDict() && !value.isList()) return;
    if (depth == kMaxDepth) throw Error(ErrorKind::Corrupt, "The file's containers are nested more than 64 deep.");
    for (size_t i = 0; i < value.size(); ++i) {
      const PickleValue child = value.isDict() ? value.value(i) : value.item(i);
      if (!child.isTensor() && !child.isDict() && !child.isList()) continue;
      const std::string name = value.isDict() ? value.key(i) : std::to_string(i);
      visit(child, path.empty() ? name : fmt::format("{}.{}", path, name), depth + 1);
    }
  }

 private:
  size_t visits_ = 0;
};

}  // namespace

PickleValue::PickleValue(std::shared_ptr<const PickleDocument> document, uint32_t node)
    : document_(std::move(document)), node_(node) {
  CHECK(node_ < document_->nodes.size());
}

PickleValue::Kind PickleValue::kind() const { return publicKind(document_->nodes[node_].kind); }

std::optional<bool> PickleValue::boolean() const {
  if (kind() != Kind::Bool) return std::nullopt;
  return document_->nodes[node_].integer != 0;
}

std::optional<int64_t> PickleValue::integer() const {
  if (kind() != Kind::Int) return std::nullopt;
  return document_->nodes[node_].integer;
}

std::optional<double> PickleValue::number() const {
  if (kind() == Kind::Float) return document_->nodes[node_].real;
  if (kind() == Kind::Int) return static_cast<double>(document_->nodes[node_].integer);
  return std::nullopt;
}

std::optional<std::string_view> PickleValue::text() const {
  if (kind() != Kind::String) return std::nullopt;
  return document_->nodes[node_].text;
}

std::optional<RawTensor> PickleValue::tensor() const {
  if (kind() != Kind::Tensor) return std::nullopt;
  return document_->tensors.at(static_cast<size_t>(document_->nodes[node_].integer));
}

size_t PickleValue::size() const {
  const Node& node = document_->nodes[node_];
  if (isList()) return node.items.size();
  return isDict() ? node.items.size() / 2 : 0;
}

PickleValue PickleValue::item(size_t index) const {
  CHECK(isList() && index < size());
  return {document_, document_->nodes[node_].items[index]};
}

std::string PickleValue::key(size_t index) const {
  CHECK(isDict() && index < size());
  const Node& key = document_->nodes[document_->nodes[node_].items[2 * index]];
  switch (key.kind) {
    case PickleDocument::Kind::String:
    case PickleDocument::Kind::Global:
    case PickleDocument::Kind::Opaque:
      return key.text;
    case PickleDocument::Kind::Int:
      return std::to_string(key.integer);
    case PickleDocument::Kind::Float:
      return fmt::format("{}", key.real);
    case PickleDocument::Kind::Bool:
      return key.integer != 0 ? "True" : "False";
    default:
      return fmt::format("<key {}>", index);
  }
}

PickleValue PickleValue::value(size_t index) const {
  CHECK(isDict() && index < size());
  return {document_, document_->nodes[node_].items[2 * index + 1]};
}

std::optional<PickleValue> PickleValue::find(std::string_view key) const {
  if (!isDict()) return std::nullopt;
  const std::vector<uint32_t>& items = document_->nodes[node_].items;
  for (size_t i = items.size(); i >= 2; i -= 2) {
    const Node& candidate = document_->nodes[items[i - 2]];
    if (candidate.kind == PickleDocument::Kind::String && candidate.text == key)
      return PickleValue(document_, items[i - 1]);
  }
  return std::nullopt;
}

std::map<std::string, RawTensor> flattenTensors(const PickleValue& value) {
  Flattener flattener;
  flattener.visit(value, "", 0);
  return std::move(flattener.tensors);
}

}  // namespace lorikeet
