#pragma once
#include <vector>

#include "studio/library/library_adapter.h"
#include "studio/library/prompt_library.h"

namespace lorikeet {

/// What adapters give to prompts: their names for completion, in order, their trigger words, and all names by which
/// tags may call them, also with extension, path or what they were made as. Safe on any thread.
AdapterWords wordsOfAdapters(const std::vector<LibraryAdapter>& adapters);

}  // namespace lorikeet
