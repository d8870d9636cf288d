#pragma once
#include <optional>
#include <string>

#include "workshop/adapter_draft.h"
#include "workshop/configured_layers.h"

namespace lorikeet {

/// A layer of two models, and the LoRA of their difference.
struct ExtractedLayer {
  AdaptableLayer layer;
  RawTensor base, tuned;
  RankRule rule;
  double scale = 1;
  AdapterModule result;  ///< without tensors where the models are equal
  ModuleFit fit;
  double error = 0, norm = 0;
};

/// What was found for a layer, for a ModuleJournal, and back. Reading throws Error(Corrupt) for anything else.
std::string extractionRecord(const ExtractedLayer& layer);
void readExtractionRecord(std::string_view record, ExtractedLayer& layer);

}  // namespace lorikeet
