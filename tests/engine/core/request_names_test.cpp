#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "lorikeet/error.h"
#include "lorikeet/request.h"

namespace lorikeet {
namespace {

template <class Enum, class FromName>
void expectRoundTrip(std::span<const EnumName<Enum>> names, FromName fromName) {
  std::set<Enum> seen;
  for (const auto& row : names) {
    EXPECT_EQ(fromName(row.name), row.value) << row.name;
    EXPECT_EQ(fromName(row.label), row.value) << row.label;
    EXPECT_EQ(name(row.value), row.name);
    EXPECT_EQ(label(row.value), row.label);
    EXPECT_TRUE(seen.insert(row.value).second) << row.name;
  }
}

TEST(RequestNamesTest, EveryNameAndLabelLeadsBackToItsValue) {
  expectRoundTrip(samplerNames(), samplerFromName);
  expectRoundTrip(scheduleNames(), scheduleFromName);
  expectRoundTrip(spacingNames(), spacingFromName);
  expectRoundTrip(noiseSourceNames(), noiseSourceFromName);
  expectRoundTrip(precisionNames(), precisionFromName);
  expectRoundTrip(emphasisNames(), emphasisFromName);
}

TEST(RequestNamesTest, CaseBlanksAndDashesDoNotMatter) {
  EXPECT_EQ(samplerFromName("dpm++ 2m"), Sampler::DpmPp2M);
  EXPECT_EQ(samplerFromName("DPMPP-2M"), Sampler::DpmPp2M);
  EXPECT_EQ(samplerFromName("EULER_A"), Sampler::EulerA);
  EXPECT_EQ(samplerFromName("EulerDiscreteScheduler"), Sampler::Euler);
  EXPECT_EQ(samplerFromName("pndm"), Sampler::Pndm);
}

TEST(RequestNamesTest, CombinedNamesGiveSamplerAndSchedule) {
  EXPECT_EQ(samplerChoiceFromName("DPM++ 2M Karras"), (SamplerChoice{Sampler::DpmPp2M, Schedule::Karras}));
  EXPECT_EQ(samplerChoiceFromName("Euler a"), (SamplerChoice{Sampler::EulerA, Schedule::Default}));
  EXPECT_EQ(samplerChoiceFromName("LMS Karras"), (SamplerChoice{Sampler::Lms, Schedule::Karras}));
  EXPECT_EQ(samplerChoiceFromName("Euler Exponential"), (SamplerChoice{Sampler::Euler, Schedule::Exponential}));
}

TEST(RequestNamesTest, AnUnknownNameIsAnsweredWithTheChoices) {
  for (const char* text : {"", "eulr", "Euler Foo", "Karras"}) {
    try {
      samplerChoiceFromName(text);
      ADD_FAILURE() << text << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::InvalidArgument);
      EXPECT_THAT(error.what(), ::testing::HasSubstr("euler_a"));
      EXPECT_THAT(error.what(), ::testing::HasSubstr(std::string("\"") + text + "\""));
    }
  }
  EXPECT_THROW(scheduleFromName("carras"), Error);
}

}  // namespace
}  // namespace lorikeet
