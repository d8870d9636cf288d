#include "adapters/describe_adapter_file.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <set>

#include "adapters/adapter_keys.h"
#include "adapters/adapter_metadata.h"
#include "io/tensor_values.h"

namespace lorikeet {
namespace {

/// The format that a role shows; empty for roles that several have.
std::string_view formatOfRole(std::string_view role) {
  if (role == "dora_scale" || role == "magnitude") return "DoRA";
  if (role == "down") return "LoRA";
  if (role == "hada_w1_a") return "LoHa";
  if (role == "lokr_w1" || role == "lokr_w1_a") return "LoKr";
  if (role == "a1") return "GLoRA";
  if (role == "oft_blocks" || role == "oft_diag" || role == "oft_R") return "OFT";
  if (role == "on_input" || role == "ia3_l") return "(IA)3";
  if (role == "diff" || role == "diff_b") return "full difference";
  return role == "w_norm" || role == "b_norm" ? "norms" : "";
}

/// The rank that a tensor shows, 0 if it shows none.
int64_t rankOfTensor(std::string_view role, const Shape& shape, bool isOnnx) {
  if (shape.rank() < 2) return 0;
  if (isOnnx && shape.rank() == 2 && role == "down") return shape[1];
  for (const char* factor : {"down", "hada_w1_b", "hada_w2_b", "lokr_w1_b", "lokr_w2_b", "a2"})
    if (role == factor) return shape[0];
  return 0;
}

/// Families that the names alone show.
std::string familyOfName(std::string_view name) {
  const auto has = [name](std::string_view part) { return name.find(part) != std::string_view::npos; };
  if (has("lora_te2_") || has("text_encoder_2") || has("lora_te1_")) return "SDXL";
  if (has("double_blocks") || has("single_transformer_blocks") || has("single_blocks")) return "FLUX";
  return has("joint_blocks") ? "SD 3" : "";
}

std::string familyOfWidth(int64_t width) {
  if (width == 768) return "SD 1.x";
  if (width == 1024) return "SD 2.x";
  return width == 2048 ? "SDXL" : "";
}

/// Width of the text that a cross-attention projection reads, 0 if this tensor does not show it.
int64_t textWidthOf(std::string_view name, std::string_view role, const Shape& shape, bool isOnnx) {
  const bool isText = name.find("attn2") != std::string_view::npos &&
                      (name.find("to_k") != std::string_view::npos || name.find("to_v") != std::string_view::npos);
  if (!isText || role != "down" || shape.rank() < 2) return 0;
  return isOnnx && shape.rank() == 2 ? shape[0] : shape[1];
}

/// False for endings that tensors of models have as well.
bool showsAdapter(const AdapterKey& key) { return key.role != "weight" && key.role != "alpha" && key.role != "scalar"; }

class Summary {
 public:
  Summary(AdapterInfo& info, bool isOnnx) : info_(info), isOnnx_(isOnnx) {}

  void add(const std::string& name, const AdapterKey& key, const RawTensor& tensor) {
    if (showsAdapter(key)) ++recognised_;
    modules_.emplace(key.module);
    if (!key.variant.empty()) variants_.emplace(key.variant);
    if (const std::string_view format = formatOfRole(key.role); !format.empty()) ++formats_[format];
    if (key.role != "alpha" && key.role != "on_input") types_.insert(tensor.dtype);
    addRank(rankOfTensor(key.role, tensor.shape, isOnnx_));
    if (key.role == "alpha" && tensor.shape.elementCount() == 1) addAlpha(toFloats(tensor)[0]);
    if (family_.empty()) family_ = familyOfName(name);
    if (family_.empty()) family_ = familyOfWidth(textWidthOf(name, key.role, tensor.shape, isOnnx_));
  }

  void addAlpha(double alpha) {
    info_.lowestAlpha = std::min(info_.lowestAlpha.value_or(alpha), alpha);
    info_.highestAlpha = std::max(info_.highestAlpha.value_or(alpha), alpha);
  }

  bool isAdapter() const { return recognised_ > 0; }

  void finish(const AdapterFile& file) {
    info_.moduleCount = static_cast<int>(modules_.size());
    info_.variants.assign(variants_.begin(), variants_.end());
    if (info_.variants.size() < 2) info_.variants.clear();
    info_.precision = types_.size() == 1 ? std::string(name(*types_.begin())) : "mixed";
    std::vector<std::pair<int, std::string_view>> order;
    for (const auto& [format, count] : formats_) order.emplace_back(-count, format);
    std::sort(order.begin(), order.end());
    for (const auto& [count, format] : order) info_.formats.emplace_back(format);
    info_.family = family_.empty() ? familyFromMetadata(file.metadata) : family_;
  }

 private:
  void addRank(int64_t rank) {
    if (rank == 0) return;
    info_.lowestRank = info_.lowestRank == 0 ? rank : std::min(info_.lowestRank, rank);
    info_.highestRank = std::max(info_.highestRank, rank);
  }

  AdapterInfo& info_;
  bool isOnnx_;
  int recognised_ = 0;
  std::set<std::string, std::less<>> modules_, variants_;
  std::map<std::string_view, int> formats_;
  std::set<DType> types_;
  std::string family_;
};

}  // namespace

bool holdsAdapter(const AdapterFile& file) {
  return std::any_of(file.tensors.begin(), file.tensors.end(), [&](const auto& entry) {
    const auto key = file.keyOf(entry.first);
    return key && showsAdapter(*key);
  });
}

AdapterInfo describeAdapterFile(const AdapterFile& file) {
  AdapterInfo info;
  info.path = file.path;
  std::error_code ignored;
  const bool isFolder = std::filesystem::is_directory(file.path, ignored);
  info.name = isFolder ? file.path.filename().string() : file.path.stem().string();
  info.byteSize = file.byteSize;
  info.sha256 = file.sha256;
  info.shortHash = file.shortHash;
  const auto stated = file.metadata.find("sshs_model_hash");
  if (stated != file.metadata.end() && stated->second.size() >= 12) info.shortHash = stated->second.substr(0, 12);
  info.tensorCount = static_cast<int>(file.tensors.size() + file.embeddings.size());
  readAdapterMetadata(file.metadata, info);

  for (const auto& [word, vectors] : file.embeddings) info.embeddings.push_back(word);

  Summary summary(info, file.isOnnx);
  for (const auto& [name, tensor] : file.tensors)
    if (const auto key = file.keyOf(name)) summary.add(name, *key, tensor);
  if (!summary.isAdapter())
    throw Error(ErrorKind::Unsupported,
                fmt::format("\"{}\" is no adapter: none of its {} tensors is named like a part of one.",
                            file.path.string(), info.tensorCount));
  for (const auto& [prefix, config] : file.peft) {
    if (config.alpha) summary.addAlpha(*config.alpha);
    for (const auto& [pattern, alpha] : config.alphaPattern) summary.addAlpha(alpha);
  }
  summary.finish(file);
  return info;
}

}  // namespace lorikeet
