#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>

struct evp_md_ctx_st;
struct evp_md_st;

namespace lorikeet {

/// A hash of bytes that come in pieces, by OpenSSL, which uses the processor's instructions for it: files of several
/// gigabytes are hashed while a person waits.
class MessageDigest {
 public:
  MessageDigest(const MessageDigest&) = delete;
  MessageDigest& operator=(const MessageDigest&) = delete;
  void add(std::span<const std::byte> bytes);
  /// Ends the message, once; lower-case hexadecimal digits.
  std::string finish();

 protected:
  /// Throws Error(Unsupported) where the system's OpenSSL is set up without this algorithm.
  explicit MessageDigest(const evp_md_st* algorithm);
  ~MessageDigest() = default;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// SHA-256 (FIPS 180-4); 64 digits.
class Sha256 final : public MessageDigest {
 public:
  Sha256();
};

/// SHA-1 (FIPS 180-4): tells damaged files, no longer forged ones; 40 digits.
class Sha1 final : public MessageDigest {
 public:
  Sha1();
};

}  // namespace lorikeet
