#pragma once
#include <string>

#include "nn/parameter.h"
#include "ops/convolution.h"
#include "training/low_rank_layer.h"
#include "training/tape.h"

namespace lorikeet {

/// What the layers of a training graph are built from: the frozen parameters of a loaded network, whose packed weights
/// they share, and the LoRA of its layers.
class GraphSource {
 public:
  GraphSource(const ParameterTable& parameters, const LowRankLayers& layers, NetworkPart part, std::string prefix = {})
      : parameters_(parameters), layers_(layers), part_(part), prefix_(std::move(prefix)) {}

  GraphSource scope(const std::string& child) const { return {parameters_, layers_, part_, prefix_ + child + "."}; }
  const PackedWeights& weight() const;
  const float* values(const std::string& name) const;
  /// Null where the layer has none.
  const float* bias() const;
  /// The LoRA of the layer in this scope, or null.
  LowRankLayer* lowRank() const;

 private:
  const Parameter* find(const std::string& name) const { return parameters_.find(prefix_ + name); }
  const ParameterTable& parameters_;
  const LowRankLayers& layers_;
  NetworkPart part_;
  std::string prefix_;
};

/// nn/linear.h with its way back. Layers must outlive the tapes that they recorded on.
class GraphLinear {
 public:
  explicit GraphLinear(const GraphSource& source)
      : weight_(source.weight()), bias_(source.bias()), lowRank_(source.lowRank()) {}
  struct Options {
    const Variable* residual = nullptr;  ///< added to the result
    Shape shape = {};                    ///< of the result, where not that of x
  };
  Variable operator()(Tape& tape, const Variable& x) const { return (*this)(tape, x, Options{}); }
  Variable operator()(Tape& tape, const Variable& x, const Options& options) const;

 private:
  PackedWeights weight_;
  const float* bias_;
  LowRankLayer* lowRank_;
};

/// nn/conv2d.h with its way back.
class GraphConv {
 public:
  GraphConv(const GraphSource& source, const ConvolutionGeometry& geometry = {})
      : geometry_(geometry), weight_(source.weight()), bias_(source.bias()), lowRank_(source.lowRank()) {}
  struct Options {
    const Variable* residual = nullptr;
    const Variable* imageBias = nullptr;  ///< [N, outputs], added to every pixel of an image
    int64_t enlargedHeight = 0;           ///< see ConvolutionGeometry
    int64_t enlargedWidth = 0;
  };
  Variable operator()(Tape& tape, const Variable& x) const { return (*this)(tape, x, Options{}); }
  Variable operator()(Tape& tape, const Variable& x, const Options& options) const;

 private:
  ConvolutionGeometry geometry_;
  PackedWeights weight_;
  const float* bias_;
  LowRankLayer* lowRank_;
};

class GraphGroupNorm {
 public:
  GraphGroupNorm(const GraphSource& source, int groups, float epsilon)
      : groups_(groups), epsilon_(epsilon), gamma_(source.values("weight")), beta_(source.values("bias")) {}
  Variable operator()(Tape& tape, const Variable& x, bool silu) const;

 private:
  int groups_;
  float epsilon_;
  const float* gamma_;
  const float* beta_;
};

class GraphLayerNorm {
 public:
  explicit GraphLayerNorm(const GraphSource& source, float epsilon = 1e-5F)
      : epsilon_(epsilon), gamma_(source.values("weight")), beta_(source.values("bias")) {}
  /// shape: of the result, where not that of x.
  Variable operator()(Tape& tape, const Variable& x, const Shape& shape = {}) const;

 private:
  float epsilon_;
  const float* gamma_;
  const float* beta_;
};

/// ops/attention.h with its way back.
Variable attend(Tape& tape, const Variable& q, const Variable& k, const Variable& v, int heads, bool causal = false);
Variable activated(Tape& tape, const Variable& x, Activation activation);
/// First half of the channels times gelu(second half).
Variable gated(Tape& tape, const Variable& x);
/// Two maps side by side in the channels.
Variable joined(Tape& tape, const Variable& a, const Variable& b);

}  // namespace lorikeet
