#include "io/torch_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lorikeet/error.h>

#include "io/tensor_file.h"
#include "io/tensor_values.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = PickleValue::Kind;
using testing::goldenPath;
using testing::sharedPath;
using testing::TemporaryFolder;

std::filesystem::path torchPath(std::string_view name) { return goldenPath("torch") / name; }

std::vector<float> floats(const PickleValue& value) { return toFloats(value.tensor().value()); }

void expectNested(const PickleValue& root) {
  ASSERT_TRUE(root.isDict());
  const PickleValue weights = root.find("weights").value();
  EXPECT_EQ(weights.key(0), "a.weight");
  EXPECT_THAT(floats(weights.value(0)), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_EQ(weights.value(0).tensor()->shape, (Shape{2, 3}));
  EXPECT_THAT(floats(weights.find("b").value()), ElementsAre(2.5f));
  const PickleValue list = root.find("list").value();
  ASSERT_EQ(list.size(), 7u);
  EXPECT_THAT(floats(list.item(0)), ElementsAre(1, 2));
  EXPECT_EQ(list.item(1).integer(), 7);
  EXPECT_EQ(list.item(2).text(), "text \u00e9");
  EXPECT_EQ(list.item(3).number(), 2.5);
  EXPECT_EQ(list.item(4).kind(), Kind::None);
  EXPECT_EQ(list.item(5).boolean(), true);
  EXPECT_EQ(list.item(6).item(1).integer(), 2);
  EXPECT_EQ(root.find("size")->item(1).integer(), 4);
  EXPECT_EQ(root.find("dtype")->kind(), Kind::Opaque);
  EXPECT_EQ(root.find("set")->item(0).integer(), 5);
  EXPECT_EQ(root.find("negative")->integer(), -3);
  EXPECT_EQ(root.find("big")->integer(), int64_t{1} << 40);
  EXPECT_EQ(root.find("huge")->kind(), Kind::Opaque);
  EXPECT_EQ(root.find("numpy")->number(), 0.125);
  EXPECT_THAT(floats(root.find("parameter").value()), ElementsAre(4, 4));
  EXPECT_EQ(root.find("none"), std::nullopt);
}

TEST(TorchFile, ReadsContainersOfEveryForm) {
  for (const char* name : {"nested.pt", "nested_protocol4.pt", "nested_legacy.pt"}) {
    SCOPED_TRACE(name);
    expectNested(readTorchFile(torchPath(name)));
    const auto tensors = readTensorFile(torchPath(name)).tensors;
    std::vector<std::string> names;
    for (const auto& [key, tensor] : tensors) names.push_back(key);
    EXPECT_THAT(names, ElementsAre("3", "list.0", "parameter", "weights.a.weight", "weights.b"));
  }
}

TEST(TorchFile, BringsViewsIntoOrder) {
  const auto expected = readTensorFile(torchPath("strided.safetensors")).tensors;
  for (const char* name : {"strided.pt", "strided_legacy.pt"}) {
    const auto tensors = readTensorFile(torchPath(name)).tensors;
    ASSERT_EQ(tensors.size(), expected.size());
    for (const auto& [key, tensor] : expected) {
      EXPECT_EQ(tensors.at(key).shape, tensor.shape) << key;
      EXPECT_EQ(toFloats(tensors.at(key)), toFloats(tensor)) << key;
    }
  }
}

TEST(TorchFile, ReadsEveryElementType) {
  const auto tensors = readTensorFile(torchPath("dtypes.pt")).tensors;
  EXPECT_EQ(tensors.size(), 15u);
  for (const auto& [name, tensor] : tensors) {
    if (name == "bool")
      EXPECT_THAT(toFloats(tensor), ElementsAre(1, 1, 0, 1, 1));
    else if (name.starts_with("u"))
      EXPECT_THAT(toFloats(tensor), ElementsAre(3, 1, 0, 1, 2)) << name;
    else
      EXPECT_THAT(toFloats(tensor), ElementsAre(-3, -1, 0, 1, 2)) << name;
  }
  EXPECT_EQ(tensors.at("float8_e5m2").dtype, DType::F8E5M2);
  EXPECT_EQ(tensors.at("bfloat16").dtype, DType::BF16);
}

TEST(TorchFile, ReadsAParameterDict) {
  const TensorFile file = readTensorFile(torchPath("parameter_dict.pt"));
  EXPECT_THAT(toFloats(file.tensors.at("string_to_param.*")), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(file.root->find("name")->text(), "x");
}

TEST(TorchFile, ReadsTheFilesOfOtherProjects) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const auto tensors = [](std::string_view name) { return readTensorFile(sharedPath("testdata") / name).tensors; };
  // A column-major [2, 3, 4] tensor of 0..23 (candle's fixture).
  const auto fortran = tensors("pickle_npy/fortran_tensor_3d.pth");
  ASSERT_EQ(fortran.size(), 1u);
  EXPECT_EQ(fortran.begin()->second.shape, (Shape{2, 3, 4}));
  EXPECT_THAT(toFloats(fortran.begin()->second),
              ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24));
  EXPECT_EQ(tensors("pickle_npy/test_with_key.pt").begin()->first, "model_state_dict.test");
  EXPECT_EQ(tensors("lora/cloneofsimo_lora_pop_sd21_list.pt").size(), 256u);
  EXPECT_EQ(tensors("lora/cloneofsimo_analog_svd_distill.text_encoder.pt").size(), 96u);
  EXPECT_EQ(tensors("lora/diffusers_attnprocs_old.bin").size(), 256u);
  EXPECT_EQ(tensors("textual_inversion/bad-prompt.pt").at("string_to_param.*").shape, (Shape{16, 768}));
  EXPECT_EQ(tensors("textual_inversion/lora_kiriko2.ti.pt").at("<krk>").shape, (Shape{768}));
  EXPECT_EQ(tensors("autoencoder/vae_approx_sd1_model.pt").size(), 16u);
  EXPECT_EQ(tensors("annotator/mlsd_tiny_512_fp32.pth").size(), 252u);
}

