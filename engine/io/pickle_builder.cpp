#include "io/pickle_builder.h"

#include <fmt/format.h>

#include <lorikeet/error.h>
#include <bit>

#include "core/shape.h"
#include "io/byte_reader.h"
#include "io/utf8.h"

namespace lorikeet {
namespace {

constexpr uint64_t kMaxBytes = uint64_t{256} << 20;

bool isContainer(PickleDocument::Kind kind) {
  return kind == PickleDocument::Kind::List || kind == PickleDocument::Kind::Tuple ||
         kind == PickleDocument::Kind::Dict;
}

bool isSequence(PickleDocument::Kind kind) {
  return kind == PickleDocument::Kind::List || kind == PickleDocument::Kind::Tuple;
}

/// A name from the file in a form that can be shown.
std::string printable(std::string_view module, std::string_view name) {
  std::string text = fmt::format("{}.{}", module.substr(0, 100), name.substr(0, 100));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
  return text;
}

}  // namespace

void PickleBuilder::fail(const std::string& reason) const {
  throw Error(ErrorKind::Corrupt, fmt::format("{}: {}.", source_, reason));
}

void PickleBuilder::charge(uint64_t bytes) {
  chargedBytes_ += bytes;
  if (chargedBytes_ > kMaxBytes) fail("its objects need more than 256 MiB of memory, without the tensors");
}

uint32_t PickleBuilder::make(Kind kind, int64_t integer, double real) {
  charge(sizeof(Node));
  Node& made = document_.nodes.emplace_back();
  made.kind = kind;
  made.integer = integer;
  made.real = real;
  return static_cast<uint32_t>(document_.nodes.size() - 1);
}

uint32_t PickleBuilder::makeText(Kind kind, std::string_view text) {
  charge(text.size());
  const uint32_t made = make(kind);
  document_.nodes[made].text = text;
  return made;
}

uint32_t PickleBuilder::makeContainer(Kind kind, std::span<const uint32_t> items) {
  const uint32_t made = make(kind);
  append(made, items);
  return made;
}

void PickleBuilder::append(uint32_t container, std::span<const uint32_t> items) {
  charge(items.size_bytes());
  Node& target = document_.nodes[container];
  target.items.insert(target.items.end(), items.begin(), items.end());
}

uint32_t PickleBuilder::makeGlobal(std::string_view module, std::string_view name) {
  const auto known = findPickleGlobal(module, name);
  if (!known) {
    throw Error(
        ErrorKind::Unsupported,
        fmt::format("{}: it refers to the Python object \"{}\", which Lorikeet refuses to load: only tensors and plain "
                    "containers are read.",
                    source_, printable(module, name)));
  }
  const uint32_t made = makeText(Kind::Global, name);
  document_.nodes[made].integer = *known;
  return made;
}

const PickleBuilder::Node& PickleBuilder::argument(const Node& arguments, size_t index, Kind kind,
                                                   std::string_view what) const {
  if (index >= arguments.items.size()) fail(fmt::format("the {} of an object is missing", what));
  const Node& found = node(arguments.items[index]);
  if (found.kind != kind && !(kind == Kind::Tuple && isSequence(found.kind)))
    fail(fmt::format("the {} of an object is of a wrong type", what));
  return found;
}

uint32_t PickleBuilder::call(uint32_t function, uint32_t arguments) {
  if (node(function).kind != Kind::Global) fail("it calls something that is no function");
  if (!isSequence(node(arguments).kind)) fail("it calls a function without arguments");
  const Node given = node(arguments);  // a copy: making values moves the nodes
  charge(given.items.size() * sizeof(uint32_t));
  switch (pickleGlobal(static_cast<uint32_t>(node(function).integer)).meaning) {
    case PickleGlobal::OrderedDict:
    case PickleGlobal::Dict:
    case PickleGlobal::ParameterDict:
      return makeDict(given);
    case PickleGlobal::DefaultDict:
      return makeContainer(Kind::Dict, {});
    case PickleGlobal::List:
    case PickleGlobal::Set:
    case PickleGlobal::Size:
      return makeListFrom(given);
    case PickleGlobal::RebuildTensor:
    case PickleGlobal::RebuildTensorV2:
      return makeTensor(given, false);
    case PickleGlobal::RebuildTensorV3:
      return makeTensor(given, true);
    case PickleGlobal::RebuildParameter:
      argument(given, 0, Kind::Tensor, "tensor");
      return given.items[0];
    case PickleGlobal::RebuildFromType: {
      const Node& inner = argument(given, 0, Kind::Global, "function");
      const auto meaning = pickleGlobal(static_cast<uint32_t>(inner.integer)).meaning;
      if (meaning == PickleGlobal::RebuildFromType) fail("it wraps a tensor more than once");
      argument(given, 2, Kind::Tuple, "arguments");
      return call(given.items[0], given.items[2]);
    }
    case PickleGlobal::Device:
      return makeText(Kind::Opaque, "device");
    case PickleGlobal::NumpyDtype:
      return makeText(Kind::Opaque, argument(given, 0, Kind::String, "numpy type").text);
    case PickleGlobal::NumpyScalar:
      return makeNumpyScalar(given);
    case PickleGlobal::CodecsEncode:
      return makeEncoded(given);
    case PickleGlobal::StorageType:
    case PickleGlobal::UntypedStorage:
    case PickleGlobal::TorchDtype:
    case PickleGlobal::InertType:
      break;
  }
  throw Error(ErrorKind::Unsupported,
              fmt::format("{}: it wants to make an object of the Python type \"{}\", which Lorikeet refuses.", source_,
                          node(function).text));
}

void PickleBuilder::setState(uint32_t object, uint32_t state) {
  if (node(object).kind != Kind::Dict || node(state).kind != Kind::Dict) return;
  // A ParameterDict keeps its entries in the state's "_parameters"; an OrderedDict's state holds attributes only.
  const std::vector<uint32_t> items = node(state).items;
  charge(items.size() * sizeof(uint32_t));
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    const Node& key = node(items[i]);
    if (key.kind != Kind::String || key.text != "_parameters" || node(items[i + 1]).kind != Kind::Dict) continue;
    const std::vector<uint32_t> entries = node(items[i + 1]).items;
    append(object, entries);
  }
}

