#include "workshop/stored_model.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <array>

#include "core/execution_context.h"
#include "io/checkpoint.h"
#include "io/model_part.h"
#include "io/safetensors_writer.h"
#include "io/tensor_file.h"
#include "workshop/output_folder.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

bool isWeightFile(const fs::path& file) {
  constexpr std::array kEndings{".safetensors", ".bin", ".ckpt", ".pt", ".pth", ".msgpack", ".h5", ".onnx"};
  const std::string name = file.filename().string();
  return std::count(kEndings.begin(), kEndings.end(), file.extension()) > 0 ||
         name.find(".index.") != std::string::npos;
}

class TensorCopier {
 public:
  TensorCopier(const WorkshopControl& control, int total) : control_(control), total_(total) {}

  void write(const fs::path& file, const TensorMap& tensors, const std::map<std::string, std::string>& metadata) {
    std::vector<PlannedTensor> plan;
    for (const auto& [name, tensor] : tensors) plan.push_back({name, tensor.dtype, tensor.shape});
    SafetensorsWriter writer(file, std::move(plan), metadata);
    for (const PlannedTensor& planned : writer.order()) {
      throwIfStopped(control_.stop);
      if (control_.progress) control_.progress({++done_, total_, planned.name, 0});
      writer.add(tensors.at(planned.name).bytes);
    }
    throwIfStopped(control_.stop);
    writer.commit();
  }

 private:
  const WorkshopControl& control_;
  int total_ = 0;
  int done_ = 0;
};

}  // namespace

StoredModel openStoredModel(const fs::path& model) {
  StoredModel stored;
  std::error_code ignored;
  if (fs::is_directory(model, ignored)) {
    for (const auto& [part, tensors] : {std::pair("unet", &stored.unet), std::pair("text_encoder", &stored.textEncoder),
                                        std::pair("vae", &stored.vae)}) {
      WeightFile weights = readWeightFile(model / part);
      *tensors = std::move(weights.tensors);
      if (tensors == &stored.unet) stored.metadata = std::move(weights.metadata);
    }
    stored.canonicalUnet = withoutWrappedAdapter(stored.unet);
    stored.canonicalText = canonicalTextEncoder(withoutWrappedAdapter(stored.textEncoder));
    return stored;
  }
  TensorFile file = readTensorFile(model);
  CheckpointParts parts = splitCheckpoint(file.tensors, fmt::format("\"{}\"", model.string()));
  stored.checkpoint = std::move(file.tensors);
  stored.metadata = std::move(file.metadata);
  stored.canonicalUnet = std::move(parts.unet);
  stored.canonicalText = std::move(parts.textEncoder);
  return stored;
}

void copyModelFolder(const fs::path& model, const fs::path& output, const std::stop_token& stop) try {
  for (fs::recursive_directory_iterator entry(model), end; entry != end; ++entry) {
    throwIfStopped(stop);
    const fs::path relative = entry->path().lexically_relative(model);
    const std::string top = relative.begin()->string();
    const bool isNetwork = top == "unet" || top == "text_encoder" || top == "vae";
    if (entry->path().filename().string().starts_with('.')) {
      entry.disable_recursion_pending();
    } else if (entry->is_directory()) {
      fs::create_directories(output / relative);
    } else if (entry->is_regular_file() && !(isNetwork && isWeightFile(relative))) {
      fs::copy_file(entry->path(), output / relative, fs::copy_options::overwrite_existing);
    }
  }
} catch (const fs::filesystem_error& error) {
  throw Error(ErrorKind::Io, fmt::format("Cannot write \"{}\": {}.", output.string(), error.code().message()));
}

WorkshopResult writeStoredModel(const StoredModel& stored, const fs::path& model, const fs::path& output,
                                WorkshopResult result, const WorkshopControl& control) {
  requireModelName(model, output);
  const size_t total = stored.unet.size() + stored.textEncoder.size() + stored.vae.size() + stored.checkpoint.size();
  TensorCopier copier(control, static_cast<int>(total));
  try {
    if (stored.checkpoint.empty()) {
      OutputFolder folder(output);
      copyModelFolder(model, folder.path(), control.stop);
      copier.write(folder.path() / kUnetWeights, stored.unet, stored.metadata);
      copier.write(folder.path() / kTextWeights, stored.textEncoder, {{"format", "pt"}});
      copier.write(folder.path() / kVaeWeights, stored.vae, {{"format", "pt"}});
      folder.commit();
    } else {
      copier.write(output, stored.checkpoint, stored.metadata);
    }
  } catch (const Stopped&) {
    WorkshopResult stopped;
    stopped.status = Status::Stopped;
    return stopped;
  }
  result.output = output;
  return result;
}

void requireModelName(const fs::path& model, const fs::path& output) {
  std::error_code ignored;
  if (fs::is_directory(model, ignored) || output.extension() == ".safetensors") return;
  throw Error(ErrorKind::InvalidArgument,
              fmt::format("\"{}\" should end in .safetensors, so that programs know what it is.", output.string()));
}

}  // namespace lorikeet