TEST(TorchFile, UnpacksDeflatedArchives) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const auto tensors = readTensorFile(sharedPath("testdata/upscaler/realesr-animevideov3.pth")).tensors;
  EXPECT_EQ(tensors.at("params.body.0.weight").shape, (Shape{64, 3, 3, 3}));
  for (const auto& [name, tensor] : tensors) EXPECT_TRUE(allFinite(tensor)) << name;
}

/// A file of the older form whose contents are the given pickle, without storages.
std::string legacyFile(const std::string& pickle) {
  return "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."s + "\x80\x02M\xe9\x03."s + "\x80\x02}."s + pickle +
         "\x80\x02]."s;
}

std::string torchRefusal(const std::string& contents, ErrorKind kind = ErrorKind::Corrupt) {
  const TemporaryFolder folder;
  try {
    readTensorFile(folder.write("x.pt", contents));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("x.pt"));
    return error.what();
  }
  return {};
}

TEST(TorchFile, RefusesEveryOtherGlobalByName) {
  const auto reason = [](const std::string& pickle) {
    return torchRefusal(legacyFile(pickle), ErrorKind::Unsupported);
  };
  EXPECT_THAT(reason("cos\nsystem\n(S'echo hello'\ntR."), HasSubstr("\"os.system\""));
  EXPECT_THAT(reason("cbuiltins\neval\n(S'1'\ntR."), HasSubstr("\"builtins.eval\""));
  EXPECT_THAT(reason("(S'echo hello'\nios\nsystem\n."), HasSubstr("\"os.system\""));
  EXPECT_THAT(reason("\x80\x04\x8c\x05posix\x8c\x06system\x93."), HasSubstr("\"posix.system\""));
  EXPECT_THAT(reason("ctorch\nload\n."), HasSubstr("\"torch.load\""));
  EXPECT_THAT(reason("c__builtin__\nint\n(tR."), HasSubstr("\"int\""));
  EXPECT_THAT(reason("cos\n\x01\x7f\xff\n."), HasSubstr("\"os.???\""));
  try {
    readTensorFile(torchPath("forbidden_module.pt"));
    FAIL() << "a module was read";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("\"torch.nn.modules.linear.Linear\""));
  }
}

TEST(TorchFile, RefusesMalformedPickles) {
  const auto reason = [](const std::string& pickle) { return torchRefusal(legacyFile(pickle)); };
  EXPECT_THAT(reason("0."), HasSubstr("more values than there are"));
  EXPECT_THAT(reason("t."), HasSubstr("mark"));
  EXPECT_THAT(reason("h\x05."), HasSubstr("never remembered"));
  EXPECT_THAT(reason("\x82\x01."), HasSubstr("0x82"));
  EXPECT_THAT(reason("Kx(K\x01"s + "K\x02"s + "u."), HasSubstr("no container"));
  EXPECT_THAT(reason("}(K\x01u."), HasSubstr("without a value"));
  EXPECT_THAT(reason("K\x01)R."), HasSubstr("no function"));
  EXPECT_THAT(reason("X\xff\xff\xff\x7f"
                     "abc."),
              HasSubstr("cut off"));
  EXPECT_THAT(reason("\x8d\xff\xff\xff\xff\xff\xff\xff\xff"
                     "abc."),
              HasSubstr("cut off"));
  EXPECT_THAT(reason("X\x02\0\0\0\xc0\xaf."s), HasSubstr("not UTF-8"));
  EXPECT_THAT(reason("\x80\x06."), HasSubstr("version 6"));
  EXPECT_THAT(reason("K\x01Q."), HasSubstr("storage"));
  EXPECT_THAT(reason("ccollections\nOrderedDict\n(K\x01tR."), HasSubstr("dictionary"));
  EXPECT_THAT(reason("ctorch._utils\n_rebuild_tensor_v2\n(K\x01K\x02tR."), HasSubstr("storage"));
}

/// A persistent id of a float storage and a view of it.
std::string tensorPickle(const std::string& count, const std::string& shape, const std::string& strides) {
  return "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\n" + count + "tQK\0("s +
         shape + "t("s + strides + "tI00\nNtR."s;
}

