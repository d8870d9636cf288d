#include "training/sample_maker.h"

#include "io/tensor_values.h"
#include "pipeline/live_adapters.h"
#include "pipeline/picture_pipeline.h"
#include "pipeline/prompt_choices.h"

namespace lorikeet {
namespace {

/// Puts the LoRA on the model's own layers while it lives.
class TermsInEffect {
 public:
  TermsInEffect(const ExecutionContext& context, DiffusionModel& model, const LowRankLayers& layers)
      : context_(context.withoutStop()), model_(model), layers_(layers) {
    set(true);
  }
  ~TermsInEffect() { set(false); }
  TermsInEffect(const TermsInEffect&) = delete;
  TermsInEffect& operator=(const TermsInEffect&) = delete;

 private:
  void set(bool isOn) const {
    for (const auto& layer : layers_.all()) {
      const LowRankSettings& settings = layer->settings();
      const ParameterTable& table =
          settings.part == NetworkPart::UNet ? model_.unet.parameters() : model_.textEncoder.parameters();
      auto* weight = dynamic_cast<MatrixParameter*>(table.find(settings.module + ".weight"));
      CHECK(weight != nullptr);
      weight->setTerms(context_, isOn ? WeightTerms{layer->term()} : WeightTerms());
    }
  }
  ExecutionContext context_;  ///< putting things back is not stopped
  DiffusionModel& model_;
  const LowRankLayers& layers_;
};

}  // namespace

Image SampleMaker::make(const ExecutionContext& context, const GenerateRequest& wanted,
                        const std::function<void(const Image&)>& preview) {
  GenerateRequest request = requestOfPicture(wanted, 0);
  request.model.clear();
  request.adapters.clear();
  request.imageCount = 1;
  const TermsInEffect terms(context, model_, networks_.layers());
  EmbeddedInversions inversions;
  if (const TrainedTensor* rows = networks_.rows())
    inversions[word_] = rawFromFloats(rows->values.shape(), rows->values.values());

  GenerateCallbacks callbacks;
  if (preview) {
    callbacks.preview = [&](int, int, const Image& picture) { preview(picture); };
    if (!preview_) preview_.emplace(context, *model_.vae);
  }
  const PicturePlan plan =
      planPictures(request, {model_.info.nativeWidth, model_.info.nativeHeight, model_.factor()}, context.stopToken());
  const PromptConditioning conditioning(context, model_, request, inversions);
  AdapterStack none(model_.textEncoder.parameters(), model_.unet.parameters());
  LiveAdapters live(context, none, callbacks);
  RunRecorder recorder(nullptr, request, 0, plan, live, false);
  JobReport report(callbacks, 1);
  const ControlStack noControls;
  const PicturePipeline pipeline(model_, request, conditioning, plan,
                                 {noControls, noControls, nullptr, recorder, preview_ ? &*preview_ : nullptr});
  return pipeline(context, 0, report);
}

}  // namespace lorikeet
