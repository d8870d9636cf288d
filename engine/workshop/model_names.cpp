#include "workshop/model_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <array>

#include "io/unet_names.h"

namespace lorikeet {
namespace {

class ShapeSink : public TensorSink {
 public:
  TensorShapes shapes;
  void add(const std::string& name, const Shape& shape, TensorRole) override { shapes.emplace(name, shape); }
};

TensorShapes publishedText(const SdArchitecture& architecture) {
  ShapeSink sink;
  listTextEncoder(architecture, sink);
  return std::move(sink.shapes);
}

TensorShapes publishedUnet(const SdArchitecture& architecture) {
  ShapeSink sink;
  listUnet(architecture, sink);
  return std::move(sink.shapes);
}

TensorShapes shapesIn(const WeightStore& store) {
  TensorShapes shapes;
  for (const std::string& name : store.names()) shapes.emplace(name, store.root().find(name)->shape);
  return shapes;
}

NameTable originalsOf(const KeyTable& table) {
  std::vector<std::string> names;
  for (const auto& [name, shape] : table.shapes(NetworkPart::UNet)) names.push_back(name);
  return unetNames(names);
}

void requireWhole(const AdapterInfo& info) {
  if (info.unmatchedKeys.empty()) return;
  const size_t shown = std::min<size_t>(3, info.unmatchedKeys.size());
  throw Error(
      ErrorKind::Mismatch,
      fmt::format(
          "{} of the {} tensors of \"{}\" match nothing in the model and would be lost (the first: {}).",
          info.unmatchedKeys.size(), info.tensorCount, info.path.string(),
          fmt::join(info.unmatchedKeys.begin(), info.unmatchedKeys.begin() + static_cast<std::ptrdiff_t>(shown), ", ")),
      fmt::format("{}", fmt::join(info.unmatchedKeys, "\n")));
}

/// The published family whose names and shapes an adapter has.
std::shared_ptr<const ModelNames> familyFor(const AdapterFile& file, const AdapterSource& source) {
  const std::array<std::pair<SdArchitecture, const char*>, 2> families{
      {{kStableDiffusion1, "Stable Diffusion 1.x"}, {kStableDiffusion2, "Stable Diffusion 2.x"}}};
  std::string reason;
  for (const auto& [architecture, label] : families) {
    auto names = std::make_shared<const ModelNames>(architecture, label);
    try {
      matchAdapter(file, names->table(), source.variant);
      return names;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Mismatch) throw;
      if (reason.empty()) reason = error.what();
    }
  }
  throw Error(ErrorKind::Mismatch,
              fmt::format("\"{}\" fits neither Stable Diffusion 1.x nor 2.x; if it is for another model of that kind, "
                          "name the model. {}",
                          source.file.string(), reason));
}

}  // namespace

ModelNames::ModelNames(const SdArchitecture& architecture, std::string label)
    : label_(std::move(label)),
      table_(publishedText(architecture), publishedUnet(architecture)),
      originals_(originalsOf(table_)) {}

ModelNames::ModelNames(const std::filesystem::path& model)
    : label_(model.string()),
      files_(openModel(model)),
      table_(shapesIn(files_->textEncoder), shapesIn(files_->unet)),
      originals_(originalsOf(table_)) {}

std::optional<RawTensor> ModelNames::weight(NetworkPart part, const std::string& tensor) const {
  if (!files_) return std::nullopt;
  return (part == NetworkPart::UNet ? files_->unet : files_->textEncoder).root().find(tensor);
}

NamedAdapters openAdapters(std::span<const AdapterSource> sources, const std::filesystem::path& model, bool partial) {
  NamedAdapters result;
  if (!model.empty()) result.names = std::make_shared<const ModelNames>(model);
  for (const AdapterSource& source : sources) {
    AdapterFile file = readAdapterFile(source.file);
    if (!result.names) result.names = familyFor(file, source);
    result.adapters.push_back(matchAdapter(file, result.names->table(), source.variant));
    result.files.push_back(std::move(file));
    if (!partial) requireWhole(result.adapters.back().info);
  }
  return result;
}

}  // namespace lorikeet
