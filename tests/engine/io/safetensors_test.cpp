#include "io/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lorikeet/error.h>
#include <bit>

#include "io/tensor_values.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::sharedPath;
using testing::TemporaryFolder;

std::string withHeader(std::string_view json, std::string_view data = {}) {
  std::string file(8, '\0');
  for (size_t i = 0; i < 8; ++i) file[i] = static_cast<char>((static_cast<uint64_t>(json.size()) >> (8 * i)) & 0xff);
  return file.append(json).append(data);
}

/// The message of the error that reading the file gives; empty if it gives none.
std::string refusal(const std::filesystem::path& path, ErrorKind kind = ErrorKind::Corrupt) {
  try {
    readSafetensors(path);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(path.filename().string()));
    return error.what();
  }
  return {};
}

TEST(Safetensors, RefusesEachBadFileWithItsReason) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const auto reason = [](std::string_view name) { return refusal(sharedPath("testdata/safetensors") / name); };
  EXPECT_THAT(reason("bad_empty_file.safetensors"), HasSubstr("0 bytes, too few"));
  EXPECT_THAT(reason("bad_header_too_large.safetensors"), HasSubstr("more than the limit of 100 MB"));
  EXPECT_THAT(reason("bad_missing_2_bytes.safetensors"), HasSubstr("cut off"));
  EXPECT_THAT(reason("bad_non_utf8.safetensors"), HasSubstr("not UTF-8"));
  EXPECT_THAT(reason("bad_not_json.safetensors"), HasSubstr("not valid JSON"));
  EXPECT_THAT(reason("bad_overflow_bytes.safetensors"), HasSubstr("impossibly large"));
  EXPECT_THAT(reason("bad_overlapping_offsets.safetensors"), HasSubstr("overlap"));
  EXPECT_THAT(reason("bad_shape_offset_mismatch.safetensors"), HasSubstr("needs 16 bytes"));
}

TEST(Safetensors, AcceptsTheOkFiles) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const auto read = [](std::string_view name) { return readSafetensors(sharedPath("testdata/safetensors") / name); };
  EXPECT_TRUE(read("ok_whitespace_leading.safetensors").tensors.empty());
  EXPECT_TRUE(read("ok_whitespace_trailing.safetensors").tensors.empty());
  const SafetensorsFile basic = read("ok_basic.safetensors");
  ASSERT_EQ(basic.tensors.size(), 1u);
  EXPECT_EQ(basic.tensors.at("test").dtype, DType::I32);
  EXPECT_THAT(toFloats(basic.tensors.at("test")), ElementsAre(0, 0, 0, 0));
  const SafetensorsFile empty = read("ok_zero_sized.safetensors");
  EXPECT_EQ(empty.tensors.at("test").shape, (Shape{2, 0}));
  EXPECT_TRUE(empty.tensors.at("test").bytes.empty());
}

TEST(Safetensors, ReadsTheRampInEveryType) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const std::vector<std::pair<std::string, std::string>> files{{"good_b", "b"}, {"good_e", "e"}, {"good_h", "h"},
                                                               {"good_i", "i"}, {"good_f", "f"}, {"good_d", "d"}};
  for (const auto& [file, name] : files) {
    const SafetensorsFile read = readSafetensors(sharedPath("testdata/safetensors/" + file + ".safetensors"));
    EXPECT_THAT(toFloats(read.tensors.at(name)), ElementsAre(-3, -2, -1, 0, 1, 2)) << file;
    EXPECT_EQ(read.metadata.at("test"), "a");
  }
  const auto unsignedRamp = [](const std::string& file, const std::string& name) {
    return toFloats(readSafetensors(sharedPath("testdata/safetensors/" + file + ".safetensors")).tensors.at(name));
  };
  EXPECT_THAT(unsignedRamp("good_B_u8", "B"), ElementsAre(253, 254, 255, 0, 1, 2));
  EXPECT_THAT(unsignedRamp("good_H_u16", "H"), ElementsAre(65533, 65534, 65535, 0, 1, 2));
  EXPECT_THAT(unsignedRamp("good_I_u32", "I"), ElementsAre(4294967293.f, 4294967294.f, 4294967295.f, 0, 1, 2));
  const SafetensorsFile all = readSafetensors(sharedPath("testdata/safetensors/good_overall.safetensors"));
  for (const auto& [file, name] : files)
    EXPECT_THAT(toFloats(all.tensors.at(name)), ElementsAre(-3, -2, -1, 0, 1, 2)) << name;
}

