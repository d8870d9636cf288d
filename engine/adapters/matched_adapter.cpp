#include "adapters/matched_adapter.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <charconv>

#include "adapters/adapter_format.h"
#include "adapters/describe_adapter_file.h"
#include "io/tensor_values.h"

namespace lorikeet {
namespace {

/// Reads "unet:12", "text_encoder:3" and ":7".
const KeyTable::Target* numberedTarget(const KeyTable& table, std::string_view module, bool listIsText) {
  const size_t colon = module.rfind(':');
  if (colon == std::string_view::npos) return nullptr;
  size_t index = 0;
  const std::string_view digits = module.substr(colon + 1);
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (failed != std::errc() || end != digits.data() + digits.size()) return nullptr;
  const std::string_view part = module.substr(0, colon);
  if (part == "unet" || (part.empty() && !listIsText)) return table.numbered(NetworkPart::UNet, index);
  if (part == "text_encoder" || part.empty()) return table.numbered(NetworkPart::TextEncoder, index);
  return nullptr;
}

class Matcher {
 public:
  Matcher(const AdapterFile& file, const KeyTable& table, std::string variant)
      : file_(file), table_(table), variant_(std::move(variant)) {
    result_.info = describeAdapterFile(file);
    result_.info.compared = true;
  }

  MatchedAdapter run() {
    refuseOtherFamily();
    chooseVariant();
    for (const auto& [name, tensor] : file_.tensors) place(name, tensor);
    for (const auto& [word, vectors] : file_.embeddings) placeEmbedding(word, vectors);
    for (auto& [name, found] : found_) finish(found);
    refuseNothing();
    addWarnings();
    return std::move(result_);
  }

 private:
  struct Found {
    AdapterModule module;
    std::vector<std::string> keys;
  };

  std::string path() const { return fmt::format("\"{}\"", file_.path.string()); }

  void refuseOtherFamily() const {
    const Shape* text = table_.shapeOf(NetworkPart::UNet, textProjection());
    const int64_t width = text == nullptr ? 0 : (*text)[1];
    const std::string model = width == 768 ? "SD 1.x" : width == 1024 ? "SD 2.x" : "";
    const std::string& family = result_.info.family;
    const bool isForeign = family == "SDXL" || family == "FLUX" || family == "SD 3";
    if (!isForeign && (model.empty() || family.empty() || family == model)) return;
    throw Error(ErrorKind::Mismatch, fmt::format("{} is an adapter for {} models; this model is {}.", path(), family,
                                                 model.empty() ? "another one" : model));
  }

  /// Some cross-attention weight of the model; its second axis is the width of the text.
  std::string textProjection() const {
    for (const auto& [name, shape] : table_.shapes(NetworkPart::UNet))
      if (name.ends_with(".attn2.to_k.weight") && shape.rank() >= 2) return name;
    return {};
  }

  void chooseVariant() {
    const std::vector<std::string>& variants = result_.info.variants;
    if (variants.empty()) {
      variant_.clear();
      return;
    }
    const auto contains = [&](const std::string& name) {
      return std::count(variants.begin(), variants.end(), name) > 0;
    };
    if (!variant_.empty() && !contains(variant_))
      throw Error(ErrorKind::NotFound,
                  fmt::format("{} holds no adapter \"{}\"; it has {}.", path(), variant_, fmt::join(variants, ", ")));
    if (variant_.empty()) variant_ = contains("default") ? "default" : variants.front();
  }

  bool listIsText() const {
    if (!file_.isList) return false;
    const size_t pairs = file_.tensors.size() / 2;
    return pairs == table_.numberedCount(NetworkPart::TextEncoder) && pairs != table_.numberedCount(NetworkPart::UNet);
  }

