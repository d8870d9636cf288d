#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/golden.h"
#include "support/golden_json.h"
#include "text/clip_tokenizer.h"

namespace lorikeet::testing {

inline const std::filesystem::path kSourceFolder = LORIKEET_SOURCE_DIR;
inline const std::filesystem::path kGolden = goldenPath("");
inline const std::filesystem::path kThirdParty = sharedPath("testdata");

/// The full CLIP vocabulary, loaded once.
inline const ClipTokenizer& fullTokenizer() {
  static const ClipTokenizer tokenizer =
      ClipTokenizer::fromMergesGz(kSourceFolder / "resources/tokenizer/bpe_simple_vocab_16e6.txt.gz");
  return tokenizer;
}

}  // namespace lorikeet::testing

#define SKIP_WITHOUT_THIRD_PARTY_DATA(path) \
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "third-party data not here: " << (path)
