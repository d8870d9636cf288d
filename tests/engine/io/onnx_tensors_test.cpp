#include "io/onnx_tensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lorikeet/error.h>

#include "core/message_digest.h"
#include "io/tensor_file.h"
#include "io/tensor_values.h"
#include "support/golden.h"
#include "support/onnx_bytes.h"

namespace lorikeet::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<float> kSix{1, 2, 3, 4, 5, 6};

class OnnxTensorsFile : public ::testing::Test {
 protected:
  std::string refusal(const std::string& bytes, ErrorKind kind = ErrorKind::Corrupt) const {
    try {
      readOnnxTensors(folder_.write("test.lora", bytes));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      EXPECT_THAT(error.what(), HasSubstr("test.lora"));
      return error.what();
    }
    ADD_FAILURE() << "the file was taken";
    return {};
  }
  std::string refusedExternal(const std::map<std::string, std::string>& entries,
                              ErrorKind kind = ErrorKind::Corrupt) const {
    return refusal(onnxModel({onnxExternal("x", {2, 3}, entries)}), kind);
  }
  TemporaryFolder folder_;
};

TEST_F(OnnxTensorsFile, KeepsValuesInEveryForm) {
  const std::vector<std::string> tensors{
      onnxTensor("raw", {2, 3}, kSix),
      onnxHead("packed", {3}) + bytesField(4, floatBytes(std::span(kSix).first(3))),
      onnxHead("halves", {2}, 10) + bytesField(5, varintBytes(0x3c00) + varintBytes(0x4000)),
      onnxHead("whole", {2}, 7) + numberField(7, 7) + numberField(7, 8),
      onnxHead("scalar", {}) + bytesField(9, floatBytes(std::span(kSix).first(1))),
  };
  const TensorFile file = readTensorFile(folder_.write("no_extension", onnxModel(tensors)));
  EXPECT_TRUE(file.isOnnx);
  EXPECT_EQ(file.metadata.at("ss_output_name"), "ink");
  EXPECT_EQ(file.tensors.at("raw").shape, (Shape{2, 3}));
  EXPECT_EQ(toFloats(file.tensors.at("raw")), kSix);
  EXPECT_THAT(toFloats(file.tensors.at("packed")), ElementsAre(1, 2, 3));
  EXPECT_THAT(toFloats(file.tensors.at("halves")), ElementsAre(1, 2));
  EXPECT_THAT(toFloats(file.tensors.at("whole")), ElementsAre(7, 8));
  EXPECT_THAT(toFloats(file.tensors.at("scalar")), ElementsAre(1));
}

TEST_F(OnnxTensorsFile, FindsValuesInFilesBesideIt) {
  std::filesystem::create_directory(folder_ / "data");
  folder_.write("data/values.bin", "----" + floatBytes(kSix));
  const auto path = folder_.write(
      "test.onnx",
      onnxModel({onnxExternal("x", {2, 3}, {{"location", "data/values.bin"}, {"offset", "4"}, {"length", "24"}}),
                 onnxExternal("y", {1}, {{"location", "data/values.bin"}, {"offset", "24"}})}));
  const OnnxTensors read = readOnnxTensors(path);
  EXPECT_EQ(toFloats(read.tensors.at("x")), kSix);
  EXPECT_THAT(toFloats(read.tensors.at("y")), ElementsAre(6));
}

