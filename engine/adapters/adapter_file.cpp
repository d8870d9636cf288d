#include "adapters/adapter_file.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/sha256.h"
#include "io/mapped_file.h"
#include "io/safetensors.h"
#include "io/tensor_file.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

constexpr const char* kWeightFiles[] = {
    "adapter_model.safetensors", "adapter_model.bin",       "pytorch_lora_weights.safetensors",
    "pytorch_lora_weights.bin",  "pytorch_lora_weights.pt", "model.safetensors",
    "pytorch_model.bin"};

bool isFile(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

fs::path weightsIn(const fs::path& folder) {
  for (const char* name : kWeightFiles)
    if (isFile(folder / name)) return folder / name;
  return {};
}

void hashFile(const fs::path& path, AdapterFile& adapter) {
  const auto file = MappedFile::open(path);
  const std::span<const std::byte> bytes = file->bytes();
  Sha256 whole;
  whole.add(bytes);
  adapter.sha256 = whole.finish();
  adapter.shortHash = adapter.sha256.substr(0, 12);
  adapter.byteSize = static_cast<int64_t>(bytes.size());
  if (!looksLikeSafetensors(bytes) || bytes.size() < 8) return;
  uint64_t header = 0;
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header > bytes.size() - 8) return;
  Sha256 body;
  body.add(bytes.subspan(8 + header));
  adapter.shortHash = body.finish().substr(0, 12);
}

/// diffusers from 0.35 on writes the PEFT settings of every part into the metadata.
void readEmbeddedConfig(AdapterFile& adapter) {
  const auto text = adapter.metadata.find("lora_adapter_metadata");
  if (text == adapter.metadata.end()) return;
  const nlohmann::json all = nlohmann::json::parse(text->second, nullptr, false);
  if (!all.is_object()) return;
  for (const std::string prefix : {"unet.", "text_encoder."}) {
    nlohmann::json part = nlohmann::json::object();
    for (const auto& [key, value] : all.items())
      if (key.starts_with(prefix)) part[key.substr(prefix.size())] = value;
    if (!part.empty())
      adapter.peft.emplace(prefix, PeftConfig::fromJson(part, fmt::format("\"{}\"", adapter.path.string())));
  }
}

/// A bare list holds up, down, up, down ...; they become ":0:up", ":0:down", ":1:up" ...
std::map<std::string, RawTensor> numberedPairs(std::map<std::string, RawTensor> list) {
  std::map<std::string, RawTensor> pairs;
  for (auto& [name, tensor] : list) {
    size_t index = 0;
    const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), index);
    if (failed != std::errc() || end != name.data() + name.size() || tensor.shape.rank() < 2) continue;
    pairs.emplace(fmt::format(":{}:{}", index / 2, index % 2 == 0 ? "up" : "down"), std::move(tensor));
  }
  return pairs;
}

AdapterFile readOne(const fs::path& path, FileHash hash) {
  AdapterFile adapter;
  adapter.path = path;
  TensorFile file = readTensorFile(path);
  adapter.isList = file.root && file.root->isList();
  adapter.tensors = std::move(file.tensors);
  if (adapter.isList) adapter.tensors = numberedPairs(std::move(adapter.tensors));
  adapter.metadata = std::move(file.metadata);
  if (hash == FileHash::Compute) hashFile(path, adapter);
  readEmbeddedConfig(adapter);
  const fs::path config = path.parent_path() / "adapter_config.json";
  if (path.filename().string().starts_with("adapter_model.") && isFile(config))
    adapter.peft.emplace("", PeftConfig::read(config));
  return adapter;
}

AdapterFile readFolder(const fs::path& folder, FileHash hash) {
  AdapterFile whole;
  whole.path = folder;
  Sha256 hashes;
  for (const std::string part : {"unet", "text_encoder"}) {
    const fs::path weights = weightsIn(folder / part);
    if (weights.empty()) continue;
    AdapterFile file = readOne(weights, hash);
    for (auto& [name, tensor] : file.tensors) whole.tensors.emplace(part + "." + name, std::move(tensor));
    for (auto& [prefix, config] : file.peft) whole.peft.emplace(part + "." + prefix, std::move(config));
    if (whole.metadata.empty()) whole.metadata = std::move(file.metadata);
    whole.byteSize += file.byteSize;
    hashes.add(std::as_bytes(std::span(file.sha256)));
  }
  whole.sha256 = hashes.finish();
  whole.shortHash = whole.sha256.substr(0, 12);
  return whole;
}

}  // namespace

std::optional<AdapterKey> AdapterFile::keyOf(std::string_view name) const {
  if (name.ends_with(":up")) return AdapterKey{name.substr(0, name.size() - 3), "up", {}};
  if (name.ends_with(":down")) return AdapterKey{name.substr(0, name.size() - 5), "down", {}};
  return splitAdapterKey(name);
}

AdapterFile readAdapterFile(const fs::path& path, FileHash hash) {
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    throw Error(ErrorKind::NotFound, fmt::format("The adapter \"{}\" does not exist.", path.string()));
  AdapterFile adapter;
  if (!fs::is_directory(path, ignored)) {
    adapter = readOne(path, hash);
  } else if (const fs::path weights = weightsIn(path); !weights.empty()) {
    adapter = readOne(weights, hash);
    adapter.path = path;
  } else {
    adapter = readFolder(path, hash);
  }
  if (adapter.tensors.empty())
    throw Error(ErrorKind::Unsupported,
                fmt::format("\"{}\" holds no adapter: there are no tensors in it.", path.string()));
  return adapter;
}

}  // namespace lorikeet
