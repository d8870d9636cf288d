#include "io/open_clip_names.h"

#include <fmt/format.h>

#include <lorikeet/error.h>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace lorikeet {
namespace {

constexpr std::string_view kLayers = "text_model.encoder.layers";
constexpr std::string_view kBlocks = "transformer.resblocks";
constexpr std::string_view kFused = "attn.in_proj_";

constexpr std::array<std::pair<const char*, const char*>, 5> kBlockLayers{{{"self_attn.out_proj", "attn.out_proj"},
                                                                           {"layer_norm1", "ln_1"},
                                                                           {"layer_norm2", "ln_2"},
                                                                           {"mlp.fc1", "mlp.c_fc"},
                                                                           {"mlp.fc2", "mlp.c_proj"}}};

/// The number behind "PREFIX." in the name, -1 if it does not begin so.
int indexBehind(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix) || name.size() < prefix.size() + 2 || name[prefix.size()] != '.') return -1;
  int value = 0;
  size_t i = prefix.size() + 1;
  for (; i < name.size() && name[i] >= '0' && name[i] <= '9' && value < 10'000; ++i)
    value = 10 * value + (name[i] - '0');
  return i < name.size() && name[i] == '.' ? value : -1;
}

int countLayers(std::span<const std::string> names) {
  int count = 0;
  for (const std::string& name : names)
    count = std::max({count, indexBehind(name, kLayers) + 1, indexBehind(name, kBlocks) + 1});
  return count;
}

/// Rows [third * n, (third + 1) * n) of a tensor with 3 n rows.
RawTensor thirdOf(const RawTensor& fused, size_t third) {
  std::vector<int64_t> dims(fused.shape.dims().begin(), fused.shape.dims().end());
  dims[0] /= 3;
  const size_t size = fused.bytes.size() / 3;
  return {fused.dtype, Shape(std::span<const int64_t>(dims)), fused.bytes.subspan(third * size, size), fused.owner};
}

void addSplit(TensorMap& result, int layer, std::string_view kind, const RawTensor& fused) {
  constexpr std::array<std::string_view, 3> kParts{"q_proj", "k_proj", "v_proj"};
  for (size_t i = 0; i < kParts.size(); ++i)
    result.emplace(fmt::format("{}.{}.self_attn.{}.{}", kLayers, layer, kParts[i], kind), thirdOf(fused, i));
}

}  // namespace

NameTable openClipNames(std::span<const std::string> tensorNames) {
  NameTable table;
  table.add("text_model.embeddings.token_embedding", "token_embedding");
  table.add("text_model.embeddings.position_embedding.weight", "positional_embedding");
  table.add("text_model.final_layer_norm", "ln_final");
  const int layers = countLayers(tensorNames);
  for (int l = 0; l < layers; ++l)
    for (const auto& [ours, theirs] : kBlockLayers)
      table.add(fmt::format("{}.{}.{}", kLayers, l, ours), fmt::format("{}.{}.{}", kBlocks, l, theirs));
  return table;
}

TensorMap canonicalFromOpenClip(const TensorMap& tensors, const std::string& source) {
  std::vector<std::string> names;
  names.reserve(tensors.size());
  for (const auto& [name, tensor] : tensors) names.push_back(name);
  const NameTable table = openClipNames(names);
  const int lastBlock = countLayers(names) - 1;
  TensorMap result;
  for (const auto& [name, tensor] : tensors) {
    if (name == "text_projection" || name == "logit_scale") continue;
    const int block = indexBehind(name, kBlocks);
    if (block >= 0 && block == lastBlock) continue;
    const std::string fused = fmt::format("{}.{}.{}", kBlocks, block, kFused);
    if (block >= 0 && name.starts_with(fused)) {
      if (tensor.shape.rank() < 1 || tensor.shape[0] % 3 != 0) {
        throw Error(ErrorKind::Corrupt,
                    fmt::format("\"{}\" of {} has the shape {}, which cannot be split into query, key and value.", name,
                                source, tensor.shape.toString()));
      }
      addSplit(result, block, std::string_view(name).substr(fused.size()), tensor);
    } else {
      result.emplace(table.toCanonical(name).value_or(name), tensor);
    }
  }
  return result;
}

}  // namespace lorikeet
