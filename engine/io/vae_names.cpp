#include "io/vae_names.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <string_view>
#include <utility>

namespace lorikeet {
namespace {

constexpr std::array<std::pair<const char*, const char*>, 5> kVaeResnetLayers{{{"norm1", "norm1"},
                                                                               {"conv1", "conv1"},
                                                                               {"norm2", "norm2"},
                                                                               {"conv2", "conv2"},
                                                                               {"conv_shortcut", "nin_shortcut"}}};
constexpr std::array<std::pair<const char*, const char*>, 5> kAttentionLayers{
    {{"group_norm", "norm"}, {"to_q", "q"}, {"to_k", "k"}, {"to_v", "v"}, {"to_out.0", "proj_out"}}};

/// The number of children 0, 1, 2 ... that the module has in either spelling.
int countChildren(const std::set<std::string>& names, const std::string& canonical, const std::string& original) {
  const auto has = [&](const std::string& start) {
    const auto first = names.lower_bound(start);
    return first != names.end() && first->starts_with(start);
  };
  int count = 0;
  while (has(fmt::format("{}.{}.", canonical, count)) || has(fmt::format("{}.{}.", original, count))) ++count;
  return count;
}

void addVaeResnet(NameTable& table, const std::string& canonical, const std::string& original) {
  for (const auto& [ours, theirs] : kVaeResnetLayers)
    table.add(fmt::format("{}.{}", canonical, ours), fmt::format("{}.{}", original, theirs));
}

void addMid(NameTable& table, std::string_view half) {
  addVaeResnet(table, fmt::format("{}.mid_block.resnets.0", half), fmt::format("{}.mid.block_1", half));
  addVaeResnet(table, fmt::format("{}.mid_block.resnets.1", half), fmt::format("{}.mid.block_2", half));
  for (const auto& [ours, theirs] : kAttentionLayers)
    table.add(fmt::format("{}.mid_block.attentions.0.{}", half, ours), fmt::format("{}.mid.attn_1.{}", half, theirs));
}

void addEnds(NameTable& table, std::string_view half) {
  table.add(fmt::format("{}.conv_in", half), fmt::format("{}.conv_in", half));
  table.add(fmt::format("{}.conv_norm_out", half), fmt::format("{}.norm_out", half));
  table.add(fmt::format("{}.conv_out", half), fmt::format("{}.conv_out", half));
}

/// The encoder's levels count from the picture inwards in both spellings; the decoder's count from the latent outwards
/// in diffusers and from the picture inwards in the original.
void addLevels(NameTable& table, const std::set<std::string>& names, bool isDecoder) {
  const std::string ours = isDecoder ? "decoder.up_blocks" : "encoder.down_blocks";
  const std::string theirs = isDecoder ? "decoder.up" : "encoder.down";
  const int levels = countChildren(names, ours, theirs);
  for (int level = 0; level < levels; ++level) {
    const std::string canonical = fmt::format("{}.{}", ours, level);
    const std::string original = fmt::format("{}.{}", theirs, isDecoder ? levels - 1 - level : level);
    const int layers = countChildren(names, canonical + ".resnets", original + ".block");
    for (int l = 0; l < layers; ++l)
      addVaeResnet(table, fmt::format("{}.resnets.{}", canonical, l), fmt::format("{}.block.{}", original, l));
    table.add(fmt::format("{}.{}.0.conv", canonical, isDecoder ? "upsamplers" : "downsamplers"),
              fmt::format("{}.{}.conv", original, isDecoder ? "upsample" : "downsample"));
  }
}

}  // namespace

NameTable vaeNames(std::span<const std::string> tensorNames) {
  const std::set<std::string> names(tensorNames.begin(), tensorNames.end());
  NameTable table;
  for (const bool isDecoder : {false, true}) {
    const std::string_view half = isDecoder ? "decoder" : "encoder";
    addEnds(table, half);
    addLevels(table, names, isDecoder);
    addMid(table, half);
  }
  table.add("quant_conv", "quant_conv");
  table.add("post_quant_conv", "post_quant_conv");
  return table;
}

}  // namespace lorikeet
