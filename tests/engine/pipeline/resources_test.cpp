#include <gtest/gtest.h>

#include <cstdlib>

#include "lorikeet/engine.h"

namespace lorikeet {
namespace {

TEST(ResourcesTest, FindsTheSourceTree) {
  unsetenv("LORIKEET_RESOURCES");
  EXPECT_EQ(findResources(), std::filesystem::path(LORIKEET_SOURCE_DIR) / "resources");
}

TEST(ResourcesTest, AFolderNamedByTheEnvironmentMustHoldThem) {
  setenv("LORIKEET_RESOURCES", ::testing::TempDir().c_str(), 1);
  try {
    findResources();
    FAIL() << "accepted a folder without a starter model";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::NotFound);
    EXPECT_NE(std::string(error.what()).find(::testing::TempDir()), std::string::npos);
  }
  unsetenv("LORIKEET_RESOURCES");
}

}  // namespace
}  // namespace lorikeet
