#include "lorikeet/picture_settings.h"

#include <nlohmann/json.hpp>

#include "io/mapped_file.h"
#include "io/png_chunks.h"
#include "io/png_text.h"
#include "pipeline/settings_readers.h"

namespace lorikeet {
namespace {

std::optional<PictureSettings> readTexts(const ImageText& texts) {
  for (auto* read : {readFooocus, readComfyUi, readInvokeAi, readNovelAi, readUnpaint})
    if (auto settings = read(texts)) return settings;
  // ComfyUI and others save an infotext beside their own data; A1111's own pictures have nothing else.
  if (const auto parameters = findText(texts, "parameters")) return parseInfotext(*parameters);
  return std::nullopt;
}

/// Stealth texts hold either an infotext or, from NovelAI, the PNG's texts as one JSON object.
std::optional<PictureSettings> readHidden(const std::string& text) {
  const nlohmann::json object = parseJsonObject(text);
  if (!object.is_object()) return parseInfotext(text);
  ImageText texts;
  for (const auto& [key, value] : object.items())
    if (value.is_string()) texts.emplace_back(key, value.get<std::string>());
  return readTexts(texts);
}

}  // namespace

std::optional<PictureSettings> readPictureSettings(const std::filesystem::path& file) {
  const auto mapped = MappedFile::open(file);
  const bool isPng = hasPngSignature(mapped->bytes());
  if (isPng)
    if (auto settings = readTexts(readPngText(mapped->bytes()))) return settings;
  if (const auto comment = readExifComment(mapped->bytes())) {
    if (auto settings = parseInfotext(*comment)) return settings;
    if (auto settings = readTexts({{"parameters", *comment}})) return settings;
  }
  if (!isPng) return std::nullopt;
  const auto hidden = readStealthText(file);
  return hidden ? readHidden(*hidden) : std::nullopt;
}

}  // namespace lorikeet
