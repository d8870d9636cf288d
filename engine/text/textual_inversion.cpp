#include "text/textual_inversion.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <span>
#include <utility>

#include "io/mapped_file.h"
#include "io/png_text.h"
#include "io/tensor_file.h"
#include "io/tensor_values.h"
#include "text/png_embedding.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kAnyToken = "*";
constexpr int64_t kMaxVectors = 10'000;
constexpr int64_t kMaxWidth = 65'536;

bool looksLikePng(std::span<const std::byte> bytes) {
  constexpr std::array<unsigned char, 8> kSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  return bytes.size() >= kSignature.size() &&
         std::equal(kSignature.begin(), kSignature.end(), bytes.begin(),
                    [](unsigned char a, std::byte b) { return std::byte{a} == b; });
}

[[noreturn]] void refuse(ErrorKind kind, const fs::path& path, const std::string& reason) {
  throw Error(kind, fmt::format("\"{}\" {}.", path.string(), reason));
}

void setVectors(TextualInversion& embedding, const RawTensor& raw, const fs::path& path) {
  const int rank = raw.shape.rank();
  if (rank < 1 || rank > 2 || raw.shape[-1] < 1 || raw.shape[-1] > kMaxWidth ||
      (rank == 2 && (raw.shape[0] < 1 || raw.shape[0] > kMaxVectors)))
    refuse(
        ErrorKind::Unsupported, path,
        fmt::format("is no embedding: its tensor has the shape {}, expected [vectors, width]", raw.shape.toString()));
  if (raw.dtype != DType::F32 && raw.dtype != DType::F16 && raw.dtype != DType::BF16 && raw.dtype != DType::F64)
    refuse(ErrorKind::Unsupported, path,
           fmt::format("is no embedding: its tensor holds {}, expected floating point", lorikeet::name(raw.dtype)));
  embedding.vectorCount = rank == 1 ? 1 : static_cast<int>(raw.shape[0]);
  embedding.width = static_cast<int>(raw.shape[-1]);
  embedding.vectors = toFloats(raw);
}

void checkFinite(const TextualInversion& embedding, const fs::path& path) {
  if (!std::all_of(embedding.vectors.begin(), embedding.vectors.end(), [](float v) { return std::isfinite(v); }))
    refuse(ErrorKind::Corrupt, path, "holds an embedding with values that are not finite numbers");
}

/// A1111's dictionary: {"string_to_param": {"*": tensor}, "name": ..., "step": ...}.
TextualInversion fromA1111(const PickleValue& root, const PickleValue& parameters, const fs::path& path) {
  const std::optional<PickleValue> inner = parameters.isDict() ? parameters.find("_parameters") : std::nullopt;
  const PickleValue& table = inner && inner->isDict() ? *inner : parameters;
  if (!table.isDict() || table.size() == 0) refuse(ErrorKind::Corrupt, path, "has an empty \"string_to_param\"");
  if (table.size() > 1)
    refuse(ErrorKind::Unsupported, path, fmt::format("holds {} embeddings, expected one", table.size()));
  const std::optional<RawTensor> tensor = table.value(0).tensor();
  if (!tensor) refuse(ErrorKind::Corrupt, path, "has no tensor in \"string_to_param\"");
  TextualInversion embedding;
  setVectors(embedding, *tensor, path);
  if (const auto name = root.find("name"); name && name->text()) embedding.name = *name->text();
  if (const auto step = root.find("step")) embedding.trainingStep = step->integer();
  return embedding;
}

/// {"<token>": tensor}, {"emb_params": tensor} or SDXL's {"clip_l": ..., "clip_g": ...}.
TextualInversion fromTensors(const std::map<std::string, RawTensor>& tensors, const fs::path& path) {
  if (tensors.contains("clip_g"))
    refuse(ErrorKind::Unsupported, path,
           "is an embedding for SDXL (it holds clip_l and clip_g for two text encoders); Lorikeet runs SD 1.x and 2.x");
  if (tensors.empty()) refuse(ErrorKind::Unsupported, path, "is no embedding: it holds no tensors");
  if (tensors.size() > 1)
    refuse(ErrorKind::Unsupported, path,
           fmt::format("is no embedding: it holds {} tensors (\"{}\", \"{}\" ...), expected one", tensors.size(),
                       tensors.begin()->first, std::next(tensors.begin())->first));
  const auto& [token, tensor] = *tensors.begin();
  TextualInversion embedding;
  setVectors(embedding, tensor, path);
  if (token != "emb_params" && token != "clip_l" && token != kAnyToken && !token.empty()) {
    embedding.name = token;
    embedding.triggers.push_back(token);
  }
  return embedding;
}

TextualInversion fromPng(const fs::path& path) {
  const ImageText texts = readPngText(path);
  const auto it = std::find_if(texts.begin(), texts.end(), [](const auto& t) { return t.first == kPngEmbeddingKey; });
  if (it == texts.end())
    refuse(ErrorKind::Unsupported, path,
           fmt::format("is a picture without an embedding: it has no \"{}\" text", kPngEmbeddingKey));
  PngEmbedding read = readPngEmbedding(it->second, path.string());
  TextualInversion embedding;
  embedding.name = read.name;
  if (!read.name.empty()) embedding.triggers.push_back(read.name);
  embedding.trainingStep = read.step;
  embedding.vectorCount = read.vectorCount;
  embedding.width = read.width;
  embedding.vectors = std::move(read.vectors);
  return embedding;
}

TextualInversion fromTensorFile(const fs::path& path) {
  const TensorFile file = readTensorFile(path);
  if (file.root && file.root->isDict())
    if (const auto parameters = file.root->find("string_to_param")) return fromA1111(*file.root, *parameters, path);
  return fromTensors(file.tensors, path);
}

}  // namespace

TextualInversion readTextualInversion(const fs::path& path) {
  const bool isPng = looksLikePng(MappedFile::open(path)->bytes());
  TextualInversion embedding = isPng ? fromPng(path) : fromTensorFile(path);
  checkFinite(embedding, path);
  const std::string stem = path.stem().string();
  if (embedding.name.empty()) embedding.name = stem;
  if (std::find(embedding.triggers.begin(), embedding.triggers.end(), stem) == embedding.triggers.end())
    embedding.triggers.push_back(stem);
  return embedding;
}

TextualInversion embeddedInversion(const std::string& word, const RawTensor& tensor) {
  TextualInversion embedding;
  setVectors(embedding, tensor, word);
  checkFinite(embedding, word);
  embedding.name = word;
  embedding.triggers.push_back(word);
  return embedding;
}

void checkWidth(const TextualInversion& embedding, int encoderWidth) {
  if (embedding.width == encoderWidth) return;
  const auto family = [](int width) {
    return width == 768 ? " (SD 1.x)" : width == 1024 ? " (SD 2.x)" : width == 1280 ? " (SDXL)" : "";
  };
  throw Error(ErrorKind::Mismatch,
              fmt::format("The embedding \"{}\" is {} wide{}, the model's text encoder {}{}", embedding.name,
                          embedding.width, family(embedding.width), encoderWidth, family(encoderWidth)));
}

std::vector<EmbeddingTrigger> triggersOf(const std::vector<TextualInversion>& embeddings) {
  std::vector<EmbeddingTrigger> triggers;
  triggers.reserve(embeddings.size());
  for (const TextualInversion& embedding : embeddings) triggers.push_back({embedding.triggers, embedding.vectorCount});
  return triggers;
}

}  // namespace lorikeet
