#include "io/unet_names.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace lorikeet {
namespace {

/// How the blocks of a UNet follow one another; all that the numbers in its tensor names depend on.
struct Topology {
  struct Level {
    std::vector<bool> hasAttention;  ///< one for each resnet
    bool isResampled = false;
  };
  std::vector<Level> down;
  std::vector<Level> up;
  bool midHasAttention = false;
  int hintBlocks = 0;
};

constexpr std::array<std::pair<const char*, const char*>, 6> kResnetLayers{{{"norm1", "in_layers.0"},
                                                                            {"conv1", "in_layers.2"},
                                                                            {"time_emb_proj", "emb_layers.1"},
                                                                            {"norm2", "out_layers.0"},
                                                                            {"conv2", "out_layers.3"},
                                                                            {"conv_shortcut", "skip_connection"}}};

class Names {
 public:
  explicit Names(std::span<const std::string> names) : names_(names.begin(), names.end()) {}
  bool hasModule(const std::string& module) const {
    const auto first = names_.lower_bound(module + ".");
    return first != names_.end() && first->starts_with(module + ".");
  }

 private:
  std::set<std::string> names_;
};

std::vector<Topology::Level> canonicalLevels(const Names& names, std::string_view blocks, std::string_view resampler) {
  std::vector<Topology::Level> levels;
  for (int b = 0; names.hasModule(fmt::format("{}.{}", blocks, b)); ++b) {
    Topology::Level& level = levels.emplace_back();
    for (int l = 0; names.hasModule(fmt::format("{}.{}.resnets.{}", blocks, b, l)); ++l)
      level.hasAttention.push_back(names.hasModule(fmt::format("{}.{}.attentions.{}", blocks, b, l)));
    level.isResampled = names.hasModule(fmt::format("{}.{}.{}.0", blocks, b, resampler));
  }
  return levels;
}

/// Splits a run of numbered blocks into levels: one ends with each resampling layer.
std::vector<Topology::Level> originalDownLevels(const Names& names) {
  std::vector<Topology::Level> levels;
  bool startsLevel = true;
  for (int n = 1; names.hasModule(fmt::format("input_blocks.{}", n)); ++n) {
    if (startsLevel) levels.emplace_back();
    startsLevel = names.hasModule(fmt::format("input_blocks.{}.0.op", n));
    if (startsLevel)
      levels.back().isResampled = true;
    else
      levels.back().hasAttention.push_back(names.hasModule(fmt::format("input_blocks.{}.1", n)));
  }
  return levels;
}

std::vector<Topology::Level> originalUpLevels(const Names& names) {
  std::vector<Topology::Level> levels;
  bool startsLevel = true;
  for (int n = 0; names.hasModule(fmt::format("output_blocks.{}", n)); ++n) {
    if (startsLevel) levels.emplace_back();
    levels.back().hasAttention.push_back(names.hasModule(fmt::format("output_blocks.{}.1.norm", n)));
    startsLevel = names.hasModule(fmt::format("output_blocks.{}.1.conv", n)) ||
                  names.hasModule(fmt::format("output_blocks.{}.2.conv", n));
    levels.back().isResampled = startsLevel;
  }
  return levels;
}

Topology topologyOf(std::span<const std::string> tensorNames) {
  const Names names(tensorNames);
  Topology topology;
  if (names.hasModule("input_blocks")) {
    topology.down = originalDownLevels(names);
    topology.up = originalUpLevels(names);
    topology.midHasAttention = names.hasModule("middle_block.1.norm");
    while (names.hasModule(fmt::format("input_hint_block.{}", 4 + 2 * topology.hintBlocks))) ++topology.hintBlocks;
  } else {
    topology.down = canonicalLevels(names, "down_blocks", "downsamplers");
    topology.up = canonicalLevels(names, "up_blocks", "upsamplers");
    topology.midHasAttention = names.hasModule("mid_block.attentions.0");
    while (names.hasModule(fmt::format("controlnet_cond_embedding.blocks.{}", topology.hintBlocks)))
      ++topology.hintBlocks;
  }
  return topology;
}

void addResnet(NameTable& table, const std::string& canonical, const std::string& original) {
  for (const auto& [ours, theirs] : kResnetLayers)
    table.add(fmt::format("{}.{}", canonical, ours), fmt::format("{}.{}", original, theirs));
}

/// Returns the number of input blocks.
int addDownBlocks(NameTable& table, const Topology& topology) {
  int n = 1;
  for (size_t b = 0; b < topology.down.size(); ++b) {
    const Topology::Level& level = topology.down[b];
    for (size_t l = 0; l < level.hasAttention.size(); ++l, ++n) {
      addResnet(table, fmt::format("down_blocks.{}.resnets.{}", b, l), fmt::format("input_blocks.{}.0", n));
      if (level.hasAttention[l])
        table.add(fmt::format("down_blocks.{}.attentions.{}", b, l), fmt::format("input_blocks.{}.1", n));
    }
    if (level.isResampled)
      table.add(fmt::format("down_blocks.{}.downsamplers.0.conv", b), fmt::format("input_blocks.{}.0.op", n++));
  }
  return n;
}

void addMidBlock(NameTable& table, const Topology& topology) {
  addResnet(table, "mid_block.resnets.0", "middle_block.0");
  if (topology.midHasAttention) table.add("mid_block.attentions.0", "middle_block.1");
  addResnet(table, "mid_block.resnets.1", topology.midHasAttention ? "middle_block.2" : "middle_block.1");
}

void addUpBlocks(NameTable& table, const Topology& topology) {
  int n = 0;
  for (size_t b = 0; b < topology.up.size(); ++b) {
    const Topology::Level& level = topology.up[b];
    for (size_t l = 0; l < level.hasAttention.size(); ++l, ++n) {
      addResnet(table, fmt::format("up_blocks.{}.resnets.{}", b, l), fmt::format("output_blocks.{}.0", n));
      if (level.hasAttention[l])
        table.add(fmt::format("up_blocks.{}.attentions.{}", b, l), fmt::format("output_blocks.{}.1", n));
    }
    if (level.isResampled && !level.hasAttention.empty())
      table.add(fmt::format("up_blocks.{}.upsamplers.0.conv", b),
                fmt::format("output_blocks.{}.{}.conv", n - 1, level.hasAttention.back() ? 2 : 1));
  }
}

void addEnds(NameTable& table) {
  table.add("time_embedding.linear_1", "time_embed.0");
  table.add("time_embedding.linear_2", "time_embed.2");
  table.add("add_embedding.linear_1", "label_emb.0.0");
  table.add("add_embedding.linear_2", "label_emb.0.2");
  table.add("conv_in", "input_blocks.0.0");
}

}  // namespace

