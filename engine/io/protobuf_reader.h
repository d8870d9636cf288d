#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet {

/// One field of a protocol buffers message.
struct ProtobufField {
  enum class Wire : uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };
  uint32_t number = 0;
  Wire wire = Wire::Varint;
  uint64_t value = 0;                ///< of a number
  std::span<const std::byte> bytes;  ///< of text, bytes, a message or packed numbers
};

/// Walks the fields of a protocol buffers message in its binary form, with every length checked against what is there.
/// Messages within are read by a reader of their own; nothing is copied. Source: protobuf.dev, "Encoding".
class ProtobufReader {
 public:
  /// `source` begins the messages of errors.
  ProtobufReader(std::span<const std::byte> message, std::string_view source) : rest_(message), source_(source) {}

  /// The next field; false at the end. Throws Error(Corrupt) for a field that is cut off or of an unknown kind.
  bool next(ProtobufField& field);

 private:
  uint64_t varint();
  std::span<const std::byte> take(uint64_t count);
  [[noreturn]] void fail(std::string_view reason) const;
  std::span<const std::byte> rest_;
  std::string_view source_;
};

/// The numbers of a repeated varint field, packed into one field or not, appended. Throws Error(Corrupt).
void appendVarints(const ProtobufField& field, std::string_view source, std::vector<uint64_t>& to);

}  // namespace lorikeet
