#pragma once
#include <optional>
#include <vector>

#include "pipeline/diffusion_model.h"
#include "training/adamw.h"
#include "training/caption_table.h"
#include "training/diffusion_loss.h"
#include "training/text_graph.h"
#include "training/unet_graph.h"

namespace lorikeet {

/// What one pass through the networks learns from.
struct TrainingBatch {
  Tensor latents;  ///< [N, h, w, C]
  Tensor noise;    ///< the same
  std::vector<int> timesteps;
  std::vector<size_t> captions;  ///< of the table
};

/// A loaded model with what is trained of it: LoRA layers, or the vectors of a textual inversion.
class TrainingNetworks {
 public:
  /// `rows`: vectors of a textual inversion, or empty.
  TrainingNetworks(const DiffusionModel& model, std::vector<LowRankSettings> layers, Tensor rows, int clipSkip);
  TrainingNetworks(const TrainingNetworks&) = delete;
  TrainingNetworks& operator=(const TrainingNetworks&) = delete;

  LowRankLayers& layers() { return layers_; }
  /// The vectors of a textual inversion; null for a LoRA.
  TrainedTensor* rows() { return rows_ ? &*rows_ : nullptr; }
  bool trainsText() const { return trainsText_; }
  /// All that is trained, with the rates of UNet and text.
  std::vector<AdamW::Parameter> parameters(double rate, double textRate);

  /// Encodes all captions once, where the text encoder is not trained. Progress is polled by the context alone.
  void encodeCaptions(const ExecutionContext& context, const CaptionTable& captions);
  /// To be called after values changed.
  void refresh(const ExecutionContext& context) { layers_.refresh(context); }
  /// Adds the gradients of `factor` times the batch's loss; returns that loss.
  double addGradients(const ExecutionContext& context, const TrainingBatch& batch, const CaptionTable& captions,
                      const DiffusionLoss& loss, double factor, Tape::Mode mode);

 private:
  Variable textOf(Tape& tape, const TrainingBatch& batch, const CaptionTable& captions, const Variable* rows) const;
  const DiffusionModel& model_;
  LowRankLayers layers_;
  std::optional<TrainedTensor> rows_;
  bool trainsText_ = false;
  int clipSkip_;
  std::vector<Tensor> states_;  ///< of every caption, [T, width]
  std::optional<UNetGraph> unet_;
  std::optional<TextGraph> text_;
};

}  // namespace lorikeet
