#include "models/upscaler.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <array>

#include "io/checkpoint.h"
#include "io/mapped_file.h"
#include "io/tensor_file.h"
#include "io/tensorflow_graph.h"

namespace lorikeet {
namespace {

constexpr std::array<const UpscalerArchitecture*, 3> kArchitectures{&kSrvggArchitecture, &kRrdbArchitecture,
                                                                    &kFsrcnnArchitecture};

TensorMap readUpscalerTensors(const std::filesystem::path& file) {
  if (looksLikeTensorflowGraph(MappedFile::open(file)->bytes())) return readTensorflowConstants(file);
  TensorMap tensors = readTensorFile(file).tensors;
  // Trainers keep a running mean of the weights beside them; it is the better one.
  for (const char* prefix : {"params_ema.", "params.", "generator."})
    if (TensorMap inner = withoutPrefix(tensors, prefix); !inner.empty()) return inner;
  return tensors;
}

struct OpenedUpscaler {
  std::string source;
  TensorMap tensors;
  UpscalerNetwork::Traits traits;
  const UpscalerArchitecture* architecture = nullptr;
};

OpenedUpscaler openUpscaler(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored))
    throw Error(ErrorKind::NotFound, fmt::format("The upscaler \"{}\" is not a file.", file.string()));
  OpenedUpscaler opened{fmt::format("\"{}\"", file.string()), readUpscalerTensors(file), {}, nullptr};
  for (const UpscalerArchitecture* architecture : kArchitectures) {
    opened.traits = architecture->recognise(opened.tensors, opened.source);
    opened.architecture = architecture;
    if (!opened.traits.architecture.empty()) return opened;
  }
  throw Error(ErrorKind::Unsupported,
              fmt::format("{} is no upscaler that Lorikeet reads (SRVGG-compact, ESRGAN/RRDB or FSRCNN); its first "
                          "tensor is {}.",
                          opened.source, opened.tensors.empty() ? "missing" : opened.tensors.begin()->first));
}

}  // namespace

std::unique_ptr<UpscalerNetwork> UpscalerNetwork::load(const ExecutionContext& context,
                                                       const std::filesystem::path& file) {
  OpenedUpscaler opened = openUpscaler(file);
  const WeightStore weights(opened.source, std::move(opened.tensors));
  return opened.architecture->build(LayerSource(context, weights.root()), opened.traits);
}

UpscalerNetwork::Traits UpscalerNetwork::inspect(const std::filesystem::path& file) {
  return openUpscaler(file).traits;
}

}  // namespace lorikeet
