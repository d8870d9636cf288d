#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "lorikeet/adapter_use.h"
#include "lorikeet/request.h"
#include "lorikeet/result.h"

namespace lorikeet {

/// How an adapter file spells its modules and keeps its scales.
enum class AdapterForm {
  Kohya,         ///< lora_unet_down_blocks_0_..., what most programs read; holds every kind of adapter
  Diffusers,     ///< unet.down_blocks.0....lora_A.weight; scales in the metadata (diffusers 0.35 and newer)
  DiffusersOld,  ///< unet.down_blocks.0....lora.down.weight; has no scales, they are multiplied in
  Peft,          ///< a folder with unet/ and text_encoder/: adapter_model.safetensors and adapter_config.json
  Ldm,           ///< as Kohya, but with the block names of the original checkpoints: lora_unet_input_blocks_1_1_...
  Onnx,          ///< initializers of an ONNX file, matrices turned
};
std::span<const EnumName<AdapterForm>> adapterFormNames();
/// By name or label, ignoring case, blanks, '-' and '_'. Throws Error(InvalidArgument) that lists the choices.
AdapterForm adapterFormFromName(std::string_view text);

/// Where a workshop operation is.
struct WorkshopProgress {
  int done = 0;
  int total = 0;
  std::string module;      ///< what is worked on
  double secondsLeft = 0;  ///< estimate, 0 while unknown
};
/// How an operation is watched and stopped. The callback runs on the calling thread or on one of the operation's own,
/// one call at a time.
struct WorkshopControl {
  std::function<void(const WorkshopProgress&)> progress;
  std::stop_token stop;
  int threads = 0;          ///< 0: as many as the process may use
  int64_t memoryLimit = 0;  ///< bytes; 0: what is free
  /// Extracting, merging into a model, resizing and merging at a rank leave what they have finished beside the output
  /// (OUTPUT.partial) when they are stopped, killed or out of disk, and the same request goes on with it, to the same
  /// bytes.
  bool keepsPartial = false;
};

/// What an operation will take, told before it starts.
struct WorkshopEstimate {
  int modules = 0;             ///< that are worked on
  int64_t memoryBytes = 0;     ///< of the process at its peak, about
  int64_t availableBytes = 0;  ///< that it may use
};

/// An adapter to read: a file or folder of any format, and which of several in it (empty: the only or first one).
struct AdapterSource {
  std::filesystem::path file;
  std::string variant;
};

/// What to keep of a change when it is brought to a low rank. All that are set must be satisfied by a rank, and the
/// lowest such one is taken, except that `rank` is never exceeded.
struct RankRule {
  int64_t rank = 0;   ///< at most so many; 0: no limit
  double energy = 0;  ///< this share, 0..1, of the sum of squared singular values; 0: does not matter
  double ratio = 0;   ///< singular values of at least 1/ratio of the largest one; 0: does not matter

