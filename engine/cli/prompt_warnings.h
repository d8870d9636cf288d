#pragma once
#include <string>
#include <vector>

#include "lorikeet/request.h"

namespace lorikeet::cli {

/// What the prompts of a request say that is not done as it is written, though pictures can be made of them: a sentence
/// each, with its place. Throws Error for a model or a folder that cannot be read.
std::vector<std::string> promptWarnings(const GenerateRequest& request);

}  // namespace lorikeet::cli
