#pragma once
#include <map>
#include <string>
#include <vector>

#include "adapters/adapter_module.h"

namespace lorikeet {

/// An adapter that is to be written: modules with canonical names, textual inversions by their word, metadata.
struct AdapterDraft {
  std::vector<AdapterModule> modules;
  std::map<std::string, RawTensor> embeddings;
  std::map<std::string, std::string> metadata;
};

/// Entry of a model's metadata that keeps those of an adapter inside it, as a JSON object.
constexpr const char* kEmbeddedMetadata = "lorikeet.embedded_adapter";

}  // namespace lorikeet
