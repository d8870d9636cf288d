#include "pipeline/model_shapes.h"

#include "io/mapped_file.h"
#include "io/model_files.h"
#include "pipeline/diffusion_model.h"

namespace lorikeet {
namespace {

/// Bytes of tensors that do not lie in the mapping of a file.
int64_t unpackedBytes(const WeightStore& weights) {
  int64_t bytes = 0;
  for (const std::string& name : weights.names())
    if (const RawTensor& tensor = weights.tensor(name); !isMapped(tensor.bytes))
      bytes += static_cast<int64_t>(tensor.bytes.size());
  return bytes;
}

}  // namespace

int64_t packedBytes(const WeightStore& weights, WeightStorage storage) {
  int64_t bytes = 0;
  for (const std::string& name : weights.names()) {
    if (name.ends_with("token_embedding.weight")) continue;  // stays in the file, a few rows are read
    const RawTensor& tensor = weights.tensor(name);
    const bool isMatrix = tensor.shape.rank() == 2 || tensor.shape.rank() == 4;
    bytes += isMatrix ? PackedWeights::byteSizeOf(tensor.shape, tensor.dtype, storage)
                      : tensor.shape.elementCount() * static_cast<int64_t>(sizeof(float));
  }
  return bytes;
}

ModelShapes shapesOf(const ModelFiles& files) {
  ModelShapes shapes;
  shapes.info = describeModel(files);
  shapes.unet = unetConfigOf(files);
  shapes.vae = vaeConfigOf(files);
  for (const Precision precision : {Precision::F32, Precision::BF16, Precision::Int8}) {
    const auto index = static_cast<size_t>(precision);
    shapes.networks[index] =
        packedBytes(files.textEncoder, networkStorage(precision)) + packedBytes(files.unet, networkStorage(precision));
    shapes.autoencoder[index] = packedBytes(files.vae, vaeStorage(precision));
  }
  for (const WeightStore* store : {&files.textEncoder, &files.unet, &files.vae})
    shapes.unpackedBytes += unpackedBytes(*store);
  return shapes;
}

ModelShapes readModelShapes(const std::filesystem::path& model) { return shapesOf(openModel(model)); }

}  // namespace lorikeet
