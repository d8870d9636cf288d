#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "io/mapped_file.h"

namespace lorikeet {

/// The directory of a zip file (PKWARE APPNOTE 6.3, with zip64) that is mapped into memory. Own code because torch
/// archives are read in place: libraries hand out the contents of an entry, never where it lies in the file.
class ZipArchive {
 public:
  /// Throws Error(Corrupt | Unsupported); `source` begins the message.
  ZipArchive(std::shared_ptr<const MappedFile> file, std::string source);

  static bool looksLikeZip(std::span<const std::byte> start);

  struct Entry {
    uint64_t headerOffset = 0;
    uint64_t packedSize = 0;
    uint64_t size = 0;
    uint32_t crc = 0;
    uint16_t method = 0;
  };
  const std::map<std::string, Entry>& entries() const { return entries_; }

  /// Bytes of an entry and what keeps them alive: stored entries stay where they are in the file, deflated ones are
  /// unpacked (at most kMaxUnpackedBytes for the whole archive) and checked against their CRC.
  struct Content {
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> owner;
  };
  Content read(const std::string& name);

  static constexpr uint64_t kMaxUnpackedBytes = uint64_t{4} << 30;

 private:
  struct Directory;
  Directory findDirectory() const;
  Directory findZip64Directory(size_t endRecord) const;
  void readDirectory(const Directory& directory);
  std::span<const std::byte> packedBytes(const std::string& name, const Entry& entry) const;
  Content unpack(const std::string& name, const Entry& entry, std::span<const std::byte> packed);
  [[noreturn]] void fail(const std::string& reason, bool isUnsupported = false) const;

  std::shared_ptr<const MappedFile> file_;
  std::string source_;
  std::map<std::string, Entry> entries_;
  uint64_t unpackedBytes_ = 0;
};

}  // namespace lorikeet
