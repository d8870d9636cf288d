#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "lorikeet/adapter_use.h"

namespace lorikeet {

/// Takes A1111's <lora:name:weight>, <lora:name:text weight:unet weight> and <lyco:...> out of a prompt and adds their
/// files, looked up by name in the folder and below it, to the stack. Returns the prompt without them. Throws
/// Error(NotFound) for a name that is not there and Error(InvalidArgument) if the folder is empty.
std::string takeAdapterTags(const std::string& prompt, const std::filesystem::path& folder,
                            std::vector<AdapterUse>& adapters);

}  // namespace lorikeet
