#include "adapters/module_terms.h"

#include <gtest/gtest.h>

#include "adapters/dense_math.h"
#include "engine/adapters/adapter_test_support.h"

namespace lorikeet::testing {
namespace {

/// The matched modules of a golden case, with what they belong to.
struct TermsCase {
  explicit TermsCase(const std::string& name) : golden(name) {
    const KeyTable table(shapesOf(tiny.textEncoder.parameters()), shapesOf(tiny.unet.parameters()));
    adapter = matchAdapter(readAdapterFile(golden.uses[0].file), table);
  }
  const MatrixParameter* matrix(const AdapterModule& module) const {
    const ParameterTable& table =
        module.part == NetworkPart::UNet ? tiny.unet.parameters() : tiny.textEncoder.parameters();
    return dynamic_cast<const MatrixParameter*>(table.find(module.name + ".weight"));
  }
  TinyNetworks tiny;
  LoraCase golden;
  MatchedAdapter adapter;
};

class TermsOfFormat : public ::testing::TestWithParam<std::string> {};

/// Terms and delta() are two ways to the same numbers.
TEST_P(TermsOfFormat, GiveTheDifferenceOfTheFormat) {
  const TermsCase test(GetParam());
  int compared = 0;
  for (const AdapterModule& module : test.adapter.modules) {
    const MatrixParameter* matrix = test.matrix(module);
    const AdapterFormat* format = formatOf(module);
    if (matrix == nullptr || format == nullptr) continue;
    const double multiplier = -0.7;
    const Tensor pristine = widened(matrix->pristine());
    Tensor expected = format->delta(module, pristine, multiplier);
    kernels().add(expected.data(), pristine.data(), expected.data(), static_cast<int64_t>(expected.size()));

    const WeightedModule once{&module, 1.0}, use{&module, multiplier};
    ModuleTerms terms(std::span(&once, 1), matrix->pristine());
    if (!terms.rescale(std::span(&use, 1))) {
      EXPECT_TRUE(isWide(module, matrix->pristine().shape)) << module.name;
      terms = ModuleTerms(std::span(&use, 1), matrix->pristine());
    }
    auto changed = std::make_unique<MatrixParameter>(test.tiny.context, module.name, matrix->pristine());
    changed->setTerms(test.tiny.context, terms.terms());
    const std::vector<float> actual = effectiveValues(*changed);
    for (size_t i = 0; i < actual.size(); ++i) ASSERT_NEAR(actual[i], expected[i], 2e-6) << module.name;
    ++compared;
  }
  EXPECT_GE(compared, 1);
}

INSTANTIATE_TEST_SUITE_P(Formats, TermsOfFormat,
                         ::testing::Values("kohya_lora", "kohya_locon_tucker", "loha", "loha_tucker", "lokr_both_full",
                                           "lokr_both_factored", "lokr_tucker", "glora", "ia3", "full_diff", "oft",
                                           "boft", "oft_constraint_rescale", "lycoris_dora_in", "lycoris_dora_out",
                                           "peft_dora"),
                         [](const auto& test) { return test.param; });

TEST(ModuleTerms, AreRescaledOnlyForTheSameModules) {
  const TermsCase test("loha");
  const AdapterModule &a = test.adapter.modules[0], &b = test.adapter.modules[1];
  const WeightedModule first{&a, 1}, again{&a, 0.5}, other{&b, 1};
  ModuleTerms terms(std::span(&first, 1), test.matrix(a)->pristine());
  EXPECT_TRUE(terms.rescale(std::span(&again, 1)));
  EXPECT_FALSE(terms.rescale(std::span(&other, 1)));
  EXPECT_FALSE(terms.rescale({}));
}

/// Only butterflies are held value by value.
TEST(ModuleTerms, AreFewFactorsForAllFormatsButButterflies) {
  for (const std::string& name : loraCases()) {
    const TermsCase test(name);
    for (const AdapterModule& module : test.adapter.modules) {
      const MatrixParameter* matrix = test.matrix(module);
      if (matrix != nullptr) {
        EXPECT_EQ(isWide(module, matrix->pristine().shape), name == "boft") << name << " " << module.name;
      }
    }
  }
}

/// Many files on one weight: the sums are stored, and the picture has the same bits.
TEST(AdapterStackPaths, CostDecidesAndChangesNoBits) {
  TinyNetworks tiny;
  const AdapterUse one = LoraCase("kohya_lora").uses.front();
  AdapterStack stack(tiny.textEncoder.parameters(), tiny.unet.parameters());
  stack.open(one);
  stack.apply(tiny.context, {one});
  EXPECT_EQ(stack.paths().merged, 0);
  EXPECT_GT(stack.paths().beside, 0);

  std::vector<AdapterUse> many(60, one);
  for (size_t i = 0; i < many.size(); ++i) many[i].weight = 0.01 * static_cast<double>(i);
  stack.apply(tiny.context, many);
  EXPECT_GT(stack.paths().merged, 0);
  const auto snapshot = [&] {
    std::map<std::string, std::vector<float>> values;
    for (const auto& [name, parameter] : tiny.unet.parameters().all()) values[name] = effectiveValues(*parameter);
    return values;
  };
  const auto merged = snapshot();
  for (const auto& [name, parameter] : tiny.unet.parameters().all()) {
    auto* matrix = dynamic_cast<MatrixParameter*>(parameter.get());
    if (matrix == nullptr || !matrix->isMerged()) continue;
    std::vector<WeightedModule> uses;
    const KeyTable table(shapesOf(tiny.textEncoder.parameters()), shapesOf(tiny.unet.parameters()));
    const MatchedAdapter adapter = matchAdapter(readAdapterFile(one.file), table);
    for (const AdapterModule& module : adapter.modules)
      if (module.part == NetworkPart::UNet && module.name + ".weight" == name)
        for (const AdapterUse& use : many)
          if (use.weight != 0) uses.push_back({&module, use.weight});
    ASSERT_FALSE(uses.empty()) << name;
    const ModuleTerms terms(uses, matrix->pristine());
    matrix->setTerms(tiny.context, terms.terms());
    EXPECT_FALSE(matrix->isMerged());
    EXPECT_EQ(effectiveValues(*matrix), merged.at(name)) << name;
    break;  // one is enough, and the stack does not know of it
  }
}

TEST(AdapterStackPaths, RemovingMergedAdaptersLeavesTheirWeightsUntouched) {
  TinyNetworks tiny;
  const auto snapshot = [&] {
    std::map<std::string, std::vector<float>> values;
    for (const auto& [name, parameter] : tiny.unet.parameters().all()) values[name] = effectiveValues(*parameter);
    return values;
  };
  const auto before = snapshot();
  AdapterUse rotation = LoraCase("boft").uses.front(), product = LoraCase("loha").uses.front();
  AdapterStack stack(tiny.textEncoder.parameters(), tiny.unet.parameters());
  stack.open(rotation);
  stack.open(product);
  stack.apply(tiny.context, {rotation, product});
  EXPECT_GT(stack.paths().merged, 0);
  rotation.weight = 0.3;
  stack.apply(tiny.context, {product, rotation});
  const auto both = snapshot();
  stack.apply(tiny.context, {product});
  EXPECT_EQ(stack.paths().merged, 0);
  stack.apply(tiny.context, {rotation, product});
  EXPECT_EQ(snapshot(), both);
  stack.apply(tiny.context, {});
  EXPECT_EQ(snapshot(), before);
}

}  // namespace
}  // namespace lorikeet::testing
