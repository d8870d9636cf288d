#include <fmt/format.h>
#include <lorikeet/engine.h>

#include <optional>

#include "core/buffer_pool.h"
#include "core/thread_pool.h"
#include "pipeline/memory_estimate.h"
#include "pipeline/text_to_image.h"

namespace lorikeet {

struct Engine::State {
  explicit State(const EngineConfig& config)
      : pool(config.threads), resources(config.resources.empty() ? findResources() : config.resources) {}

  ThreadPool pool;
  std::filesystem::path resources;
  std::filesystem::path loadedPath;
  std::unique_ptr<DiffusionModel> model;
  std::optional<LatentPreview> preview;

  std::filesystem::path resolve(const std::filesystem::path& path) const {
    return path.empty() ? resources / "starter" : path;
  }

  void load(const ExecutionContext& context, const std::filesystem::path& path) {
    if (model && loadedPath == path) return;
    unload();
    model = DiffusionModel::load(context, path, resources);
    loadedPath = path;
  }

  void unload() {
    preview.reset();
    model.reset();
    loadedPath.clear();
    BufferPool::instance().trim();
  }

  /// Fills in what the model decides and refuses what it cannot do.
  GenerateRequest complete(const GenerateRequest& request) const {
    GenerateRequest full = request;
    if (full.width == 0) full.width = model->info.nativeWidth;
    if (full.height == 0) full.height = model->info.nativeHeight;
    const int factor = model->factor();
    if (full.width % factor != 0 || full.height % factor != 0)
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("Width and height must be multiples of {} for this model, not {}x{}.", factor, full.width,
                              full.height));
    if (model->unet.config().inChannels != model->vae.config().latentChannels)
      throw Error(ErrorKind::Unsupported,
                  fmt::format("{} is an inpainting model: it needs a picture and a mask.", model->info.name));
    const bool guided = full.guidanceScale > 1;
    const int64_t needed = activationBytes(model->unet.config(), model->vae.config(), full.width, full.height, guided);
    const int64_t available = availableMemoryBytes();
    if (needed > available)
      throw Error(ErrorKind::OutOfMemory,
                  fmt::format("A picture of {}x{} needs about {:.1f} GB of memory, but {:.1f} GB are free.", full.width,
                              full.height, static_cast<double>(needed) / 1e9, static_cast<double>(available) / 1e9));
    return full;
  }

  void generate(const ExecutionContext& context, const GenerateRequest& wanted, JobReport& report,
                GenerateResult& result) {
    report.begin(Stage::Loading);
    load(context, resolve(wanted.model));
    report.end(Stage::Loading);
    const GenerateRequest request = complete(wanted);
    result.width = request.width;
    result.height = request.height;

    report.begin(Stage::Text);
    const Conditioning conditioning = encodePrompts(context, *model, request.prompt, request.negativePrompt,
                                                    request.guidanceScale > 1, request.clipSkip);
    report.end(Stage::Text);
    result.promptTokens = conditioning.promptTokens;
    result.negativeTokens = conditioning.negativeTokens;
    if (report.callbacks().preview && !preview) preview.emplace(context, model->vae);

    const TextToImage pipeline(*model, request, conditioning, preview ? &*preview : nullptr);
    for (int i = 0; i < request.imageCount; ++i) {
      result.images.push_back(pipeline(context, i, report));
      result.seeds.push_back(request.seed + static_cast<uint64_t>(i));
      if (report.callbacks().image) report.callbacks().image(i, result.images.back());
    }
  }
};

Engine::Engine(const EngineConfig& config) : state_(std::make_unique<State>(config)) {}
Engine::~Engine() = default;

ModelInfo Engine::load(const std::filesystem::path& model, std::stop_token stop) {
  state_->load(ExecutionContext(state_->pool, std::move(stop)), state_->resolve(model));
  return state_->model->info;
}

GenerateResult Engine::generate(const GenerateRequest& request, const GenerateCallbacks& callbacks,
                                std::stop_token stop) {
  validate(request);
  if (request.precision == Precision::BF16 || request.precision == Precision::Int8)
    throw Error(ErrorKind::Unsupported, "This version computes in f32 only; choose the precision f32 or auto.");
  Profiler profiler;
  const ExecutionContext context(state_->pool, std::move(stop), &profiler);
  JobReport report(callbacks, request.imageCount);
  GenerateResult result;
  try {
    state_->generate(context, request, report, result);
  } catch (const Stopped&) {
    result.status = Status::Stopped;
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::OutOfMemory, "There is not enough memory for this picture; choose a smaller size.");
  }
  result.timings = report.timings(profiler);
  result.elapsedMs = report.elapsedMs();
  result.peakMemoryBytes = peakMemoryBytes();
  return result;
}

void Engine::unload() { state_->unload(); }

int Engine::threadCount() const { return state_->pool.threadCount(); }

}  // namespace lorikeet