TEST(TorchFile, RefusesViewsThatLeaveTheirStorage) {
  const auto file = [](const std::string& pickle, const std::string& keys, const std::string& data) {
    return "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."s + "\x80\x02M\xe9\x03."s + "\x80\x02}."s +
           pickle + keys + data;
  };
  const std::string keys = "(S'0'\nl.";
  const std::string data = "\x02\0\0\0\0\0\0\0"s + std::string(8, '\0');
  EXPECT_EQ(torchRefusal(file(tensorPickle("K\x02", "K\x02", "K\x01"), keys, data)), "");
  EXPECT_THAT(torchRefusal(file(tensorPickle("K\x02", "K\x03", "K\x01"), keys, data)), HasSubstr("past the end"));
  EXPECT_THAT(torchRefusal(file(tensorPickle("K\x02", "K\x02", "K\x02"), keys, data)), HasSubstr("past the end"));
  EXPECT_THAT(torchRefusal(file(tensorPickle("K\x03", "K\x02", "K\x01"), keys, data)),
              HasSubstr("should have 3 elements"));
  EXPECT_THAT(torchRefusal(file(tensorPickle("K\x02", "I9223372036854775807\nI4\n", "K\x01K\x01"), keys, data)),
              HasSubstr("past the end"));
  EXPECT_THAT(torchRefusal(file(tensorPickle("K\x02", "I9000000000\n", "K\0"s), keys, data)),
              HasSubstr("fill the memory"));
  EXPECT_THAT(torchRefusal(file(tensorPickle("K\x02", "I-1\n", "K\x01"), keys, data)), HasSubstr("whole numbers"));
  EXPECT_THAT(torchRefusal(file(tensorPickle("K\x02", "K\x02", "K\x01"), keys, data.substr(0, 10))),
              HasSubstr("cut off"));
  EXPECT_THAT(torchRefusal(file(tensorPickle("K\x02", "K\x02", "K\x01"), ".", data)), HasSubstr("more values"));
}

TEST(TorchFile, SurvivesBombs) {
  // Each list holds the one before it twice: 2^60 paths.
  std::string doubling = "]";
  for (int i = 0; i < 60; ++i) doubling += "2\x86";
  EXPECT_THAT(torchRefusal(legacyFile(doubling + ".")), HasSubstr("a million times"));
  // A list that contains itself.
  EXPECT_THAT(torchRefusal(legacyFile("]2a.")), HasSubstr("64 deep"));
  // A million lists in one another: no recursion, when reading or when freeing.
  EXPECT_THAT(torchRefusal(legacyFile(std::string(1'000'000, '(') + std::string(1'000'000, 'l') + ".")),
              HasSubstr("64 deep"));
  // A large list that is copied again and again.
  std::string copies = "]q\x01(" + std::string(500'000, 'N') + "e0";
  for (int i = 0; i < 100'000; ++i) copies += "c__builtin__\nset\nh\x01\x85R0";
  EXPECT_THAT(torchRefusal(legacyFile(copies + "N.")), HasSubstr("256 MiB"));
  // As many values as fit.
  EXPECT_THAT(torchRefusal(legacyFile(std::string(4'000'000, 'N') + ".")), HasSubstr("256 MiB"));
}

TEST(TorchFile, SaysHowAnArchiveIsDamaged) {
  const std::string whole = testing::readFile(torchPath("nested.pt"));
  EXPECT_THAT(torchRefusal(whole.substr(0, whole.size() / 2)), HasSubstr("cut off"));
  EXPECT_THAT(torchRefusal("PK\x03\x04"), HasSubstr("cut off"));
  EXPECT_THAT(torchRefusal("hello world, this is no archive", ErrorKind::Unsupported),
              HasSubstr("neither a safetensors nor a torch nor an ONNX nor a GGUF file"));
  EXPECT_THAT(torchRefusal(""), HasSubstr("is empty"));
}

/// Every prefix and many single-byte changes of a file are read or refused, never worse.
TEST(TorchFile, ReadsOrRefusesDamagedFiles) {
  const TemporaryFolder folder;
  for (const char* name : {"nested.pt", "nested_protocol4.pt", "nested_legacy.pt", "strided.pt", "dtypes.pt"}) {
    const std::string whole = testing::readFile(torchPath(name));
    int refused = 0;
    int tried = 0;
    const auto attempt = [&](const std::string& contents) {
      ++tried;
      try {
        for (const auto& [key, tensor] : readTensorFile(folder.write("x.pt", contents)).tensors) toFloats(tensor);
      } catch (const Error&) {
        ++refused;
      }
    };
    for (size_t length = 0; length < whole.size(); length += 7) attempt(whole.substr(0, length));
    EXPECT_EQ(refused, tried) << name << ": every cut-off file is refused";
    for (size_t i = 0; i < whole.size(); ++i) {
      std::string changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
      attempt(changed);
    }
    EXPECT_LT(refused, tried) << name << ": changes of weights are not noticed";
  }
}

}  // namespace
}  // namespace lorikeet
