#pragma once
#include <string>
#include <vector>

#include "lorikeet/request.h"

namespace lorikeet::cli {

/// What a request says that is not done as it is written, though pictures can be made of it: a sentence each, with its
/// place in the prompts, or on arithmetic that the processor does not have. Throws Error for a model or a folder that
/// cannot be read.
std::vector<std::string> requestWarnings(const GenerateRequest& request);

}  // namespace lorikeet::cli
