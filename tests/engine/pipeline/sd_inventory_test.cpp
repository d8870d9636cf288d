#include "pipeline/sd_inventory.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "io/unet_names.h"
#include "io/vae_names.h"
#include "support/golden.h"

namespace lorikeet::testing {
namespace {

class ShapeLines : public TensorSink {
 public:
  std::map<std::string, std::string> shapes;
  void add(const std::string& name, const Shape& shape, TensorRole) override {
    std::string text = shape.toString();
    std::erase(text, ' ');
    shapes[name] = text;
  }
};

/// Name and shape of a published checkpoint's tensors.
std::map<std::string, std::string> publishedInventory(const std::string& name) {
  std::map<std::string, std::string> shapes;
  std::ifstream file(sharedPath("testdata/key_inventories/" + name));
  for (std::string line; std::getline(file, line);)
    if (const size_t space = line.find(' '); space != std::string::npos)
      shapes[line.substr(0, space)] = line.substr(space + 1);
  return shapes;
}

std::map<std::string, std::string> canonical(const std::map<std::string, std::string>& original,
                                             NameTable (*table)(std::span<const std::string>)) {
  std::vector<std::string> names;
  for (const auto& [name, shape] : original) names.push_back(name);
  const NameTable modules = table(names);
  std::map<std::string, std::string> result;
  for (const auto& [name, shape] : original) result[modules.toCanonical(name).value_or(name)] = shape;
  return result;
}

TEST(SdInventory, IsThatOfThePublishedUnets) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  ShapeLines first, second;
  listUnet(kStableDiffusion1, first);
  listUnet(kStableDiffusion2, second);
  EXPECT_EQ(first.shapes.size(), 686u);
  EXPECT_EQ(first.shapes, canonical(publishedInventory("UNET-v1-SD.txt"), unetNames));
  EXPECT_EQ(second.shapes, canonical(publishedInventory("UNET-v2-SD.txt"), unetNames));
}

TEST(SdInventory, IsThatOfThePublishedTextEncoder) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  ShapeLines listed;
  listTextEncoder(kStableDiffusion1, listed);
  std::map<std::string, std::string> expected;
  for (const auto& [name, shape] : publishedInventory("CLIP-v1-SD.txt"))
    if (!name.ends_with("position_ids")) expected["text_model." + name] = shape;
  EXPECT_EQ(listed.shapes, expected);
}

TEST(SdInventory, HasTheTensorsOfTheVae) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  ShapeLines listed;
  listVae(listed);
  const auto expected = canonical(publishedInventory("VAE-v1-SD.txt"), vaeNames);
  EXPECT_EQ(listed.shapes.size(), expected.size());
  for (const auto& [name, shape] : expected) EXPECT_TRUE(listed.shapes.contains(name)) << name;
}

}  // namespace
}  // namespace lorikeet::testing
