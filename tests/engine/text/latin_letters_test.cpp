#include "text/latin_letters.h"

#include <gtest/gtest.h>

namespace lorikeet {
namespace {

TEST(LatinLettersTest, WritesOtherScriptsInAscii) {
  EXPECT_EQ(toLatinLetters("ink 0.5"), "ink 0.5");
  EXPECT_EQ(toLatinLetters("лиса"), "lisa");
  EXPECT_EQ(toLatinLetters("Ärger"), "Arger");
  EXPECT_EQ(toLatinLetters("狐"), "hu");
  EXPECT_EQ(toLatinLetters("a\n\tb"), "a  b");
  EXPECT_EQ(toLatinLetters("🦊 x\xff"), "? x?");
  EXPECT_EQ(toLatinLetters(""), "");
}

}  // namespace
}  // namespace lorikeet
