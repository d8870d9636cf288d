#pragma once
#include <lorikeet/image.h>
#include <cstddef>
#include <filesystem>
#include <span>

namespace lorikeet {

/// The text chunks of a PNG as key and UTF-8 value, in file order: tEXt and zTXt (Latin-1, or UTF-8 where a program
/// wrote that against the rules) and iTXt, also behind the picture's data. Pixels are not decoded. One damaged text
/// chunk is left out; throws Error(Corrupt) if the file is no PNG or its chunks break off before any text was found,
/// Error(NotFound | Io) if it cannot be read. Texts above 64 MiB in all are refused with Error(Corrupt).
ImageText readPngText(const std::filesystem::path& file);
ImageText readPngText(std::span<const std::byte> bytes);

/// A whole PNG file in memory, sRGB, with a tEXt chunk for each text that Latin-1 can hold and an iTXt chunk for the
/// others. Keys must be 1 to 79 Latin-1 characters; throws Error(InvalidArgument) for others and for a picture without
/// pixels. Same picture and text, same bytes.
std::vector<std::byte> encodePng(const Image& image, const ImageText& text = {});

}  // namespace lorikeet
