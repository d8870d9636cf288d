#pragma once
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lorikeet/picture_settings.h"

namespace lorikeet {

/// One reader for each program; all answer nothing when the texts are not theirs.
std::optional<PictureSettings> readComfyUi(const ImageText& texts);
std::optional<PictureSettings> readInvokeAi(const ImageText& texts);
std::optional<PictureSettings> readNovelAi(const ImageText& texts);
std::optional<PictureSettings> readFooocus(const ImageText& texts);
std::optional<PictureSettings> readUnpaint(const ImageText& texts);

/// The UserComment of an EXIF block in a JPEG, WebP or PNG file, as UTF-8.
std::optional<std::string> readExifComment(std::span<const std::byte> file);
/// The text in the lowest bits of the pixels, of opacity or colour ("stealth_pnginfo", "stealth_pngcomp",
/// "stealth_rgbinfo", "stealth_rgbcomp"; ashen-sensored/sd_webui_stealth_pnginfo).
std::optional<std::string> readStealthText(const std::filesystem::path& file);

/// The value of a key, or nothing.
std::optional<std::string> findText(const ImageText& texts, std::string_view key);

/// Forgiving access to other programs' JSON: a missing field, or one of another type, is empty.
nlohmann::json parseJsonObject(const std::string& text);  ///< null where it is no object
std::string jsonText(const nlohmann::json& object, const char* key);
std::optional<uint64_t> jsonSeed(const nlohmann::json& object, const char* key);
std::optional<int> jsonInt(const nlohmann::json& object, const char* key);
std::optional<double> jsonNumber(const nlohmann::json& object, const char* key);
/// Adds every field of the object that is not among `known` to the other settings.
void keepOthers(PictureSettings& settings, const nlohmann::json& object, std::initializer_list<std::string_view> known);

std::optional<int64_t> parseInteger(std::string_view text);
std::optional<uint64_t> parseSeed(std::string_view text);
std::optional<double> parseNumber(std::string_view text);
std::string_view trimmed(std::string_view text);

}  // namespace lorikeet
