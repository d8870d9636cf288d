#include "models/clip_text_encoder.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "io/model_files.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

using testing::closeTo;
using testing::GoldenFile;
using testing::goldenPath;

TEST(ClipTextEncoderTest, AgreesWithTransformers) {
  ThreadPool pool(2);
  const ExecutionContext context(pool);
  const ModelFiles files = openModel(goldenPath("tiny-sd1"));
  const ClipTextEncoder encoder(context, files.textEncoder, ClipTextConfig::fromJson(*files.textEncoderConfig, "tiny"));
  const GoldenFile golden(goldenPath("components/text.safetensors"));
  for (int i = 0; i < 6; ++i) {
    std::vector<int> ids;
    for (const float id : golden.values("ids." + std::to_string(i))) ids.push_back(static_cast<int>(id));
    EXPECT_TRUE(closeTo(encoder(context, ids), golden.tensor("last_hidden_state." + std::to_string(i)), 1e-5)) << i;
    EXPECT_TRUE(closeTo(encoder(context, ids, 2), golden.tensor("clip_skip2." + std::to_string(i)), 1e-5)) << i;
    if (i > 0) continue;
    const std::vector<Tensor> states = encoder.hiddenStates(context, ids);
    ASSERT_EQ(states.size(), 4u);
    for (size_t k = 0; k < states.size(); ++k)
      EXPECT_TRUE(closeTo(states[k], golden.tensor("hidden_states." + std::to_string(k) + ".0"), 1e-5)) << k;
  }
  EXPECT_TRUE(files.textEncoder.unusedNames().empty());
}

}  // namespace
}  // namespace lorikeet