  void place(const std::string& name, const RawTensor& tensor) {
    const auto key = file_.keyOf(name);
    if (key && !variant_.empty() && !key->variant.empty() && key->variant != variant_) {
      --result_.info.tensorCount;  // of another adapter
      return;
    }
    const KeyTable::Target* target = nullptr;
    if (key) target = table_.find(key->module);
    if (key && target == nullptr) target = numberedTarget(table_, key->module, listIsText());
    if (target == nullptr) {
      unmatched(name);
      return;
    }
    requireNumbers(name, key->role, tensor);
    Found& found = found_[{target->part, target->module}];
    found.module.part = target->part;
    found.module.name = target->module;
    found.module.key = std::string(key->module);
    if (!found.module.tensors.emplace(key->role, tensor).second)
      throw Error(ErrorKind::Corrupt,
                  fmt::format("{} changes {} twice: tensor {} repeats another one.", path(), target->module, name));
    found.keys.push_back(name);
  }

  void requireNumbers(const std::string& name, std::string_view role, const RawTensor& tensor) const {
    const bool isWhole = tensor.dtype <= DType::I64;
    if (isWhole && tensor.shape.elementCount() > 1 && role != "on_input")
      throw Error(ErrorKind::Corrupt, fmt::format("{} is damaged: tensor {} holds {}, expected floating point.", path(),
                                                  name, lorikeet::name(tensor.dtype)));
    requireFinite(name, tensor);
  }

  void requireFinite(const std::string& name, const RawTensor& tensor) const {
    if (allFinite(tensor)) return;
    throw Error(
        ErrorKind::Corrupt,
        fmt::format("{} is damaged: tensor {} holds values that are not finite (NaN or infinity).", path(), name));
  }

  void placeEmbedding(const std::string& word, const RawTensor& vectors) {
    const Shape* norm = table_.shapeOf(NetworkPart::TextEncoder, "text_model.final_layer_norm.weight");  // [width]
    if (norm == nullptr || norm->rank() != 1 || vectors.shape[-1] != (*norm)[0]) return unmatched(word);
    requireFinite(word, vectors);
    result_.embeddings.emplace(word, vectors);
    ++result_.info.matchedTensors;
  }

  void unmatched(const std::string& name) { result_.info.unmatchedKeys.push_back(name); }

  void reject(const Found& found, const std::string& reason) {
    for (const std::string& key : found.keys) unmatched(key);
    if (reason.empty()) return;
    if (misfits_++ == 0) firstMisfit_ = reason;
  }

  void finish(Found& found) {
    AdapterModule& module = found.module;
    if (module.has("weight") && !module.has("on_input")) return reject(found, "");  // a whole weight, no adapter
    readAlpha(module);
    try {
      check(module);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Mismatch) throw Error(error.kind(), fmt::format("{}: {}", path(), error.what()));
      return reject(found, error.what());
    }
    result_.info.matchedTensors += static_cast<int>(found.keys.size());
    ++result_.info.matchedModules;
    ++(module.part == NetworkPart::UNet ? result_.info.unetModules : result_.info.textEncoderModules);
    result_.modules.push_back(std::move(module));
  }

  void readAlpha(AdapterModule& module) {
    if (const RawTensor* alpha = module.find("alpha")) {
      if (alpha->shape.elementCount() < 1)
        throw Error(ErrorKind::Corrupt, fmt::format("{}: the alpha of {} is empty.", path(), module.key));
      module.alpha = toFloats(*alpha)[0];
      if (*module.alpha == 0 && module.has("down")) ++zeroAlphas_;
      return;
    }
    const PeftConfig* config = nullptr;
    size_t longest = 0;
    for (const auto& [prefix, candidate] : file_.peft)
      if (module.key.starts_with(prefix) && (config == nullptr || prefix.size() >= longest)) {
        config = &candidate;
        longest = prefix.size();
      }
    if (config == nullptr) return;
    config->applyTo(module);
  }

  void check(AdapterModule& module) {
    const Shape* weight = table_.shapeOf(module.part, module.name + ".weight");
    CHECK(weight != nullptr);
    if (module.has("lora_scale")) readWrapperScale(module, *weight);
    if (file_.isOnnx || module.has("lora_scale")) turnMatrices(module, *weight);
    if (const AdapterFormat* format = formatOf(module)) format->check(module, *weight);
    const RawTensor* bias = biasChange(module);
    if (bias == nullptr) return;
    const Shape* shape = table_.shapeOf(module.part, module.name + ".bias");
    requireShape(shape != nullptr && shape->elementCount() == bias->shape.elementCount(), module,
                 module.has("diff_b") ? "diff_b" : "b_norm", shape == nullptr ? Shape{0} : *shape);
  }

