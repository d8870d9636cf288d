#include "adapters/adapter_file.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/message_digest.h"
#include "io/json_text.h"
#include "io/mapped_file.h"
#include "io/safetensors.h"
#include "io/tensor_file.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

constexpr const char* kWeightFiles[] = {"adapter_model.safetensors",
                                        "adapter_model.bin",
                                        "pytorch_lora_weights.safetensors",
                                        "pytorch_lora_weights.bin",
                                        "pytorch_lora_weights.pt",
                                        "model.safetensors",
                                        "pytorch_model.bin",
                                        "diffusion_pytorch_model.safetensors"};

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
  const nlohmann::json all = parseJson(text->second);
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
  for (auto& entry : list) {
    const std::string& name = entry.first;
    size_t index = 0;
    const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), index);
    if (failed != std::errc() || end != name.data() + name.size() || entry.second.shape.rank() < 2) continue;
    pairs.emplace(fmt::format(":{}:{}", index / 2, index % 2 == 0 ? "up" : "down"), std::move(entry.second));
  }
  return pairs;
}

/// ONNX names stand for nodes: "/unet/mid_block/attentions.0/proj_in/lora_down.weight".
std::map<std::string, RawTensor> dottedNames(std::map<std::string, RawTensor> tensors, const fs::path& path) {
  std::map<std::string, RawTensor> dotted;
  for (auto& entry : tensors) {
    std::string plain = entry.first.substr(entry.first.starts_with('/') ? 1 : 0);
    std::replace(plain.begin(), plain.end(), '/', '.');
    if (!dotted.emplace(plain, std::move(entry.second)).second)
      throw Error(ErrorKind::Corrupt, fmt::format("\"{}\" holds the tensor \"{}\" twice.", path.string(), plain));
  }
  return dotted;
}

/// A model into which an adapter was put (lora_wrapper's "embed", PEFT's whole state): its own weights, those that the
/// adapter wraps called "MODULE.base_layer.weight", are no part of the adapter.
void leaveModelOut(AdapterFile& adapter) {
  const auto isWrapped = [](const auto& entry) { return entry.first.find(".base_layer.") != std::string::npos; };
  if (std::none_of(adapter.tensors.begin(), adapter.tensors.end(), isWrapped)) return;
  adapter.modelTensors = static_cast<int>(std::erase_if(adapter.tensors, [&](const auto& entry) {
    const auto key = adapter.keyOf(entry.first);
    return !key || key->role == "weight";
  }));
}

/// cloneofsimo's files name embeddings "<s1>"; kohya's bundles "bundle_emb.NAME.string_to_param.*".
std::string embeddingName(const std::string& name, const RawTensor& tensor) {
  constexpr std::string_view kBundle = "bundle_emb.", kEnd = ".string_to_param.*";
  if (tensor.shape.rank() < 1 || tensor.shape.rank() > 2) return {};
  if (name.size() > 2 && name.starts_with('<') && name.ends_with('>')) return name;
  if (name.size() <= kBundle.size() + kEnd.size() || !name.starts_with(kBundle) || !name.ends_with(kEnd)) return {};
  return name.substr(kBundle.size(), name.size() - kBundle.size() - kEnd.size());
}

void takeEmbeddings(AdapterFile& adapter) {
  for (auto entry = adapter.tensors.begin(); entry != adapter.tensors.end();) {
    const std::string word = embeddingName(entry->first, entry->second);
    if (!word.empty()) adapter.embeddings.emplace(word, std::move(entry->second));
    entry = word.empty() ? std::next(entry) : adapter.tensors.erase(entry);
  }
}

AdapterFile readOne(const fs::path& path, FileHash hash) {
  AdapterFile adapter;
  adapter.path = path;
  TensorFile file = readTensorFile(path);
  adapter.isList = file.root && file.root->isList();
  adapter.isOnnx = file.isOnnx;
  adapter.tensors = std::move(file.tensors);
  if (adapter.isList) adapter.tensors = numberedPairs(std::move(adapter.tensors));
  if (adapter.isOnnx) adapter.tensors = dottedNames(std::move(adapter.tensors), path);
  leaveModelOut(adapter);
  takeEmbeddings(adapter);
  adapter.metadata = std::move(file.metadata);
  if (hash == FileHash::Compute) hashFile(path, adapter);
  readEmbeddedConfig(adapter);
  const fs::path config = path.parent_path() / "adapter_config.json";
  if (path.filename().string().starts_with("adapter_model.") && isFile(config))
    adapter.peft.emplace("", PeftConfig::read(config));
  return adapter;
}

/// Adds what another file of the same adapter holds, its names after a prefix.
void join(AdapterFile& whole, AdapterFile file, const std::string& prefix) {
  for (auto& [name, tensor] : file.tensors) {
    if (!whole.tensors.emplace(prefix + name, std::move(tensor)).second)
      throw Error(ErrorKind::Corrupt,
                  fmt::format("Two files of \"{}\" hold the tensor \"{}\".", whole.path.string(), prefix + name));
  }
  whole.embeddings.merge(file.embeddings);
  for (auto& [inner, config] : file.peft) whole.peft.emplace(prefix + inner, std::move(config));
  if (whole.metadata.empty()) whole.metadata = std::move(file.metadata);
  whole.byteSize += file.byteSize;
  whole.modelTensors += file.modelTensors;
}

std::string hashOfHashes(const std::vector<std::string>& hashes) {
  Sha256 all;
  for (const std::string& hash : hashes) all.add(std::as_bytes(std::span(hash)));
  return all.finish();
}

/// accelerate numbers the networks of a checkpoint: model.safetensors, model_1.safetensors ...
AdapterFile readNumbered(const fs::path& first, FileHash hash) {
  AdapterFile whole = readOne(first, hash);
  const std::string stem = first.stem().string(), extension = first.extension().string();
  if (stem != "model" && stem != "pytorch_model") return whole;
  std::vector<std::string> all{whole.sha256};
  for (int i = 1; isFile(first.parent_path() / fmt::format("{}_{}{}", stem, i, extension)); ++i) {
    AdapterFile next = readOne(first.parent_path() / fmt::format("{}_{}{}", stem, i, extension), hash);
    all.push_back(next.sha256);
    join(whole, std::move(next), "");
  }
  if (all.size() > 1 && hash == FileHash::Compute) {
    whole.sha256 = hashOfHashes(all);
    whole.shortHash = whole.sha256.substr(0, 12);
  }
  return whole;
}

AdapterFile readFolder(const fs::path& folder, FileHash hash) {
  AdapterFile whole;
  whole.path = folder;
  std::vector<std::string> all;
  for (const std::string part : {"unet", "text_encoder", "unet_lora", "text_encoder_lora"}) {
    const fs::path weights = weightsIn(folder / part);
    if (weights.empty()) continue;
    AdapterFile file = readOne(weights, hash);
    all.push_back(file.sha256);
    join(whole, std::move(file), part.starts_with("unet") ? "unet." : "text_encoder.");
  }
  if (hash == FileHash::Skip) return whole;
  whole.sha256 = hashOfHashes(all);
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
    adapter = readNumbered(weights, hash);
    adapter.path = path;
  } else {
    adapter = readFolder(path, hash);
  }
  if (adapter.tensors.empty() && adapter.embeddings.empty())
    throw Error(ErrorKind::Unsupported,
                fmt::format("\"{}\" holds no adapter: there are no tensors in it.", path.string()));
  return adapter;
}

}  // namespace lorikeet
