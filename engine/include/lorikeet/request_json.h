#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "lorikeet/error.h"
#include "lorikeet/request.h"

namespace lorikeet {

/// A request as one line of JSON that holds every setting, with the names of the command line. Numbers, names and
/// switches are always written; texts, files and lists only where they are not empty. The same request gives the same
/// line. Pictures stand in it by their file: throws Error(InvalidArgument) for one that is in memory alone, and for
/// text that is no UTF-8.
std::string toRequestJson(const GenerateRequest& request);

/// Reads such a line, or any JSON object with some of its fields; the others are as in `base`. null empties a text, a
/// file or a list. Ranges are not checked, that is validate()'s part. A field that is unknown or cannot be read stays
/// as it was and adds one sentence to `problems`; without `problems`, and for text that is no JSON object, it throws
/// Error(InvalidArgument | Corrupt) with that sentence.
GenerateRequest readRequestJson(std::string_view json, const GenerateRequest& base = {},
                                std::vector<std::string>* problems = nullptr);

/// One field of the JSON form, for help pages.
struct RequestJsonField {
  std::string name;   ///< of a field in a part, with the part: "mask_options.blur", "adapters[].weight"
  std::string kind;   ///< "text", "number", "file", "list" ...
  std::string value;  ///< the default, empty where there is none
  std::string help;
};
std::vector<RequestJsonField> requestJsonFields();

}  // namespace lorikeet
