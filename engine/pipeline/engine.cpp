#include <fmt/format.h>
#include <lorikeet/engine.h>
#include <lorikeet/starter_parts.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "core/buffer_pool.h"
#include "core/function_ref.h"
#include "core/thread_pool.h"
#include "io/file_stamp.h"
#include "io/model_files.h"
#include "pipeline/live_adapters.h"
#include "pipeline/memory_estimate.h"
#include "pipeline/picture_pipeline.h"
#include "pipeline/prepared_cache.h"
#include "pipeline/prompt_choices.h"

namespace lorikeet {

struct Engine::State {
  explicit State(const EngineConfig& config) : pool(config.threads), resources(findResources()) {}

  ThreadPool pool;
  std::filesystem::path resources;
  PreparedCache prepared;
  std::filesystem::path loadedPath;
  ModelShapes loadedShapes;
  std::filesystem::path loadedVae;  ///< in place of the model's own; empty: that
  FileStamp vaeStamp;
  uint64_t modelNumber = 0;  ///< no other load in this process has it
  std::unique_ptr<DiffusionModel> model;
  std::optional<AdapterStack> adapters;  ///< what is in effect on the model's networks
  std::optional<LatentPreview> preview;
  std::map<std::filesystem::path, std::shared_ptr<const ControlNet>> controlNets;  ///< those of the latest request

  std::filesystem::path upscalerFile;
  std::shared_ptr<const UpscalerNetwork> upscaler;  ///< of upscalerFile

  /// A model that is about to be used; its files are open unless it is loaded.
  struct OpenedModel {
    std::filesystem::path path;
    std::optional<ModelFiles> files;
    ModelShapes shapes;
  };

  OpenedModel open(const std::filesystem::path& path) const {
    if (model && loadedPath == path) return {path, std::nullopt, loadedShapes};
    OpenedModel opened{path, openModel(path), {}};
    opened.shapes = shapesOf(*opened.files);
    return opened;
  }

  /// What Auto means: a model that is loaded stays as it is.
  Precision settled(const OpenedModel& opened, const GenerateRequest& request, int width, int height) const {
    if (request.precision != Precision::Auto) return request.precision;
    return model && loadedPath == opened.path ? model->precision
                                              : precisionThatFits(opened.shapes, request, width, height);
  }

  void load(const ExecutionContext& context, const OpenedModel& opened, Precision precision) {
    if (model && loadedPath == opened.path && model->precision == precision) return;
    const ModelShapes shapes = opened.shapes;
    unload();
    model = opened.files ? DiffusionModel::load(context, *opened.files, resources, precision, &prepared)
                         : DiffusionModel::load(context, opened.path, resources, precision, &prepared);
    adapters.emplace(model->textEncoder.parameters(), model->unet.parameters());
    loadedPath = opened.path;
    loadedShapes = shapes;
    static std::atomic<uint64_t> loads{0};
    modelNumber = ++loads;
  }

  /// Loads a model for pictures of its own size.
  void load(const ExecutionContext& context, const std::filesystem::path& path, Precision wanted) {
    const OpenedModel opened = open(path);
    GenerateRequest request;
    request.precision = wanted;
    const int width = opened.shapes.info.nativeWidth, height = opened.shapes.info.nativeHeight;
    const Precision precision = settled(opened, request, width, height);
    constexpr int kSmallest = 64;  // the weights must fit; what a picture needs beside them, its job checks
    if (!model || loadedPath != path || model->precision != precision)
      requireFit(estimateWithAdvice(opened.shapes, request, kSmallest, kSmallest, precision));
    load(context, opened, precision);
  }

  /// Takes the request's autoencoder; the rest of the model stays as it is.
  void loadVae(const ExecutionContext& context, const std::filesystem::path& file) {
    const FileStamp stamp = fileStamp(file);
    if (loadedVae == file && vaeStamp == stamp) return;
    preview.reset();
    model->useVae(context, loadedPath, file);
    loadedVae = file;
    vaeStamp = stamp;
  }

  void unload() {
    prepared.forget();
    preview.reset();
    controlNets.clear();
    upscaler.reset();
    adapters.reset();
    model.reset();
    loadedPath.clear();
    loadedVae.clear();
    vaeStamp = {};
    BufferPool::instance().trim();
  }

  /// Refuses what a model cannot do.
  static void check(const GenerateRequest& request, const ModelShapes& shapes) {
    const int factor = shapes.vae.factor();
    if (request.width % factor != 0 || request.height % factor != 0)
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("Width and height must be multiples of {} for this model, not {}x{}.", factor,
                              request.width, request.height));
    const int64_t inputs = shapes.unet.inChannels, latents = shapes.vae.latentChannels;
    if (inputs == latents) return;
    if (inputs != 2 * latents + 1)
      throw Error(ErrorKind::Unsupported,
                  fmt::format("{} takes {} channels, which Lorikeet has no use for.", shapes.info.name, inputs));
    if (request.init.empty() || (request.mask.empty() && !request.outpaint.any()))
      throw Error(ErrorKind::Unsupported,
                  fmt::format("{} is an inpainting model: it needs a picture and a mask.", shapes.info.name));
  }

