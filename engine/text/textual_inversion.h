#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "io/raw_tensor.h"
#include "text/clip_tokenizer.h"

namespace lorikeet {

/// A learned embedding: vectors that stand in a prompt for the tokens of their trigger.
struct TextualInversion {
  std::string name;                   ///< what its maker called it, or the file's name without extension
  std::vector<std::string> triggers;  ///< words for the prompt, the best one first; never empty
  int vectorCount = 0;
  int width = 0;               ///< of the text encoder that it was made for: 768 for SD 1.x, 1024 for SD 2.x
  std::vector<float> vectors;  ///< [vectorCount, width]
  std::optional<int64_t> trainingStep;
};

/// Reads A1111's .pt and its PNG pictures with an "sd-ti-embedding" text, diffusers' .bin and .safetensors ({token:
/// tensor}) and safetensors with "emb_params"; the content decides, not the extension. A token in the file triggers,
/// and so does the file's name. Throws Error(NotFound | Io | Corrupt | Unsupported), the last one also for SDXL's pairs
/// (clip_l, clip_g), for files of several embeddings and for tensor files that are no embedding.
/// Source: stable-diffusion-webui modules/textual_inversion, diffusers loaders/textual_inversion.py.
TextualInversion readTextualInversion(const std::filesystem::path& path);

/// An embedding that came inside another file, under its word. Throws Error(Unsupported) for shapes that are none.
TextualInversion embeddedInversion(const std::string& word, const RawTensor& tensor);

/// Throws Error(Mismatch) with both widths if the embedding does not fit a text encoder of this width.
void checkWidth(const TextualInversion& embedding, int encoderWidth);

/// What ClipTokenizer::withTriggers() wants; ids are given in the same order.
std::vector<EmbeddingTrigger> triggersOf(const std::vector<TextualInversion>& embeddings);

}  // namespace lorikeet
