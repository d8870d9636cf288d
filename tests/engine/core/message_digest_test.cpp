#include "core/message_digest.h"

#include <gtest/gtest.h>

namespace lorikeet {
namespace {

template <class Hash>
std::string hashOf(std::string_view text, size_t piece) {
  Hash hash;
  for (size_t begin = 0; begin < text.size(); begin += piece)
    hash.add(std::as_bytes(std::span(text.substr(begin, piece))));
  return hash.finish();
}

/// Messages and digests of FIPS 180 and NIST's examples.
TEST(MessageDigestTest, AgreesWithThePublishedExamples) {
  EXPECT_EQ(hashOf<Sha256>("", 1), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hashOf<Sha256>("abc", 1), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hashOf<Sha1>("", 1), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(hashOf<Sha1>("abc", 1), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hashOf<Sha1>("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 100),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  const std::string million(1'000'000, 'a');
  for (const size_t piece : {size_t{1} << 20, size_t{63}, size_t{65}}) {
    EXPECT_EQ(hashOf<Sha1>(million, piece), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    EXPECT_EQ(hashOf<Sha256>(million, piece), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  }
}

}  // namespace
}  // namespace lorikeet