uint32_t PickleBuilder::makeDict(const Node& arguments) {
  if (arguments.items.empty()) return makeContainer(Kind::Dict, {});
  const Node& first = node(arguments.items[0]);
  if (!isContainer(first.kind)) fail("a dictionary is made from something that is no container");
  if (first.kind == Kind::Dict) return makeContainer(Kind::Dict, std::vector<uint32_t>(first.items));
  std::vector<uint32_t> items;
  for (const uint32_t pair : first.items) {
    if (!isSequence(node(pair).kind) || node(pair).items.size() != 2)
      fail("a dictionary is made from something else than pairs");
    items.insert(items.end(), node(pair).items.begin(), node(pair).items.end());
  }
  return makeContainer(Kind::Dict, items);
}

uint32_t PickleBuilder::makeListFrom(const Node& arguments) {
  if (arguments.items.empty()) return makeContainer(Kind::List, {});
  return makeContainer(Kind::List, std::vector<uint32_t>(argument(arguments, 0, Kind::Tuple, "elements").items));
}

std::vector<uint64_t> PickleBuilder::counts(const Node& list, std::string_view what) const {
  std::vector<uint64_t> result;
  if (list.items.size() > Shape::kMaxRank) fail("a tensor has more than 8 dimensions");
  result.reserve(list.items.size());
  for (const uint32_t item : list.items) {
    if (node(item).kind != Kind::Int || node(item).integer < 0)
      fail(fmt::format("the {} of a tensor is not made of whole numbers", what));
    result.push_back(static_cast<uint64_t>(node(item).integer));
  }
  return result;
}

