#include "nn/attention_layer.h"

#include "ops/attention.h"

namespace lorikeet {

AttentionLayer::AttentionLayer(const LayerSource& source, int64_t width, int64_t contextWidth, int heads)
    : heads_(heads),
      query_(source.scope("to_q"), width, width),
      key_(source.scope("to_k"), contextWidth, width),
      value_(source.scope("to_v"), contextWidth, width),
      output_(source.scope("to_out.0"), width, width) {}

Tensor AttentionLayer::operator()(const ExecutionContext& context, const Tensor& x, const Tensor& keys,
                                  const Tensor* residual) const {
  const Tensor q = query_(context, x), k = key_(context, keys), v = value_(context, keys);
  return output_(context, attention(context, q, k, v, heads_), {.residual = residual});
}

}  // namespace lorikeet
