#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/adapter_keys.h"
#include "adapters/peft_config.h"
#include "io/raw_tensor.h"

namespace lorikeet {

/// An adapter as it lies on disk, memory-mapped; nothing is interpreted yet.
struct AdapterFile {
  std::filesystem::path path;
  /// What may belong to an adapter. Those of a folder's parts have "unet." or "text_encoder." before their names.
  std::map<std::string, RawTensor> tensors;
  std::map<std::string, std::string> metadata;  ///< of the (first) safetensors file
  /// PEFT settings by the prefix of the tensors they hold for: "", "unet.", "text_encoder.".
  std::map<std::string, PeftConfig> peft;
  bool isList = false;   ///< a torch file that is a bare list of tensors (cloneofsimo)
  bool isOnnx = false;   ///< matrices of linear layers are [inputs, outputs]
  int modelTensors = 0;  ///< weights of a whole model around the adapter ("base_layer"), not among the tensors
  /// Textual inversions that the file brings along, [vectors, width] or [width], by the word that stands for them.
  std::map<std::string, RawTensor> embeddings;
  int64_t byteSize = 0;
  std::string sha256;     ///< of the file; of a folder: of its files' hashes
  std::string shortHash;  ///< A1111's: the first 12 digits of the hash without the safetensors header

  /// Takes a tensor's name apart. Numbered tensors (cloneofsimo's "unet:3:up" and bare lists) have modules "unet:3",
  /// "text_encoder:3" and, for lists, ":3".
  std::optional<AdapterKey> keyOf(std::string_view name) const;
};

/// Whether the file's bytes are hashed, which reads all of them.
enum class FileHash { Compute, Skip };

/// Opens a file by its content (safetensors, torch, ONNX) or a folder: PEFT's (adapter_model + adapter_config.json),
/// diffusers' (pytorch_lora_weights) and accelerate's checkpoints (model, model_1 ... for several networks), each alone
/// or as unet/ and text_encoder/. Throws Error(NotFound | Io | Corrupt | Unsupported).
AdapterFile readAdapterFile(const std::filesystem::path& path, FileHash hash = FileHash::Compute);

}  // namespace lorikeet
