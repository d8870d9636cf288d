#pragma once
#include <map>
#include <string>
#include <vector>

#include "adapters/adapter_file.h"
#include "adapters/adapter_module.h"
#include "adapters/key_table.h"
#include "lorikeet/adapter_info.h"

namespace lorikeet {

/// An adapter with its modules resolved against a model.
struct MatchedAdapter {
  AdapterInfo info;
  std::vector<AdapterModule> modules;           ///< by part and name; each passed its format's check()
  std::map<std::string, RawTensor> embeddings;  ///< textual inversions that fit the text encoder, by their word
};

/// Resolves every tensor by exact look-up. `variant` chooses among several adapters of a file (empty: "default" or the
/// first). Throws Error(Corrupt) for NaN, infinity, incomplete modules and contradicting ranks, and Error(Mismatch) if
/// nothing fits the model or the adapter belongs to another family; the rest is told in info.
MatchedAdapter matchAdapter(const AdapterFile& file, const KeyTable& table, const std::string& variant = {});

}  // namespace lorikeet