  bool isSet() const { return rank > 0 || energy > 0 || ratio > 0; }
};

/// The type in which matrices are written.
enum class WeightType { F32, F16, BF16 };
std::span<const EnumName<WeightType>> weightTypeNames();
WeightType weightTypeFromName(std::string_view text);

/// How one module was brought to a low rank.
struct ModuleFit {
  std::string module;  ///< "unet.mid_block..."
  int64_t rank = 0;
  double relativeError = 0;  ///< Frobenius norm of what is missing, as a share of the whole change
};

/// What an operation wrote.
struct WorkshopResult {
  Status status = Status::Done;  ///< after a stop nothing was written
  std::filesystem::path output;
  std::filesystem::path partial;  ///< of one that was stopped: what the same request goes on with; may be empty
  int modules = 0;
  int64_t parameters = 0;          ///< elements of the matrices, without scales
  std::vector<std::string> notes;  ///< one sentence each: what a person should know about the result
  std::vector<ModuleFit> fits;     ///< of operations that choose a rank
  double relativeError = 0;        ///< over all modules together
};

// All operations leave their inputs alone, refuse to write over one of them, and put their output under its name only
// when it is complete and on disk. `model` tells what the modules are called and how large they are: a diffusers folder
// or checkpoint; empty: the published Stable Diffusion 1.x or 2.x, whichever fits. They throw Error, also for tensors
// that match nothing in the model: those would be lost.

struct ConvertAdapterRequest {
  AdapterSource input;
  std::filesystem::path
      output;  ///< a file (.safetensors; Onnx: .lora or .onnx), of Peft a folder that is not there yet
  AdapterForm form = AdapterForm::Kohya;
  std::filesystem::path model;
  bool partial = false;  ///< leave tensors out that match nothing in the model
};
/// Writes an adapter in another form with the same effect: values stay as they are unless the form lacks something (a
/// scale, a Tucker core), which is then multiplied in and noted. Throws Error(Unsupported) naming the module that the
/// form cannot hold.
WorkshopResult convertAdapter(const ConvertAdapterRequest& request, const WorkshopControl& control = {});

struct CompareAdaptersRequest {
  AdapterSource first, second;
  std::filesystem::path model;  ///< also needed for kinds whose effect depends on the weights (DoRA, OFT, (IA)3, GLoRA)
  double tolerance = 1e-6;      ///< largest difference of a changed weight, absolute
};
struct AdapterComparison {
  Status status = Status::Done;
  bool equal = false;
  double largestDifference = 0;
  std::string worstModule;                             ///< "unet.mid_block..."; empty if nothing differs
  int modules = 0;                                     ///< that either changes
  std::vector<std::string> onlyInFirst, onlyInSecond;  ///< modules that only one of them changes
};
/// Compares what two adapters do to every weight at strength 1, whatever their formats.
AdapterComparison compareAdapters(const CompareAdaptersRequest& request, const WorkshopControl& control = {});

struct MergeAdaptersRequest {
  /// Weights, text encoder weights and block weights count as in a run; the step range does not.
  std::vector<AdapterUse> adapters;
  std::filesystem::path output;
  AdapterForm form = AdapterForm::Kohya;
  std::filesystem::path model;
  RankRule rank;  ///< not set: exact
  WeightType type = WeightType::F32;
  bool partial = false;
};
/// Several adapters as one of equal effect at strength 1. Exact: the ranks of LoRA modules are joined, with scales and
/// weights multiplied in; modules of other kinds become whole differences (or LoRA too, with a rank). The recipe is
/// kept in the metadata.
WorkshopResult mergeAdapters(const MergeAdaptersRequest& request, const WorkshopControl& control = {});

struct ResizeAdapterRequest {
  AdapterSource input;
  std::filesystem::path output;
  AdapterForm form = AdapterForm::Kohya;
  std::filesystem::path model;
  RankRule rank;
  WeightType type = WeightType::F16;
  bool partial = false;
};
/// Brings every module of an adapter to the rank that the rule asks for; kinds other than LoRA become LoRA.
WorkshopResult resizeAdapter(const ResizeAdapterRequest& request, const WorkshopControl& control = {});

struct MergeIntoModelRequest {
  std::filesystem::path model;       ///< diffusers folder or checkpoint
  std::vector<AdapterUse> adapters;  ///< as in MergeAdaptersRequest
  std::filesystem::path output;    ///< of a checkpoint a .safetensors file, of a folder a folder that is not there yet
  std::optional<WeightType> type;  ///< of all weights; empty: each tensor keeps its own
  bool partial = false;
};
/// Writes the model with the adapters' changes made to its weights, everything else kept: names, layout, configuration,
/// tokenizer. The weights are those that a run with the adapters computes with, rounded to the type. Result: modules
/// changed, and the parameters that changed.
WorkshopResult mergeIntoModel(const MergeIntoModelRequest& request, const WorkshopControl& control = {});

/// Which layers of a model get a LoRA, and of what rank: lora_wrapper's configuration applied to a model.
struct LoraConfiguration {
  struct Module {
    std::string name;  ///< "unet.mid_block..."
    int64_t rank = 0;
    double scale = 1;
    int64_t parameters = 0;  ///< of both matrices, and 1 for a scale that is trained
  };
  std::vector<Module> modules;
  bool trainsModel = false;  ///< the model's own weights are trained too
  int64_t parameters = 0;    ///< of all modules
};
/// Reads {"to_q": {"r": 8, "scale": 1, "trainable_scale": 0, "hard": 1}, ..., "trainable_model": 0}. A key names every
/// layer that is called so or whose dotted name ends so, in today's or the original spelling; of two keys that fit a
/// layer the longer one holds. Throws Error for a key that names no layer of the model, with the nearest names, and for
/// unknown fields.
LoraConfiguration readLoraConfiguration(const std::filesystem::path& file, const std::filesystem::path& model);

struct ExtractAdapterRequest {
  std::filesystem::path base;   ///< model without the change
  std::filesystem::path tuned;  ///< model with it
  std::filesystem::path output;
  AdapterForm form = AdapterForm::Kohya;
  RankRule rank{.rank = 16, .energy = 0, .ratio = 0};
  std::filesystem::path configuration;  ///< lora_wrapper's: which layers, and their ranks in place of rank.rank
  bool convolutions = true;             ///< layers with kernels larger than 1x1 too (LoCon)
  WeightType type = WeightType::F16;
};
/// The difference of two models as an adapter: every linear layer and convolution that differs, by randomised singular
/// value decomposition, one layer at a time. What an adapter cannot hold (norms, biases, embeddings, the autoencoder)
/// is noted. Throws Error(Mismatch) for models of different architectures or without a difference.
WorkshopResult extractAdapter(const ExtractAdapterRequest& request, const WorkshopControl& control = {});

struct EmbedAdapterRequest {
  std::filesystem::path model;  ///< checkpoint, or a diffusers folder
  AdapterSource adapter;
  std::filesystem::path output;  ///< a .safetensors file, of a folder a folder that is not there yet
};
/// Puts an adapter's matrices beside the weights of a model as lora_wrapper does: MODULE.weight becomes
/// MODULE.base_layer.weight, with MODULE.lora_A, lora_B and lora_scale. Only LoRA of linear layers and 1x1
/// convolutions.
WorkshopResult embedAdapter(const EmbedAdapterRequest& request, const WorkshopControl& control = {});

struct RemoveEmbeddedRequest {
  std::filesystem::path checkpoint;  ///< with an adapter inside
  std::filesystem::path output;      ///< the model without it
};
/// The model as it was before embedAdapter(), byte for byte where its files were in the usual order of safetensors. To
/// take the adapter out, convert the checkpoint.
WorkshopResult removeEmbedded(const RemoveEmbeddedRequest& request, const WorkshopControl& control = {});

/// What an operation will take. They read headers only and throw what the operation would throw before it begins, also
/// Error(OutOfMemory) if it cannot fit; so do the operations themselves.
WorkshopEstimate estimateWorkshop(const ConvertAdapterRequest& request, const WorkshopControl& control = {});
WorkshopEstimate estimateWorkshop(const MergeAdaptersRequest& request, const WorkshopControl& control = {});
WorkshopEstimate estimateWorkshop(const ResizeAdapterRequest& request, const WorkshopControl& control = {});
WorkshopEstimate estimateWorkshop(const MergeIntoModelRequest& request, const WorkshopControl& control = {});
WorkshopEstimate estimateWorkshop(const ExtractAdapterRequest& request, const WorkshopControl& control = {});

}  // namespace lorikeet