  /// lora_wrapper: W' = W + lora_scale * B A. For convolutions it chains two of the same kernel, and calls the first
  /// one B; only those of one tap make a change of the weight.
  static void readWrapperScale(AdapterModule& module, const Shape& weight) {
    const RawTensor& a = module.get("down");
    const RawTensor& b = module.get("up");
    if (a.shape.rank() == 4 && b.shape.rank() == 4) {
      if (a.shape[2] * a.shape[3] != 1 || b.shape[2] * b.shape[3] != 1)
        throw Error(ErrorKind::Mismatch,
                    fmt::format("The adapter's module {} chains two convolutions {} and {}, which no change of the "
                                "weight {} can express.",
                                module.key, b.shape.toString(), a.shape.toString(), weight.toString()));
      std::swap(module.tensors.find("down")->second, module.tensors.find("up")->second);
    }
    const RawTensor& scale = module.get("lora_scale");
    if (scale.shape.elementCount() > 0) module.statedScale = toFloats(scale)[0];
  }

  /// Factors of a linear layer that were stored as [inputs, rank] and [rank, outputs]: always so in ONNX files, told by
  /// the shapes elsewhere.
  void turnMatrices(AdapterModule& module, const Shape& weight) const {
    const RawTensor* down = module.find("down");
    const RawTensor* up = module.find("up");
    if (down == nullptr || up == nullptr || down->shape.rank() != 2 || up->shape.rank() != 2) return;
    const int64_t outputs = weight[0], depth = weight.elementCount() / std::max<int64_t>(outputs, 1);
    const Shape &d = down->shape, &u = up->shape;
    const bool isTurned = d[0] == depth && u[1] == outputs && d[1] == u[0];
    const bool isStraight = d[1] == depth && u[0] == outputs && d[0] == u[1];
    if (!isTurned || (isStraight && !file_.isOnnx)) return;
    module.tensors["down"] = transposedMatrix(*down);
    module.tensors["up"] = transposedMatrix(*up);
  }

  void refuseNothing() const {
    const AdapterInfo& info = result_.info;
    if (info.matchedModules > 0 && misfits_ <= info.matchedModules) return;
    if (misfits_ > 0)
      throw Error(ErrorKind::Mismatch, fmt::format("{} does not fit this model: {}", path(), firstMisfit_));
    throw Error(
        ErrorKind::Mismatch,
        fmt::format("{} does not fit this model: none of its {} tensors names a weight of it (the first is {}).",
                    path(), info.tensorCount, file_.tensors.begin()->first));
  }

  void addWarnings() {
    AdapterInfo& info = result_.info;
    if (const size_t count = info.unmatchedKeys.size(); count > 0)
      info.warnings.push_back(
          fmt::format("{} of {} tensors match nothing in this model and are left out.", count, info.tensorCount));
    if (misfits_ > 0) info.warnings.push_back(fmt::format("{} modules do not fit: {}", misfits_, firstMisfit_));
    if (zeroAlphas_ > 0)
      info.warnings.push_back(fmt::format("The alpha of {} modules is 0; it is read as their rank.", zeroAlphas_));
    if (file_.modelTensors > 0)
      info.warnings.push_back(
          fmt::format("The file also holds a model of {} tensors, which is left out.", file_.modelTensors));
    if (info.variants.size() > 1)
      info.warnings.push_back(fmt::format("The file holds several adapters; \"{}\" is used.", variant_));
  }

  const AdapterFile& file_;
  const KeyTable& table_;
  std::string variant_;
  MatchedAdapter result_;
  std::map<std::pair<NetworkPart, std::string>, Found> found_;
  int misfits_ = 0;
  int zeroAlphas_ = 0;
  std::string firstMisfit_;
};

}  // namespace

MatchedAdapter matchAdapter(const AdapterFile& file, const KeyTable& table, const std::string& variant) {
  return Matcher(file, table, variant).run();
}

}  // namespace lorikeet
