#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "lorikeet/picture_settings.h"

namespace lorikeet {

/// A value of an infotext as A1111 writes it (modules/infotext_utils.py, quote): a JSON string where it holds a comma,
/// colon, quote or line break, itself otherwise.
std::string quoteInfotextValue(const std::string& value);

/// The name of a file, or of a folder that is written with a slash at its end.
std::filesystem::path bareName(const std::filesystem::path& file);

/// The size that A1111 means by "Size", in pixels: of a picture with a second pass that of the first.
struct PassSize {
  int width;
  int height;
};
PassSize firstPassSize(const GenerateRequest& request, const PictureFacts& facts);

/// What `text`, an infotext with all that A1111 has fields for, does not tell: those fields of the request's JSON form
/// in which the request that is read back from the text differs. Empty where nothing differs. Files are named without
/// their folders, which are nobody's business.
std::string ownSettings(const GenerateRequest& request, int imageIndex, const PictureFacts& facts,
                        const std::string& text);

/// Takes such a value over into the request that was read from the other fields. Sentences about what cannot be taken
/// go to `notes`.
void takeOwnSettings(const std::string& own, GenerateRequest& request, std::vector<std::string>& notes);

}  // namespace lorikeet
