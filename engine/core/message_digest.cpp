#include "core/message_digest.h"

#include <fmt/format.h>
#include <lorikeet/error.h>
#include <openssl/evp.h>

#include <array>

namespace lorikeet {
namespace {

void require(int done) {
  if (done != 1) throw Error(ErrorKind::Unsupported, "OpenSSL refuses to hash files on this system.");
}

}  // namespace

void MessageDigest::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

MessageDigest::MessageDigest(const evp_md_st* algorithm) : context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
  require(EVP_DigestInit_ex(context_.get(), algorithm, nullptr));
}

void MessageDigest::add(std::span<const std::byte> bytes) {
  require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string MessageDigest::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  require(EVP_DigestFinal_ex(context_.get(), digest.data(), &size));
  std::string digits;
  for (const unsigned char byte : std::span(digest).first(size)) digits += fmt::format("{:02x}", byte);
  return digits;
}

Sha256::Sha256() : MessageDigest(EVP_sha256()) {}

Sha1::Sha1() : MessageDigest(EVP_sha1()) {}

}  // namespace lorikeet