  /// Opens and checks everything before the weights are loaded, which takes time and memory.
  PicturePlan loadFor(const ExecutionContext& context, GenerateRequest& request) {
    const OpenedModel opened = open(modelOf(request));
    const ModelShapes& shapes = opened.shapes;
    check(request, shapes);
    PicturePlan plan = planPictures(request, {shapes.info.nativeWidth, shapes.info.nativeHeight, shapes.vae.factor()},
                                    context.stopToken());
    const int width = std::max(plan.workWidth, plan.hiresWidth), height = std::max(plan.workHeight, plan.hiresHeight);
    request.precision = settled(opened, request, width, height);
    requireFit(estimateWithAdvice(shapes, request, width, height, request.precision));
    load(context, opened, request.precision);
    loadVae(context, request.vae);
    loadControlNets(context, request);
    return plan;
  }

  /// The network of an upscaler; null for methods that have none.
  const UpscalerNetwork* loadUpscaler(const ExecutionContext& context, const Upscaler& wanted) {
    if (wanted.method != UpscaleMethod::Network) return nullptr;
    if (upscaler == nullptr || upscalerFile != wanted.network) {
      upscaler = UpscalerNetwork::load(context, wanted.network);
      upscalerFile = wanted.network;
    }
    return upscaler.get();
  }

  /// Loads the ControlNets of a request, keeping those that are there already.
  void loadControlNets(const ExecutionContext& context, const GenerateRequest& request) {
    decltype(controlNets) wanted;
    for (const ControlUnit& unit : request.controls) {
      const std::filesystem::path file = controlNetOf(request, unit);
      auto& net = wanted[file];
      if (const auto known = controlNets.find(file); known != controlNets.end()) net = known->second;
      if (!net) net = ControlNet::load(context, file, networkStorage(model->precision));
      net->checkFits(model->unet.config(), fmt::format("\"{}\"", file.string()));
    }
    if (!wanted.empty()) controlNets = std::move(wanted);
  }

  ControlStack controlStack(const ExecutionContext& context, const GenerateRequest& request,
                            const std::vector<Image>& maps) const {
    ControlStack stack;
    for (size_t i = 0; i < maps.size(); ++i)
      stack.add(context, controlNets.at(controlNetOf(request, request.controls[i])), maps[i], request.controls[i]);
    return stack;
  }

  void generate(const ExecutionContext& plain, GenerateRequest request, RunMemory::State* memory, JobReport& report,
                GenerateResult& result) {
    const ExecutionContext context = plain.withWrap({request.seamless.x, request.seamless.y});
    report.begin(Stage::Loading);
    checkChoices(request);
    const PicturePlan pictures = loadFor(context, request);
    const UpscalerNetwork* network = request.hires.enabled() ? loadUpscaler(context, request.hires.upscaler) : nullptr;
    report.end(Stage::Loading);

    GenerateRequest picture = requestOfPicture(request, 0);  // what the text encoder reads
    LiveAdapters live(context, *adapters, report.callbacks());
    live.start(request.adapters, adaptersOfPicture(picture));
    // Choices may come out differently for every seed, and their files may change: no steps of them are remembered.
    // Nor are those of a run of two passes, or of one whose calls need more of those before them than their result.
    const bool hasChoices = picture.prompt != request.prompt || picture.negativePrompt != request.negativePrompt;
    const bool remembersSteps = !hasChoices && !request.hires.enabled() && !request.shortcuts.remembers();
    RunRecorder recorder(memory, request, modelNumber, pictures, live, remembersSteps);
    const auto encode = [&](const EffectiveStack& textStack) {
      const TextReuse reuse{memory != nullptr ? &memory->texts : nullptr,
                            fmt::format("{} {}", modelNumber, textKey(textStack))};
      PromptConditioning encoded(context, *model, picture, adapters->embeddings(), reuse);
      result.encodedTexts += encoded.encodedTexts();
      return encoded;
    };
    report.begin(Stage::Text);
    PromptConditioning conditioning = encode(live.encodedStack());
    report.end(Stage::Text);
    report.setStepHook([&](int step, int stepCount) { live.beforeStep(step, stepCount, encode, conditioning); });
    result.promptTokens = conditioning.promptTokens();
    result.negativeTokens = conditioning.negativeTokens();
    if (report.callbacks().preview && !preview) preview.emplace(context, *model->vae);

    const ControlStack controls = controlStack(context, request, pictures.controlMaps);
    const ControlStack hiresControls = controlStack(context, request, pictures.hiresControlMaps);
    const PicturePipeline pipeline(*model, request, conditioning, pictures,
                                   {controls, hiresControls, network, recorder, preview ? &*preview : nullptr});
    const auto prepare = [&](int i) {
      const GenerateRequest before = std::exchange(picture, requestOfPicture(request, i));
      if (picture.prompt != before.prompt || picture.negativePrompt != before.negativePrompt) {
        report.begin(Stage::Text);
        live.setNamed(adaptersOfPicture(picture));
        conditioning = encode(live.encodedStack());
        report.end(Stage::Text);
      }
      picture.embeddings = conditioning.embeddingFiles();
      if (report.callbacks().picture) report.callbacks().picture(i, picture);
    };
    const Arithmetic arithmetic = availableArithmetic(request.shortcuts.arithmetic);
    makePictures(context.withManner({context.wrap(), arithmetic, request.shortcuts.mergedTokens}), pipeline, request,
                 pictures, prepare, report, result);
    result.replayedSteps = recorder.replayedSteps();
    const std::vector<Timing> adapterTimings = live.timings();
    result.timings.insert(result.timings.end(), adapterTimings.begin(), adapterTimings.end());
  }

