#include <fmt/format.h>
#include <lorikeet/engine.h>
#include <lorikeet/starter_parts.h>

#include <set>

#include "io/model_files.h"
#include "io/tensor_file.h"
#include "pipeline/diffusion_model.h"

namespace lorikeet {
namespace {

std::string familyOf(const UNetConfig& unet) {
  std::string family = unet.contextWidth == 1024  ? "SD 2.x"
                       : unet.contextWidth == 768 ? "SD 1.x"
                                                  : fmt::format("SD architecture, text width {}", unet.contextWidth);
  if (unet.inChannels == 9) family += " inpainting";
  if (unet.inChannels == 8) family += " instruct-pix2pix";
  return family;
}

std::string_view predictionName(PredictionType type) {
  switch (type) {
    case PredictionType::Epsilon:
      return "epsilon";
    case PredictionType::VPrediction:
      return "v_prediction";
    case PredictionType::Sample:
      return "sample";
  }
  return "";
}

struct WeightSummary {
  std::set<DType> types;
  int64_t count = 0;
  int64_t bytes = 0;

  void add(const WeightStore& store) {
    for (const std::string& name : store.names()) {
      const RawTensor& tensor = store.tensor(name);
      types.insert(tensor.dtype);
      count += tensor.shape.elementCount();
      bytes += static_cast<int64_t>(tensor.bytes.size());
    }
  }
};

}  // namespace

ModelInfo describeModel(const ModelFiles& files) {
  const UNetConfig unet = unetConfigOf(files);
  const AutoencoderConfig vae = vaeConfigOf(files);
  const SchedulerConfig scheduler = schedulerConfigOf(files);
  ModelInfo info;
  info.path = files.path;
  info.name = files.isFolder ? files.path.filename().string() : files.path.stem().string();
  if (info.name.empty()) info.name = files.path.parent_path().filename().string();
  info.layout = files.isFolder ? "diffusers folder" : "single checkpoint";
  info.family = familyOf(unet);
  info.prediction = predictionName(scheduler.predictionType);
  info.textWidth = static_cast<int>(unet.contextWidth);
  const bool wide = unet.contextWidth == 1024 && scheduler.predictionType == PredictionType::VPrediction;
  const int64_t latentSize = unet.sampleSize > 0 ? unet.sampleSize : wide ? 96 : 64;
  info.nativeWidth = info.nativeHeight = static_cast<int>(latentSize * vae.factor());

  WeightSummary summary;
  for (const WeightStore* store : {&files.textEncoder, &files.unet, &files.vae}) summary.add(*store);
  info.parameterCount = summary.count;
  info.byteSize = summary.bytes;
  info.weightType = summary.types.size() == 1 ? std::string(name(*summary.types.begin())) : "mixed";
  info.parts = {"text_encoder", "unet", "vae"};
  return info;
}

ModelInfo inspectModel(const std::filesystem::path& model) { return describeModel(openModel(starterIfEmpty(model))); }

bool isModel(const std::filesystem::path& path) {
  try {
    const ModelFiles files = openModel(path);
    return !files.unet.empty() && !files.vae.empty();
  } catch (const Error&) {
    return false;
  }
}

}  // namespace lorikeet