TEST_F(OnnxTensorsFile, ComparesStatedChecksums) {
  folder_.write("values.bin", floatBytes(kSix));
  Sha1 hash;
  hash.add(std::as_bytes(std::span(kSix)));
  std::string sum = hash.finish();
  const auto stated = [&](const std::string& checksum) {
    return onnxModel({onnxExternal("x", {2, 3}, {{"location", "values.bin"}, {"checksum", checksum}})});
  };
  EXPECT_EQ(toFloats(readOnnxTensors(folder_.write("good.onnx", stated(sum))).tensors.at("x")), kSix);
  std::ranges::transform(sum, sum.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
  EXPECT_EQ(toFloats(readOnnxTensors(folder_.write("good.onnx", stated(sum))).tensors.at("x")), kSix);
  EXPECT_THAT(refusal(stated(std::string(40, '0'))), HasSubstr("damaged or another file: its SHA1 is"));
}

TEST_F(OnnxTensorsFile, StaysInItsFolder) {
  TemporaryFolder outside;
  const auto secret = outside.write("secret.bin", floatBytes(kSix));
  EXPECT_THAT(refusedExternal({{"location", secret.string()}}), HasSubstr("out of the file's folder"));
  EXPECT_THAT(refusedExternal({{"location", "../secret.bin"}}), HasSubstr("out of the file's folder"));
  EXPECT_THAT(refusedExternal({{"location", "a/../../secret.bin"}}), HasSubstr("out of the file's folder"));
  std::filesystem::create_symlink(secret, folder_ / "link.bin");
  EXPECT_THAT(refusedExternal({{"location", "link.bin"}}), HasSubstr("link out of the file's folder"));
  std::filesystem::create_directory(folder_ / "folder");
  EXPECT_THAT(refusedExternal({{"location", "folder"}}), HasSubstr("no plain file"));
  EXPECT_THAT(refusedExternal({{"location", "none.bin"}}, ErrorKind::NotFound), HasSubstr("none.bin"));
  EXPECT_THAT(refusedExternal({}), HasSubstr("does not say which file"));
}

TEST_F(OnnxTensorsFile, ChecksOffsetsAndLengths) {
  folder_.write("values.bin", floatBytes(kSix));
  const auto with = [&](const std::string& offset, const std::string& length) {
    return refusedExternal({{"location", "values.bin"}, {"offset", offset}, {"length", length}});
  };
  EXPECT_THAT(with("4", "24"), HasSubstr("has only 24"));
  EXPECT_THAT(with("18446744073709551608", "24"), HasSubstr("has only 24"));
  EXPECT_THAT(with("0", "20"), HasSubstr("needs 24 bytes"));
  EXPECT_THAT(with("0", "18446744073709551615"), HasSubstr("needs 24 bytes"));
  EXPECT_THAT(with("-4", "24"), HasSubstr("no number"));
}

TEST_F(OnnxTensorsFile, RefusesWhatContradictsItself) {
  EXPECT_THAT(refusal(onnxModel({onnxTensor("x", {2, 4}, kSix)})), HasSubstr("needs 32 bytes"));
  EXPECT_THAT(refusal(onnxModel({onnxTensor("x", {-1, 3}, kSix)})), HasSubstr("impossibly large"));
  EXPECT_THAT(refusal(onnxModel({onnxTensor("x", {int64_t{1} << 40, int64_t{1} << 40}, kSix)})),
              HasSubstr("impossibly large"));
  EXPECT_THAT(refusal(onnxModel({onnxTensor("x", {1, 1, 1, 1, 1, 1, 1, 1, 6}, kSix)})), HasSubstr("too many"));
  EXPECT_THAT(refusal(onnxModel({onnxTensor("x", {6}, kSix), onnxTensor("x", {6}, kSix)})), HasSubstr("twice"));
  EXPECT_THAT(refusal(onnxModel({onnxHead("x", {1}, 8)}), ErrorKind::Unsupported), HasSubstr("type 8"));
  EXPECT_THAT(refusal(numberField(1, 8)), HasSubstr("no graph"));
  EXPECT_THAT(refusal("\x08\x08\x0b"), HasSubstr("unknown kind"));
}

TEST_F(OnnxTensorsFile, AFileCutAnywhereGivesAnErrorAndNoCrash) {
  const std::string whole = onnxModel({onnxTensor("x", {2, 3}, kSix), onnxTensor("y", {6}, kSix)});
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto path = folder_.write("cut.lora", whole.substr(0, size));
    try {
      readTensorFile(path);  // a cut between fields may leave a smaller file that is whole
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("cut.lora"));
    }
  }
}

TEST_F(OnnxTensorsFile, EveryChangedByteGivesAnErrorOrOtherValues) {
  const std::string whole = onnxModel({onnxTensor("x", {2, 3}, kSix)});
  for (size_t i = 0; i < whole.size(); ++i)
    for (const unsigned char flip : {0x01, 0x80, 0xff}) {
      std::string changed = whole;
      changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ flip);
      try {
        for (const auto& [name, tensor] : readOnnxTensors(folder_.write("changed.lora", changed)).tensors)
          EXPECT_LE(tensor.bytes.size(), whole.size());
      } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("changed.lora"));
      }
    }
}

}  // namespace
}  // namespace lorikeet::testing