  void makePictures(const ExecutionContext& context, const PicturePipeline& pipeline, const GenerateRequest& request,
                    const PicturePlan& pictures, FunctionRef<void(int)> prepare, JobReport& report,
                    GenerateResult& result) {
    result.width = pictures.resultWidth();
    result.height = pictures.resultHeight();
    for (int i = 0; i < request.imageCount; ++i) {
      prepare(i);
      result.images.push_back(pipeline(context, i, report));
      result.seeds.push_back(seedsOf(request, i).seed);
      if (report.callbacks().image) report.callbacks().image(i, result.images.back());
    }
    report.setStepHook({});
  }
};

Engine::Engine(const EngineConfig& config) : state_(std::make_unique<State>(config)) {}
Engine::~Engine() = default;

ModelInfo Engine::load(const std::filesystem::path& model, std::stop_token stop, Precision precision) {
  state_->load(ExecutionContext(state_->pool, std::move(stop)), starterIfEmpty(model), precision);
  return state_->model->info;
}

GenerateResult Engine::generate(const GenerateRequest& request, const GenerateCallbacks& callbacks,
                                std::stop_token stop, RunMemory* memory) {
  validate(request);
  Profiler profiler;
  const ExecutionContext context(state_->pool, std::move(stop), &profiler);
  JobReport report(callbacks, request.imageCount);
  GenerateResult result;
  try {
    state_->generate(context, request, memory != nullptr ? &memory->state() : nullptr, report, result);
  } catch (const Stopped&) {
    result.status = Status::Stopped;
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::OutOfMemory, "There is not enough memory for this picture; choose a smaller size.");
  }
  const std::vector<Timing> measured = report.timings(profiler);
  result.timings.insert(result.timings.end(), measured.begin(), measured.end());
  result.elapsedMs = report.elapsedMs();
  result.peakMemoryBytes = peakMemoryBytes();
  return result;
}

UpscaleResult Engine::upscale(const Image& picture, const UpscaleRequest& request,
                              const std::function<void(double)>& progress, std::stop_token stop) {
  if (isLatent(request.upscaler.method))
    throw Error(ErrorKind::InvalidArgument,
                "Latent upscalers need a model's latents; choose lanczos, bicubic, nearest or an upscaler file.");
  if (picture.empty()) throw Error(ErrorKind::InvalidArgument, "The picture is empty.");
  if (!(request.scale == 0 || (request.scale > 0 && request.scale <= 16)))
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("The scale must be more than 0 and at most 16, not {}.", request.scale));
  const ExecutionContext context(state_->pool, std::move(stop));
  UpscaleResult result;
  try {
    const UpscalerNetwork* network = state_->loadUpscaler(context, request.upscaler);
    const double scale = request.scale > 0 ? request.scale : network != nullptr ? network->traits().scale : 2;
    const auto side = [scale](int pixels) { return std::max(1, static_cast<int>(std::lround(pixels * scale))); };
    result.image = enlargePicture(context, request.upscaler.method, network, picture, side(picture.width),
                                  side(picture.height), progress);
  } catch (const Stopped&) {
    result.status = Status::Stopped;
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::OutOfMemory, "There is not enough memory for the enlarged picture; choose a smaller scale.");
  }
  return result;
}

void Engine::unload() { state_->unload(); }

int Engine::threadCount() const { return state_->pool.threadCount(); }

}  // namespace lorikeet
