#pragma once
#include <span>
#include <vector>

#include "models/clip_text_encoder.h"
#include "training/graph_layers.h"

namespace lorikeet {

/// models/clip_text_encoder.h as it is trained: the same computation on a tape, sharing the loaded network's weights.
class TextGraph {
 public:
  /// `source` is the text encoder's root; its parameters must outlive the graph.
  TextGraph(const GraphSource& source, const ClipTextEncoder& encoder);

  /// ids: chunks of `positions` tokens, as many for each of `images`. Ids from vocabularySize on are rows of `extra`
  /// [n, width], which may be trained (textual inversion). clipSkip as in ClipTextEncoder. -> [images, T, width].
  Variable operator()(Tape& tape, std::span<const int> ids, int64_t images, int clipSkip = 1,
                      const Variable* extra = nullptr) const;

 private:
  struct Layer {
    Layer(const GraphSource& source, const ClipTextConfig& config);
    Variable operator()(Tape& tape, const Variable& x, const ClipTextConfig& config) const;
    GraphLayerNorm norm1;
    GraphLinear query, key, value, output;
    GraphLayerNorm norm2;
    GraphLinear up, down;
  };
  const ClipTextEncoder& encoder_;
  std::vector<Layer> layers_;
  GraphLayerNorm finalNorm_;
};

}  // namespace lorikeet
