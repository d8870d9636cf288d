#include "io/model_part.h"

#include <fmt/format.h>

#include <lorikeet/error.h>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "io/canonical_names.h"
#include "io/json_file.h"
#include "io/onnx_model.h"
#include "io/tensor_file.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

/// Names that diffusers and transformers give a weight file, best first. An index lists the shards of the file that it
/// is named after.
constexpr std::array<std::string_view, 17> kWeightFiles{
    "diffusion_pytorch_model.safetensors",
    "diffusion_pytorch_model.safetensors.index.json",
    "model.safetensors",
    "model.safetensors.index.json",
    "diffusion_pytorch_model.fp16.safetensors",
    "diffusion_pytorch_model.safetensors.index.fp16.json",
    "model.fp16.safetensors",
    "model.safetensors.index.fp16.json",
    "diffusion_pytorch_model.bin",
    "diffusion_pytorch_model.bin.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
    "diffusion_pytorch_model.fp16.bin",
    "diffusion_pytorch_model.bin.index.fp16.json",
    "pytorch_model.fp16.bin",
    "pytorch_model.bin.index.fp16.json",
    "model.onnx",
};

bool isFile(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// The shard's path; an index must not lead out of its folder.
fs::path shardPath(const fs::path& index, const std::string& name) {
  const fs::path shard(name);
  if (name.empty() || shard != shard.filename() || name == "." || name == "..")
    throw Error(ErrorKind::Corrupt,
                fmt::format("\"{}\" lists the shard \"{}\", which is not a plain file name.", index.string(), name));
  return index.parent_path() / shard;
}

TensorMap readShards(const fs::path& index) {
  const auto object = readJsonObject(index);
  const auto weightMap = object->find("weight_map");
  if (weightMap == object->end() || !weightMap->is_object())
    throw Error(ErrorKind::Corrupt, fmt::format("\"{}\" has no \"weight_map\".", index.string()));
  std::map<fs::path, TensorMap> shards;
  TensorMap result;
  for (const auto& [name, file] : weightMap->items()) {
    if (!file.is_string())
      throw Error(ErrorKind::Corrupt, fmt::format("\"{}\" gives no file name for \"{}\".", index.string(), name));
    const fs::path path = shardPath(index, file.get<std::string>());
    auto shard = shards.find(path);
    if (shard == shards.end()) shard = shards.emplace(path, readTensorFile(path).tensors).first;
    const auto tensor = shard->second.find(name);
    if (tensor == shard->second.end()) {
      throw Error(ErrorKind::Corrupt,
                  fmt::format("\"{}\" should hold the tensor \"{}\" according to \"{}\", but does not.", path.string(),
                              name, index.filename().string()));
    }
    result.emplace(name, tensor->second);
  }
  return result;
}

[[noreturn]] void failWithoutWeights(const fs::path& folder) {
  throw Error(
      ErrorKind::NotFound,
      fmt::format("\"{}\" holds no weights: neither diffusion_pytorch_model.safetensors nor model.safetensors nor a "
                  ".bin or sharded form of them nor model.onnx is there.",
                  folder.string()));
}

/// The best weight file of a folder, or the index of its shards.
fs::path weightsIn(const fs::path& folder) {
  for (const std::string_view name : kWeightFiles)
    if (isFile(folder / name)) return folder / name;
  failWithoutWeights(folder);
}

}  // namespace

WeightFile readWeightFile(const fs::path& folder) {
  const fs::path path = weightsIn(folder);
  if (path.extension() == ".json") return {readShards(path), {}};
  if (path.extension() == ".onnx") return {readOnnxModel(path), {}};
  TensorFile file = readTensorFile(path);
  return {std::move(file.tensors), std::move(file.metadata)};
}

fs::path firstWeightFile(const fs::path& folder) {
  fs::path path = weightsIn(folder);
  if (path.extension() != ".json") return path;
  const auto object = readJsonObject(path);
  std::set<std::string> shards;
  if (const auto map = object->find("weight_map"); map != object->end() && map->is_object())
    for (const auto& shard : *map)
      if (shard.is_string()) shards.insert(shard.get<std::string>());
  if (shards.empty()) failWithoutWeights(folder);
  return shardPath(path, *shards.begin());
}

ModelPart readModelPart(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    throw Error(ErrorKind::NotFound, fmt::format("The folder \"{}\" does not exist.", folder.string()));
  ModelPart part;
  if (isFile(folder / "config.json")) part.config = readJsonObject(folder / "config.json");
  part.tensors = withoutWrappedAdapter(readWeightFile(folder).tensors);
  return part;
}

}  // namespace lorikeet
