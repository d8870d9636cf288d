#pragma once
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/golden.h"
#include "text/clip_tokenizer.h"

namespace lorikeet::testing {

inline const std::filesystem::path kSourceFolder = LORIKEET_SOURCE_DIR;
inline const std::filesystem::path kGolden = goldenPath("");
inline const std::filesystem::path kThirdParty = sharedPath("testdata");

inline nlohmann::json readJson(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return nlohmann::json::parse(stream);
}

/// The full CLIP vocabulary, loaded once.
inline const ClipTokenizer& fullTokenizer() {
  static const ClipTokenizer tokenizer =
      ClipTokenizer::fromMergesGz(kSourceFolder / "resources/tokenizer/bpe_simple_vocab_16e6.txt.gz");
  return tokenizer;
}

}  // namespace lorikeet::testing

#define SKIP_WITHOUT_THIRD_PARTY_DATA(path) \
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "third-party data not here: " << (path)
