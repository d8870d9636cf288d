#include "io/json_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lorikeet/error.h>
#include <nlohmann/json.hpp>

#include "io/json_text.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

template <class Action>
std::string corruptionOf(Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Corrupt);
    return error.what();
  }
  return {};
}

TEST(JsonFile, SaysWhatIsWrongWithAFile) {
  const TemporaryFolder folder;
  const auto reason = [&](std::string_view text) {
    return corruptionOf([&] { readJsonObject(folder.write("c.json", text)); });
  };
  EXPECT_EQ(reason(R"({"a": 1})"), "");
  EXPECT_THAT(reason("[1]"), HasSubstr("not an object"));
  EXPECT_THAT(reason(""), HasSubstr("empty"));
  EXPECT_THAT(reason("{\n\"a\": tru"), HasSubstr("line 2"));
  EXPECT_THAT(reason("{\"a\": [1, 2"), HasSubstr("breaks off"));
  EXPECT_THAT(reason(std::string(200'000, '[')), HasSubstr("nested too deeply"));
  EXPECT_THAT(reason("{\"a\": " + std::string(200'000, '[') + std::string(200'000, ']') + "}"),
              HasSubstr("nested too deeply"));
}

TEST(JsonFields, GiveValuesAndFallbacks) {
  const auto json = parseJson(
      R"({"i": 3, "d": 0.5, "b": true, "t": "x", "null": null, "li": [1, 2], "ld": [1, 0.5], "lt": ["a"], "lb": [true, false], "big": 18446744073709551615})");
  const JsonFields fields(&json, "c.json");
  EXPECT_EQ(fields.integer("i", 7), 3);
  EXPECT_EQ(fields.integer("null", 7), 7);
  EXPECT_EQ(fields.integer("none", 7), 7);
  EXPECT_EQ(fields.number("i", 7), 3.0);
  EXPECT_EQ(fields.number("d", 7), 0.5);
  EXPECT_TRUE(fields.boolean("b", false));
  EXPECT_EQ(fields.text("t", "y"), "x");
  EXPECT_THAT(fields.integers("li", {}), ElementsAre(1, 2));
  EXPECT_THAT(fields.integers("i", {}), ElementsAre(3));
  EXPECT_THAT(fields.numbers("ld", {}), ElementsAre(1, 0.5));
  EXPECT_THAT(fields.texts("lt", {}), ElementsAre("a"));
  EXPECT_THAT(fields.booleans("lb", {}), ElementsAre(true, false));
  EXPECT_FALSE(fields.has("null"));
  EXPECT_EQ(JsonFields(nullptr, "").integer("i", 7), 7);
}

TEST(JsonFields, RefuseWrongTypes) {
  const auto json =
      parseJson(R"({"i": "3", "d": [0.5], "b": 1, "l": [1, "x"], "big": 18446744073709551615, "f": 1.5})");
  const JsonFields fields(&json, "\"c.json\"");
  EXPECT_THAT(corruptionOf([&] { fields.integer("i", 0); }),
              HasSubstr("\"i\" in \"c.json\" should be a whole number, but is \"3\""));
  EXPECT_THAT(corruptionOf([&] { fields.integer("f", 0); }), HasSubstr("1.5"));
  EXPECT_THAT(corruptionOf([&] { fields.integer("big", 0); }), HasSubstr("whole number"));
  EXPECT_THAT(corruptionOf([&] { fields.number("d", 0); }), HasSubstr("a number"));
  EXPECT_THAT(corruptionOf([&] { fields.boolean("b", false); }), HasSubstr("true or false"));
  EXPECT_THAT(corruptionOf([&] { fields.text("b", ""); }), HasSubstr("a string"));
  EXPECT_THAT(corruptionOf([&] { fields.integers("l", {}); }), HasSubstr("list of whole numbers"));
}

TEST(JsonDepthTest, CountsBracketsOutsideOfStrings) {
  EXPECT_FALSE(isNestedDeeper(R"({"a": [1, {"b": "[[[[\"[[["}]})", 3));
  EXPECT_TRUE(isNestedDeeper(R"({"a": [1, {"b": 2}]})", 2));
  EXPECT_FALSE(isNestedDeeper("[][][]]]]]{}", 1));
  EXPECT_TRUE(isNestedDeeper(std::string(1 << 20, '['), 1000));
}

}  // namespace
}  // namespace lorikeet