uint32_t PickleBuilder::makeTensor(const Node& arguments, bool hasDtype) {
  PickleDocument::TensorView view;
  view.storage = static_cast<uint32_t>(argument(arguments, 0, Kind::Storage, "storage").integer);
  const Node& offset = argument(arguments, 1, Kind::Int, "offset");
  if (offset.integer < 0) fail("the offset of a tensor is negative");
  view.offset = static_cast<uint64_t>(offset.integer);
  view.shape = counts(argument(arguments, 2, Kind::Tuple, "shape"), "shape");
  view.strides = counts(argument(arguments, 3, Kind::Tuple, "stride"), "stride");
  if (view.shape.size() != view.strides.size()) fail("shape and stride of a tensor differ in length");
  view.dtype = document_.storages[view.storage].dtype;
  if (hasDtype) {
    const PickleGlobalRow& row =
        pickleGlobal(static_cast<uint32_t>(argument(arguments, 6, Kind::Global, "element type").integer));
    if (row.meaning != PickleGlobal::TorchDtype) fail("the element type of a tensor is no torch type");
    view.dtype = row.dtype;
  }
  charge(sizeof(view) + 2 * sizeof(uint64_t) * view.shape.size());
  document_.views.push_back(std::move(view));
  return make(Kind::Tensor, static_cast<int64_t>(document_.views.size() - 1));
}

uint32_t PickleBuilder::makeStorage(uint32_t id) {
  const Node& parts = node(id);
  if (!isSequence(parts.kind) || parts.items.size() < 5) fail("the name of a storage is damaged");
  if (argument(parts, 0, Kind::String, "storage").text != "storage") fail("it refers to an object outside the file");
  const PickleGlobalRow& type =
      pickleGlobal(static_cast<uint32_t>(argument(parts, 1, Kind::Global, "storage type").integer));
  if (type.meaning != PickleGlobal::StorageType && type.meaning != PickleGlobal::UntypedStorage)
    fail("the type of a storage is damaged");
  const Node& key = node(parts.items[2]);
  if (key.kind != Kind::String && key.kind != Kind::Int) fail("the key of a storage is damaged");
  const Node& count = argument(parts, 4, Kind::Int, "storage size");
  if (count.integer < 0) fail("the size of a storage is negative");
  if (parts.items.size() > 5 && node(parts.items[5]).kind != Kind::None)
    fail("it uses views of storages, which torch no longer writes");
  PickleDocument::Storage storage{key.kind == Kind::Int ? std::to_string(key.integer) : key.text, type.dtype,
                                  static_cast<uint64_t>(count.integer)};
  if (const auto known = storages_.find(storage.key); known != storages_.end()) {
    const PickleDocument::Storage& earlier = document_.storages[known->second];
    if (earlier.dtype != storage.dtype || earlier.elementCount != storage.elementCount)
      fail(fmt::format("the storage \"{}\" is described in two ways", storage.key));
    return make(Kind::Storage, known->second);
  }
  const auto index = static_cast<uint32_t>(document_.storages.size());
  charge(sizeof(storage) + 2 * storage.key.size());
  storages_.emplace(storage.key, index);
  document_.storages.push_back(std::move(storage));
  return make(Kind::Storage, index);
}

uint32_t PickleBuilder::makeEncoded(const Node& arguments) {
  // How Python 3 writes bytes for Python 2: text of characters below 256.
  const std::string text = argument(arguments, 0, Kind::String, "text").text;
  const auto bytes = utf8ToLatin1(text);
  if (!bytes) fail("a string cannot be turned into bytes");
  return makeText(Kind::Bytes, *bytes);
}

uint32_t PickleBuilder::makeNumpyScalar(const Node& arguments) {
  const std::string& type = argument(arguments, 0, Kind::Opaque, "numpy type").text;
  if (arguments.items.size() < 2) fail("the value of a numpy number is missing");
  const std::string& raw = node(arguments.items[1]).text;
  const auto bytes = std::as_bytes(std::span(raw));
  if (type == "f8" && raw.size() == 8)
    return make(Kind::Float, 0, std::bit_cast<double>(littleEndian<uint64_t>(bytes)));
  if (type == "f4" && raw.size() == 4) return make(Kind::Float, 0, std::bit_cast<float>(littleEndian<uint32_t>(bytes)));
  if (type == "i8" && raw.size() == 8) return make(Kind::Int, littleEndian<int64_t>(bytes));
  if (type == "i4" && raw.size() == 4) return make(Kind::Int, littleEndian<int32_t>(bytes));
  if (type == "b1" && raw.size() == 1) return make(Kind::Bool, raw[0] != 0 ? 1 : 0);
  fail("it holds a numpy number of an unknown type");
}

}  // namespace lorikeet
