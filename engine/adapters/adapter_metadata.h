#pragma once
#include <map>
#include <string>

#include "lorikeet/adapter_info.h"

namespace lorikeet {

/// Fills title, trigger words and tags from kohya's "ss_*" and the "modelspec.*" entries. Entries that cannot be read
/// are left out.
void readAdapterMetadata(const std::map<std::string, std::string>& metadata, AdapterInfo& info);

/// The family that the metadata states, or empty.
std::string familyFromMetadata(const std::map<std::string, std::string>& metadata);

}  // namespace lorikeet