NameTable unetNames(std::span<const std::string> tensorNames) {
  const Topology topology = topologyOf(tensorNames);
  NameTable table;
  addEnds(table);
  addDownBlocks(table, topology);
  addMidBlock(table, topology);
  addUpBlocks(table, topology);
  table.add("conv_norm_out", "out.0");
  table.add("conv_out", "out.2");
  return table;
}

NameTable controlNetNames(std::span<const std::string> tensorNames) {
  const Topology topology = topologyOf(tensorNames);
  NameTable table;
  addEnds(table);
  const int inputBlocks = addDownBlocks(table, topology);
  addMidBlock(table, topology);
  for (int i = 0; i < inputBlocks; ++i)
    table.add(fmt::format("controlnet_down_blocks.{}", i), fmt::format("zero_convs.{}.0", i));
  table.add("controlnet_mid_block", "middle_block_out.0");
  table.add("controlnet_cond_embedding.conv_in", "input_hint_block.0");
  for (int i = 0; i < topology.hintBlocks; ++i)
    table.add(fmt::format("controlnet_cond_embedding.blocks.{}", i), fmt::format("input_hint_block.{}", 2 + 2 * i));
  table.add("controlnet_cond_embedding.conv_out", fmt::format("input_hint_block.{}", 2 + 2 * topology.hintBlocks));
  return table;
}

}  // namespace lorikeet
