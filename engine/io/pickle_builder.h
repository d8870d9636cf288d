#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "io/pickle_document.h"
#include "io/pickle_globals.h"

namespace lorikeet {

/// Makes the values of a document: what the opcodes of a pickle mean, apart from their stack and memo. Keeps the memory
/// bounded, whatever a stream asks for. Throws Error(Corrupt | Unsupported) whose message begins with `source`.
class PickleBuilder {
 public:
  using Kind = PickleDocument::Kind;
  using Node = PickleDocument::Node;

  PickleBuilder(PickleDocument& document, std::string source) : document_(document), source_(std::move(source)) {}

  uint32_t make(Kind kind, int64_t integer = 0, double real = 0);
  uint32_t makeText(Kind kind, std::string_view text);
  uint32_t makeContainer(Kind kind, std::span<const uint32_t> items);
  void append(uint32_t container, std::span<const uint32_t> items);

  /// The value that a name of Python stands for. Refuses names that are not in the table.
  uint32_t makeGlobal(std::string_view module, std::string_view name);
  /// The value of calling a global with a tuple of arguments.
  uint32_t call(uint32_t function, uint32_t arguments);
  /// Gives an object its state (BUILD); what only matters to Python is dropped.
  void setState(uint32_t object, uint32_t state);
  /// The storage that a persistent id ('storage', type, key, device, count) names.
  uint32_t makeStorage(uint32_t id);

  const Node& node(uint32_t index) const { return document_.nodes[index]; }
  [[noreturn]] void fail(const std::string& reason) const;

 private:
  const Node& argument(const Node& arguments, size_t index, Kind kind, std::string_view what) const;
  uint32_t makeDict(const Node& arguments);
  uint32_t makeListFrom(const Node& arguments);
  uint32_t makeTensor(const Node& arguments, bool hasDtype);
  uint32_t makeEncoded(const Node& arguments);
  uint32_t makeNumpyScalar(const Node& arguments);
  std::vector<uint64_t> counts(const Node& list, std::string_view what) const;
  void charge(uint64_t bytes);

  PickleDocument& document_;
  std::string source_;
  uint64_t chargedBytes_ = 0;
  std::map<std::string, uint32_t, std::less<>> storages_;
};

}  // namespace lorikeet
