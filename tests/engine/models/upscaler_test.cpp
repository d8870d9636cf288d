#include "models/upscaler.h"

#include <gtest/gtest.h>
#include <lorikeet/error.h>

#include <random>

#include "io/safetensors.h"
#include "io/tensor_values.h"
#include "io/tensorflow_graph.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

using testing::closeTo;
using testing::GoldenFile;

std::filesystem::path upscalerFile(const std::string& name) { return testing::goldenPath("upscalers/" + name); }

ThreadPool& upscalerPool() {
  static ThreadPool pool(2);
  return pool;
}

Tensor run(const std::filesystem::path& file, const Tensor& input, int scale) {
  const ExecutionContext context(upscalerPool());
  const auto network = UpscalerNetwork::load(context, file);
  EXPECT_EQ(network->traits().architecture, "RRDB") << file;
  EXPECT_EQ(network->traits().scale, scale) << file;
  return toChannelsFirst((*network)(context, toChannelsLast(input)));
}

/// A name with another beginning. Where `start` has a ?, any character stands, which takes the place of the
/// replacement's next ?.
std::string withStart(const std::string& name, std::string_view start, std::string replacement) {
  if (name.size() < start.size()) return name;
  size_t next = 0;
  for (size_t i = 0; i < start.size(); ++i) {
    if (start[i] == '?') {
      next = replacement.find('?', next);
      replacement.at(next) = name[i];
    } else if (start[i] != name[i]) {
      return name;
    }
  }
  return replacement + name.substr(start.size());
}

/// A file with the tensors of another under other names.
std::filesystem::path renamed(const testing::TemporaryFolder& folder, const std::filesystem::path& from,
                              const std::vector<std::pair<std::string, std::string>>& rules) {
  TensorMap tensors;
  for (const auto& [name, tensor] : readSafetensors(from).tensors) {
    std::string current = name;
    for (const auto& [start, replacement] : rules) current = withStart(current, start, replacement);
    tensors.emplace(current, tensor);
  }
  const std::filesystem::path file = folder / "renamed.safetensors";
  writeSafetensors(file, tensors);
  return file;
}

TEST(UpscalerTest, ReadsEveryNamingOfEsrganAsTorchComputesIt) {
  const GoldenFile golden(upscalerFile("rrdb.safetensors"));
  const Tensor input = golden.tensor("input"), expected = golden.tensor("output");
  EXPECT_TRUE(closeTo(run(upscalerFile("rrdb-x2.safetensors"), input, 2), golden.tensor("output.x2"), 1e-5));
  const std::filesystem::path current = upscalerFile("rrdb-x4.safetensors");
  EXPECT_TRUE(closeTo(run(current, input, 4), expected, 1e-5));
  const testing::TemporaryFolder folder;
  const std::filesystem::path trunk = renamed(
      folder, current,
      {{"body.?.rdb", "RRDB_trunk.?.RDB"}, {"conv_body", "trunk_conv"}, {"conv_up", "upconv"}, {"conv_hr", "HRconv"}});
  EXPECT_TRUE(closeTo(run(trunk, input, 4), expected, 1e-5));
  const std::filesystem::path first = renamed(folder, current,
                                              {{"body.?.rdb?.conv?.", "model.1.sub.?.RDB?.conv?.0."},
                                               {"conv_first", "model.0"},
                                               {"conv_body", "model.1.sub.2"},
                                               {"conv_up1", "model.3"},
                                               {"conv_up2", "model.6"},
                                               {"conv_hr", "model.8"},
                                               {"conv_last", "model.10"}});
  EXPECT_TRUE(closeTo(run(first, input, 4), expected, 1e-5));
}

TEST(UpscalerTest, ReadsAnSrvggNetworkAsTorchComputesIt) {
  const GoldenFile golden(upscalerFile("srvgg.safetensors"));
  const auto network = UpscalerNetwork::load(ExecutionContext(upscalerPool()), upscalerFile("srvgg-x3.safetensors"));
  EXPECT_EQ(network->traits().architecture, "SRVGG");
  EXPECT_EQ(network->traits().scale, 3);
  EXPECT_EQ(network->traits().halo, 4);
  const Tensor output =
      toChannelsFirst((*network)(ExecutionContext(upscalerPool()), toChannelsLast(golden.tensor("input"))));
  EXPECT_TRUE(closeTo(output, golden.tensor("output"), 1e-5));
}

TEST(UpscalerTest, ReadsFsrcnnGraphsAsTorchComputesThem) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const GoldenFile golden(upscalerFile("fsrcnn.safetensors"));
  const ExecutionContext context(upscalerPool());
  for (const auto& [name, scale, halo] : {std::tuple("FSRCNN_x3", 3, 6), std::tuple("FSRCNN-small_x2", 2, 3)}) {
    const auto network =
        UpscalerNetwork::load(context, testing::sharedPath("testdata/upscaler") / (std::string(name) + ".pb"));
    EXPECT_EQ(network->traits().architecture, "FSRCNN");
    EXPECT_EQ(network->traits().scale, scale);
    EXPECT_EQ(network->traits().channels, 1);
    EXPECT_EQ(network->traits().halo, halo);
    const Tensor output = toChannelsFirst((*network)(context, toChannelsLast(golden.tensor("input"))));
    EXPECT_TRUE(closeTo(output, golden.tensor(name), 1e-5)) << name;
  }
}

std::string refusalOf(const std::filesystem::path& file) {
  try {
    UpscalerNetwork::load(ExecutionContext(upscalerPool()), file);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(UpscalerTest, RefusesWhatIsNoUpscaler) {
  const testing::TemporaryFolder folder;
  EXPECT_NE(refusalOf(folder / "absent.pth").find("is not a file"), std::string::npos);
  EXPECT_NE(refusalOf(testing::goldenPath("tiny-sd1/vae/diffusion_pytorch_model.safetensors"))
                .find("no upscaler that Lorikeet"),
            std::string::npos);
  const std::vector<float> values(3 * 3 * 3 * 5, 0.5F);
  const RawTensor odd = rawFromFloats({5, 3, 3, 3}, values);
  const std::vector<float> slopes(5, 0.1F);
  writeSafetensors(folder / "odd.safetensors",
                   {{"body.0.weight", odd}, {"body.1.weight", rawFromFloats({5}, slopes)}, {"body.2.weight", odd}});
  EXPECT_NE(refusalOf(folder / "odd.safetensors").find("do not enlarge RGB pictures"), std::string::npos);
}

TEST(UpscalerTest, ADamagedGraphIsRefusedWhereverItIsCut) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const std::string whole = testing::readFile(testing::sharedPath("testdata/upscaler/FSRCNN-small_x2.pb"));
  const testing::TemporaryFolder folder;
  std::mt19937 random(7);
  for (int i = 0; i < 200; ++i) {
    std::string damaged = i % 2 == 0 ? whole.substr(0, random() % whole.size()) : whole;
    for (int j = 0; i % 2 == 1 && j < 8; ++j) damaged[random() % damaged.size()] = static_cast<char>(random());
    try {
      readTensorflowConstants(folder.write("damaged.pb", damaged));
    } catch (const Error& error) {
      EXPECT_FALSE(std::string(error.what()).empty());
    }
  }
}

}  // namespace
}  // namespace lorikeet
