#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/execution_context.h"
#include "lorikeet/workshop.h"
#include "workshop/module_effect.h"
#include "workshop/module_loop.h"

namespace lorikeet {
namespace {

/// A module that one or both adapters change.
struct ComparedModule {
  ModulePlace place;
  const AdapterModule* first = nullptr;
  const AdapterModule* second = nullptr;
  double difference = 0;
};

double largestOf(const Tensor& a, const Tensor& b) {
  double largest = 0;
  const size_t count = std::max(a.size(), b.size());
  for (size_t i = 0; i < count; ++i) {
    const double x = a.empty() ? 0 : a[i], y = b.empty() ? 0 : b[i];
    largest = std::max(largest, std::abs(x - y));
  }
  return largest;
}

bool isSame(const AdapterModule& a, const AdapterModule& b) {
  const auto sameTensor = [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.dtype == y.second.dtype && x.second.shape == y.second.shape &&
           std::equal(x.second.bytes.begin(), x.second.bytes.end(), y.second.bytes.begin(), y.second.bytes.end());
  };
  return a.alpha == b.alpha && a.statedScale == b.statedScale && a.rankStabilized == b.rankStabilized &&
         a.configuredRank == b.configuredRank && a.scalesInput == b.scalesInput && a.neumannTerms == b.neumannTerms &&
         a.rotationLimit == b.rotationLimit &&
         std::equal(a.tensors.begin(), a.tensors.end(), b.tensors.begin(), b.tensors.end(), sameTensor);
}

void compare(ComparedModule& one) {
  if (one.first != nullptr && one.second != nullptr && isSame(*one.first, *one.second)) return;
  Tensor weights[2], biases[2];
  for (const int side : {0, 1}) {
    const AdapterModule* module = side == 0 ? one.first : one.second;
    if (module == nullptr) continue;
    weights[side] = weightChange(*module, one.place, 1);
    biases[side] = biasChangeOf(*module, one.place, 1);
  }
  one.difference = std::max(largestOf(weights[0], weights[1]), largestOf(biases[0], biases[1]));
}

std::vector<ComparedModule> pairUp(const NamedAdapters& opened) {
  std::map<std::pair<NetworkPart, std::string>, ComparedModule> all;
  for (const AdapterModule& module : opened.adapters[0].modules) all[{module.part, module.name}].first = &module;
  for (const AdapterModule& module : opened.adapters[1].modules) all[{module.part, module.name}].second = &module;
  std::vector<ComparedModule> list;
  for (auto& [key, module] : all) {
    module.place = placeOf(*opened.names, key.first, key.second);
    list.push_back(std::move(module));
  }
  return list;
}

AdapterComparison summary(const std::vector<ComparedModule>& modules, double tolerance) {
  AdapterComparison result;
  result.modules = static_cast<int>(modules.size());
  for (const ComparedModule& one : modules) {
    if (one.first == nullptr) result.onlyInSecond.push_back(one.place.label());
    if (one.second == nullptr) result.onlyInFirst.push_back(one.place.label());
    if (one.difference <= result.largestDifference) continue;
    result.largestDifference = one.difference;
    result.worstModule = one.place.label();
  }
  result.equal = result.largestDifference <= tolerance;
  return result;
}

}  // namespace

AdapterComparison compareAdapters(const CompareAdaptersRequest& request, const WorkshopControl& control) {
  if (!(request.tolerance >= 0))
    throw Error(ErrorKind::InvalidArgument, fmt::format("The tolerance is {}; it is at least 0.", request.tolerance));
  const AdapterSource sources[] = {request.first, request.second};
  const NamedAdapters opened = openAdapters(sources, request.model, false);
  std::vector<ComparedModule> modules = pairUp(opened);
  try {
    forEachModule(
        control, static_cast<int64_t>(modules.size()),
        [&](int64_t i) { return modules[static_cast<size_t>(i)].place.label(); },
        [&](int64_t i) { compare(modules[static_cast<size_t>(i)]); });
  } catch (const Stopped&) {
    AdapterComparison stopped;
    stopped.status = Status::Stopped;
    return stopped;
  }
  return summary(modules, request.tolerance);
}

}  // namespace lorikeet
