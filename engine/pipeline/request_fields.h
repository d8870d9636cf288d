#pragma once
#include <concepts>
#include <type_traits>

#include "lorikeet/request.h"

namespace lorikeet {

/// A struct, const or not: fields are visited both to be written and to be read.
template <class T, class Struct>
concept FieldsOf = std::same_as<std::remove_const_t<T>, Struct>;

/// Names every field of a request once, with what it says, for all that writes, reads or explains the JSON form:
/// `fields(name, member, help)` is called for each. A new member of a struct needs a line here and nothing else; a test
/// compares their numbers.
template <class Fields, FieldsOf<AdapterBlockWeights> Blocks>
void visitFields(Fields& fields, Blocks& blocks) {
  fields("text", blocks.text, "factor of the text encoder");
  fields("down", blocks.down, "factors of the UNet's four down blocks, from fine to coarse");
  fields("mid", blocks.mid, "factor of its middle block");
  fields("up", blocks.up, "factors of its four up blocks, from coarse to fine");
}

template <class Fields, FieldsOf<AdapterUse> Use>
void visitFields(Fields& fields, Use& use) {
  fields("file", use.file, "LoRA or relative");
  fields("variant", use.variant, "which adapter of a file that holds several");
  fields("enabled", use.enabled, "false: not used");
  fields("weight", use.weight, "-10 to 10");
  fields("text_weight", use.textWeight, "of the text encoder, if it differs");
  fields("blocks", use.blocks, "factors by group of blocks");
  fields("begin", use.begin, "share of the steps from which it is used");
  fields("end", use.end, "share of the steps up to which it is used");
}

template <class Fields, FieldsOf<MaskOptions> Options>
void visitFields(Fields& fields, Options& options) {
  fields("invert", options.invert, "repaint where the mask is black");
  fields("grow", options.grow, "pixels, negative: shrink");
  fields("blur", options.blur, "pixels");
  fields("only_masked", options.onlyMasked, "work on the masked area alone");
  fields("padding", options.padding, "pixels around the masked area that the model sees");
  fields("content", options.content, "what the model starts from under the mask");
  fields("soft", options.soft, "let grey parts of the mask change less");
  fields("match_colours", options.matchColours, "match the painted colours to those around the mask");
}

template <class Fields, FieldsOf<OutpaintMargins> Margins>
void visitFields(Fields& fields, Margins& margins) {
  fields("left", margins.left, "pixels");
  fields("top", margins.top, "pixels");
  fields("right", margins.right, "pixels");
  fields("bottom", margins.bottom, "pixels");
}

template <class Fields, FieldsOf<CannyOptions> Options>
void visitFields(Fields& fields, Options& options) {
  fields("low", options.lowThreshold, "gradient below which nothing is an edge");
  fields("high", options.highThreshold, "gradient from which an edge starts");
  fields("blur", options.blurSigma, "pixels, before the edges are searched");
  fields("l2", options.l2Gradient, "Euclidean gradient");
}

template <class Fields, FieldsOf<StraightLineOptions> Options>
void visitFields(Fields& fields, Options& options) {
  fields("network", options.network, "M-LSD tiny's weights");
  fields("score", options.score, "how sure the network must be of a line, 0 to 1");
  fields("length", options.length, "shorter lines are left out, in pixels at half size");
}

template <class Fields, FieldsOf<ControlUnit> Unit>
void visitFields(Fields& fields, Unit& unit) {
  fields("type", unit.type, "how the picture becomes the map that the ControlNet sees");
  fields("picture", unit.picture, "empty: the picture of \"init\"");
  fields("model", unit.model, "ControlNet folder or file");
  fields("scale", unit.scale, "0 to 2");
  fields("start", unit.start, "share of the steps after which it sets in");
  fields("end", unit.end, "share of the steps after which it leaves off");
  fields("mode", unit.mode, "who wins, the prompt or the control");
  fields("canny", unit.canny, "options of the edges");
  fields("lines", unit.lines, "options of the straight lines");
}

template <class Fields, FieldsOf<PromptOptions> Options>
void visitFields(Fields& fields, Options& options) {
  fields("emphasis", options.emphasis, "what the weights of the prompts do");
  fields("choices", options.choices, "{a|b} and __name__ are choices; false: plain text");
  fields("wildcards", options.wildcardFolder, "folder of NAME.txt from which __NAME__ chooses");
  fields("embedding_dir", options.embeddingFolder, "folder of textual inversions that the prompts may name");
  fields("adapter_dir", options.adapterFolders, "folders in which <lora:NAME> is looked up; none: the person's own");
  fields("prompt_template", options.promptTemplate, "the prompt before its choices were made");
  fields("negative_template", options.negativeTemplate, "the negative prompt before its choices were made");
}

template <class Fields, FieldsOf<Upscaler> Upscaling>
void visitFields(Fields& fields, Upscaling& upscaler) {
  fields("method", upscaler.method, "how the picture grows");
  fields("network", upscaler.network, "upscaler file, for the method \"network\"");
}

template <class Fields, FieldsOf<HiresOptions> Options>
void visitFields(Fields& fields, Options& options) {
  fields("scale", options.scale, "factor of both sides; 1: no second pass");
  fields("upscaler", options.upscaler, "what enlarges the first result");
  fields("steps", options.steps, "of the second pass; 0: as many as the first");
  fields("strength", options.strength, "how much of the enlarged picture may change, 0 to 1");
}

template <class Fields, FieldsOf<Seamless> Axes>
void visitFields(Fields& fields, Axes& axes) {
  fields("x", axes.x, "the left and right edges join");
  fields("y", axes.y, "the upper and lower edges join");
}

template <class Fields, FieldsOf<Variation> Varied>
void visitFields(Fields& fields, Varied& variation) {
  fields("seed", variation.seed, "of the other noise; picture j uses it + j and one seed");
  fields("strength", variation.strength, "0: the seed's noise, 1: the other one's");
}

template <class Fields, FieldsOf<SigmaChurn> Churn>
void visitFields(Fields& fields, Churn& churn) {
  fields("churn", churn.churn, "noise that Euler, Heun and DPM2 add before their steps");
  fields("lowest", churn.lowest, "only from this noise level on");
  fields("highest", churn.highest, "up to this noise level; 0: no limit");
  fields("noise", churn.noise, "scale of all noise that is added on the way");
}

template <class Fields, FieldsOf<SamplingOptions> Options>
void visitFields(Fields& fields, Options& options) {
  fields("ancestral_eta", options.ancestralEta, "share of fresh noise of ancestral and SDE samplers, 0 to 1");
  fields("churn", options.churn, "noise that is added before steps");
  fields("rho", options.scheduleRho, "bend of the schedule; 0: its own");
  fields("sde_noise", options.sdeNoise, "where SDE samplers take their noise from");
  fields("noise_seed_delta", options.noiseSeedDelta, "added to the seed for noise on the way (ENSD)");
}

template <class Fields, FieldsOf<Shortcuts> Options>
void visitFields(Fields& fields, Options& options) {
  fields("guidance_start", options.guidanceStart, "share of the model calls from which guidance acts");
  fields("guidance_end", options.guidanceEnd, "share of the model calls up to which it acts");
  fields("guidance_every", options.guidanceEvery, "calls of which one computes the unconditional half");
  fields("inner_every", options.innerEvery, "calls of which one runs the UNet's inner layers");
  fields("merged_tokens", options.mergedTokens, "share of the tokens that self-attention works without, 0 to 0.75");
  fields("arithmetic", options.arithmetic, "what products multiply");
}

template <class Fields, FieldsOf<GenerateRequest> Request>
void visitFields(Fields& fields, Request& request) {
  fields("model", request.model, "diffusers folder or checkpoint; empty: the starter model");
  fields("vae", request.vae, "autoencoder in place of the model's own: a file or a diffusers folder");
  fields("prompt", request.prompt, "what the picture should show");
  fields("negative_prompt", request.negativePrompt, "what it should not show");
  fields("embeddings", request.embeddings, "textual inversions that the prompts may name");
  fields("prompting", request.prompting, "how the prompts are read");
  fields("seed", request.seed, "0 to 2^64-1, also as a string");
  fields("num", request.imageCount, "pictures; picture j uses seed + j");
  fields("variation", request.variation, "noise of a second seed that is mixed in");
  fields("steps", request.steps, "denoising steps");
  fields("width", request.width, "pixels, a multiple of 8; 0: the model's own");
  fields("height", request.height, "pixels, a multiple of 8; 0: the model's own");
  fields("guidance", request.guidanceScale, "how closely to follow the prompt");
  fields("sampler", request.sampler, "A1111's names work too");
  fields("schedule", request.schedule, "spread of the noise levels");
  fields("spacing", request.spacing, "which timesteps are visited");
  fields("eta", request.eta, "share of fresh noise, 0 to 1");
  fields("clip_skip", request.clipSkip, "text encoder layer counted from the end");
  fields("rng", request.noiseSource, "whose random numbers to use");
  fields("sampling", request.sampling, "parameters of samplers");
  fields("precision", request.precision, "bits that the weights keep in memory");
  fields("adapters", request.adapters, "the stack");
  fields("init", request.init, "picture to start from");
  fields("strength", request.strength, "how much of it may change, 0 to 1");
  fields("resize", request.resize, "how it comes to the size that the model works at");
  fields("mask", request.mask, "repaint only where this picture is white");
  fields("mask_options", request.maskOptions, "how the mask is used");
  fields("outpaint", request.outpaint, "extend the picture and paint there");
  fields("controls", request.controls, "ControlNets");
  fields("hires", request.hires, "a second pass at a larger size");
  fields("seamless", request.seamless, "the picture repeats without a seam");
  fields("shortcuts", request.shortcuts, "less work, at some cost to the picture");
  fields("vae_tiling", request.vaeTiling, "whether the autoencoder works in strips");
}

}  // namespace lorikeet