TEST(Safetensors, RefusesMalformedHeaders) {
  const TemporaryFolder folder;
  const auto reason = [&](std::string_view json, std::string_view data = {}, ErrorKind kind = ErrorKind::Corrupt) {
    return refusal(folder.write("x.safetensors", withHeader(json, data)), kind);
  };
  EXPECT_THAT(
      reason(
          R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
          "xy"),
      HasSubstr("\"a\" is there twice"));
  EXPECT_THAT(reason(R"({"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}})", "x"), HasSubstr("twice"));
  EXPECT_THAT(reason(R"({"__metadata__":{"k":"1","k":"2"}})"), HasSubstr("metadata \"k\" is there twice"));
  EXPECT_THAT(reason(R"({"__metadata__":{"k":1}})"), HasSubstr("instead of a string"));
  EXPECT_THAT(reason(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", "xy"),
              HasSubstr("belong to no tensor"));
  EXPECT_THAT(reason(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", "xy"), HasSubstr("at its end"));
  EXPECT_THAT(reason(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}})", "x"), HasSubstr("data_offsets"));
  EXPECT_THAT(reason(R"({"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}})", "x"), HasSubstr("negative"));
  EXPECT_THAT(reason(R"({"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}})", "x"), HasSubstr("fraction"));
  EXPECT_THAT(reason(R"({"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}})", "x"),
              HasSubstr("8 dimensions"));
  EXPECT_THAT(reason(R"({"a":{"dtype":"U8","shape":[1]}})", "x"), HasSubstr("lacks"));
  EXPECT_THAT(reason(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}})", "x"), HasSubstr("not two numbers"));
  EXPECT_THAT(reason(R"({"a":[1]})"), HasSubstr("a list"));
  EXPECT_THAT(reason(R"([])"), HasSubstr("a list"));
  EXPECT_THAT(reason(R"({"a":{"dtype":{},"shape":[1],"data_offsets":[0,1]}})", "x"), HasSubstr("an object"));
  EXPECT_THAT(reason(R"({} {})"), HasSubstr("not valid JSON"));
  EXPECT_THAT(reason(std::string(1'000'000, '[')), HasSubstr("a list"));
  EXPECT_THAT(reason("{\"\xc0\xaf\":{}}"), HasSubstr("not UTF-8"));
  EXPECT_THAT(reason(R"({"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}})", "x", ErrorKind::Unsupported),
              HasSubstr("\"F4\""));
}

TEST(Safetensors, SaysWhichFileIsMissing) {
  const TemporaryFolder folder;
  EXPECT_THAT(refusal(folder / "none.safetensors", ErrorKind::NotFound), HasSubstr("No such file"));
  EXPECT_THAT(refusal(folder.path(), ErrorKind::Io), HasSubstr("not a regular file"));
}

TEST(SafetensorsWriter, WritesWhatTheReferenceWrites) {
  const TemporaryFolder folder;
  for (const char* name :
       {"tiny-sd1/text_encoder/model.safetensors", "tiny-sd1/vae/diffusion_pytorch_model.safetensors"}) {
    const std::filesystem::path original = testing::goldenPath(name);
    const SafetensorsFile file = readSafetensors(original);
    writeSafetensors(folder / "copy.safetensors", file.tensors, file.metadata);
    EXPECT_EQ(testing::readFile(folder / "copy.safetensors"), testing::readFile(original)) << name;
  }
}

TEST(SafetensorsWriter, KeepsMetadataAndEmptyTensors) {
  const TemporaryFolder folder;
  const std::map<std::string, std::string> metadata{{"prompt", "a \"fox\"\n\xc3\xa9"}, {"format", "pt"}};
  writeSafetensors(folder / "x.safetensors",
                   {{"empty", rawFromFloats({0, 3}, {})}, {"scalar", rawFromFloats({}, std::vector<float>{2.5f})}},
                   metadata);
  const SafetensorsFile file = readSafetensors(folder / "x.safetensors");
  EXPECT_EQ(file.metadata, metadata);
  EXPECT_EQ(file.tensors.at("empty").shape, (Shape{0, 3}));
  EXPECT_THAT(toFloats(file.tensors.at("scalar")), ElementsAre(2.5f));
}

TEST(TensorValues, ConvertsSmallFloats) {
  const auto bytes = [](std::initializer_list<unsigned> values) {
    std::vector<std::byte> result;
    for (const unsigned value : values) result.push_back(static_cast<std::byte>(value));
    return result;
  };
  // 0.0, 1.0, -2.0, the largest value 448, the smallest subnormal 2^-9
  EXPECT_THAT(toFloats(rawFromBytes(DType::F8E4M3, {5}, bytes({0x00, 0x38, 0xc0, 0x7e, 0x01}))),
              ElementsAre(0.f, 1.f, -2.f, 448.f, 0.001953125f));
  EXPECT_THAT(toFloats(rawFromBytes(DType::F8E5M2, {4}, bytes({0x3c, 0xc0, 0x7b, 0x01}))),
              ElementsAre(1.f, -2.f, 57344.f, std::bit_cast<float>(0x37800000u)));
  EXPECT_THAT(toFloats(rawFromBytes(DType::Bool, {2}, bytes({0, 7}))), ElementsAre(0.f, 1.f));
  EXPECT_THAT(toFloats(rawFromBytes(DType::BF16, {1}, bytes({0x40, 0xc0}))), ElementsAre(-3.f));
}

TEST(TensorValues, FindsInfinityAndNotANumber) {
  for (const float bad : {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                          std::numeric_limits<float>::quiet_NaN()}) {
    std::vector<float> values(10'000, 1.0f);
    EXPECT_TRUE(allFinite(rawFromFloats({10'000}, values)));
    values[9'999] = bad;
    EXPECT_FALSE(allFinite(rawFromFloats({10'000}, values)));
    const uint16_t half = f32ToF16(bad);
    EXPECT_FALSE(allFinite(
        rawFromBytes(DType::F16, {1}, {static_cast<std::byte>(half & 0xff), static_cast<std::byte>(half >> 8)})));
  }
  EXPECT_TRUE(allFinite(rawFromBytes(DType::F16, {1}, {std::byte{0xff}, std::byte{0x7b}})));
}

}  // namespace
}  // namespace lorikeet
