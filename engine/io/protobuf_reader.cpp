#include "io/protobuf_reader.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include "io/byte_reader.h"

namespace lorikeet {

void ProtobufReader::fail(std::string_view reason) const {
  throw Error(ErrorKind::Corrupt, fmt::format("{}: {}.", source_, reason));
}

std::span<const std::byte> ProtobufReader::take(uint64_t count) {
  if (count > rest_.size())
    fail(fmt::format("it is cut off: a field of {} bytes has only {} left", count, rest_.size()));
  const auto taken = rest_.first(static_cast<size_t>(count));
  rest_ = rest_.subspan(static_cast<size_t>(count));
  return taken;
}

uint64_t ProtobufReader::varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<uint64_t>(take(1)[0]);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  fail("a number is longer than ten bytes");
}

bool ProtobufReader::next(ProtobufField& field) {
  if (rest_.empty()) return false;
  const uint64_t tag = varint();
  const uint64_t number = tag >> 3;
  if (number == 0 || number > 0x1fffffff) fail("a field has an impossible number");
  field = {static_cast<uint32_t>(number), static_cast<ProtobufField::Wire>(tag & 7), 0, {}};
  switch (field.wire) {
    case ProtobufField::Wire::Varint:
      field.value = varint();
      return true;
    case ProtobufField::Wire::Fixed64:
      field.value = littleEndian<uint64_t>(take(sizeof(uint64_t)));
      return true;
    case ProtobufField::Wire::Bytes:
      field.bytes = take(varint());
      return true;
    case ProtobufField::Wire::Fixed32:
      field.value = littleEndian<uint32_t>(take(sizeof(uint32_t)));
      return true;
  }
  fail(fmt::format("a field has the unknown kind {}", tag & 7));
}

void appendVarints(const ProtobufField& field, std::string_view source, std::vector<uint64_t>& to) {
  if (field.wire != ProtobufField::Wire::Bytes) {
    to.push_back(field.value);
    return;
  }
  uint64_t value = 0;
  int shift = 0;
  for (const std::byte b : field.bytes) {
    if (shift > 63) throw Error(ErrorKind::Corrupt, fmt::format("{}: a number is longer than ten bytes.", source));
    value |= (static_cast<uint64_t>(b) & 0x7f) << shift;
    shift += 7;
    if (static_cast<uint64_t>(b) >= 0x80) continue;
    to.push_back(value);
    value = 0;
    shift = 0;
  }
  if (shift != 0) throw Error(ErrorKind::Corrupt, fmt::format("{}: a list of numbers is cut off.", source));
}

}  // namespace lorikeet
