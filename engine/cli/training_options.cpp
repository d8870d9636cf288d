#include "cli/training_options.h"

#include "cli/lora_commands.h"
#include "cli/rank_options.h"

namespace lorikeet::cli {
namespace {

void addDataOptions(CLI::App& command, TrainingData& data) {
  addOption(command, "data", data.folder,
            "Folder of pictures, each with its caption in NAME.txt; or of folders called REPEATS_WORDS")
      ->type_name("DATA")
      ->required();
  addOption(command, "--caption", data.caption, "Caption of pictures that have none")->type_name("TEXT");
  addOption(command, "--trigger", data.trigger,
            "Word that brings the result out: put before captions that do not hold it")
      ->type_name("WORD");
  addOption(command, "--repeats", data.repeats, "How often an epoch shows a picture")
      ->type_name("N")
      ->capture_default_str();
  addOption(command, "--width", data.width, "Width in pixels that pictures are cut to (default: the model's)")
      ->type_name("N");
  addOption(command, "--height", data.height, "Height in pixels that pictures are cut to (default: the model's)")
      ->type_name("N");
  addFlag(command, "--flip", data.flip, "Show half of the pictures mirrored");
  addFlag(command, "--random-crop", data.randomCrop, "Cut pictures at random instead of in the middle");
  addOption(command, "--caption-dropout", data.captionDropout, "Share of pictures shown without caption, 0 to 1")
      ->type_name("SHARE");
}

void addRateOptions(CommandLine& line, CLI::App& command, TrainingRequest& request) {
  addOption(command, "--steps", request.steps, "Changes of the trained values")->type_name("N")->capture_default_str();
  addOption(command, "--batch", request.batchSize, "Pictures computed together")->type_name("N")->capture_default_str();
  addOption(command, "--accumulate", request.accumulation, "Batches a step")->type_name("N")->capture_default_str();
  addOption(command, "--rate", request.learningRate, "Learning rate")->type_name("RATE")->capture_default_str();
  addOption(command, "--text-rate", request.textLearningRate, "Learning rate of the text encoder's layers")
      ->type_name("RATE");
  addChoice(line, command, "--rate-schedule", request.schedule, rateScheduleFromName, rateScheduleNames(),
            "How the learning rate goes on (default: cosine)");
  addOption(command, "--warmup", request.warmupSteps, "Steps in which the learning rate rises")->type_name("N");
  addOption(command, "--weight-decay", request.weightDecay, "AdamW's weight decay")
      ->type_name("DECAY")
      ->capture_default_str();
  addOption(command, "--gradient-limit", request.gradientLimit, "Largest norm of the gradients, 0 for none")
      ->type_name("NORM")
      ->capture_default_str();
  addOption(command, "--min-snr", request.minSnr, "Gamma of min-SNR weighting, 5 is usual (default: off)")
      ->type_name("GAMMA");
  addOption(command, "--noise-offset", request.noiseOffset, "Noise that is the same for a whole channel, 0 to 1")
      ->type_name("SHARE");
  addOption(command, "--clip-skip", request.clipSkip, "Layer of the text encoder that counts, from the end")
      ->type_name("N");
  addOption(command, "-s,--seed", request.seed, "Seed of all that is drawn")->type_name("N")->capture_default_str();
}

void addLoraOptions(CommandLine& line, CLI::App& command, TrainingRequest& request) {
  addOption(command, "-r,--rank", request.rank, "Rank of the LoRA")->type_name("N")->capture_default_str();
  addOption(command, "--alpha", request.alpha, "The LoRA counts alpha / rank (default: the rank)")->type_name("ALPHA");
  addChoice(line, command, "--layers", request.layers, trainedLayersFromName, trainedLayersNames(),
            "Layers of the UNet that get a LoRA (default: transformers)");
  addFlag(command, "--text-encoder", request.trainsTextEncoder, "Give the text encoder a LoRA, too");
  addOption(command, "--config", request.configuration, "lora_wrapper's configuration (JSON): layers, ranks, scales")
      ->type_name("FILE");
  addTypeOption(line, command, request.type, "f16");
  CLI::Option* word = addTextOption(
                          command, "--inversion",
                          [&request](const std::string& text) {
                            request.kind = TrainingKind::TextualInversion;
                            request.word = text;
                          },
                          "Learn a textual inversion for this word instead of a LoRA")
                          ->type_name("WORD");
  addOption(command, "--init", request.initialText, "Words that the textual inversion starts from (default: *)")
      ->type_name("TEXT")
      ->needs(word);
  addOption(command, "--vectors", request.vectorCount, "Vectors of the textual inversion")
      ->type_name("N")
      ->capture_default_str()
      ->needs(word);
}

}  // namespace

void addTrainingOptions(CommandLine& line, CLI::App& command, TrainingOptions& options) {
  TrainingRequest& request = options.request;
  addDataOptions(command, request.data);
  addOption(command, "output", request.output, "File to write, .safetensors")->type_name("OUT")->required();
  addOption(command, "-m,--model", request.model, "Diffusers folder or checkpoint (default: the starter model)")
      ->type_name("MODEL");
  addLoraOptions(line, command, request);
  addRateOptions(line, command, request);
  addOption(command, "--sample", options.samplePrompts, "Prompt of a sample; may be given several times")
      ->type_name("PROMPT");
  addOption(command, "--sample-every", request.sampleEvery, "Steps between samples (default: none)")->type_name("N");
  addOption(command, "--sample-steps", options.sampleSteps, "Denoising steps of a sample")
      ->type_name("N")
      ->capture_default_str();
  addOption(command, "--sample-seed", options.sampleSeed, "Seed of the samples")->type_name("N")->capture_default_str();
  addOption(command, "--sample-folder", options.sampleFolder, "Where samples go (default: beside the output)")
      ->type_name("FOLDER");
  addOption(command, "--save-every", request.saveEvery, "Steps between saved states, 0 for only when stopped")
      ->type_name("N")
      ->capture_default_str();
  addFlag(command, "--resume", request.resume, "Go on with the state of an earlier run");
  addChoice(line, command, "--checkpointing", request.checkpointing, checkpointingFromName, checkpointingNames(),
            "Compute parts of the network twice to save memory (default: auto)");
  addOption(command, "--memory", options.memoryGigabytes, "GB that may be used (default: what is free)")
      ->type_name("GB")
      ->check(CLI::Range(0.1, 65536.0).description(""));
  addFlag(command, "--estimate", options.onlyEstimate, "Tell time and memory, and do nothing");
  addFlag(command, "--timings", options.timings, "Print what took how long");
  addThreadsOption(command, request.threads);
  addFlag(command, "--json", line.json, "Print the result as JSON and nothing else on stdout");
}

TrainingRequest requestOf(const TrainingOptions& options) {
  TrainingRequest request = options.request;
  request.memoryLimit = static_cast<int64_t>(options.memoryGigabytes * 1e9);
  for (const std::string& prompt : options.samplePrompts) {
    GenerateRequest sample = trainingSample(request, prompt);
    sample.steps = options.sampleSteps;
    sample.seed = options.sampleSeed;
    request.samples.push_back(sample);
  }
  return request;
}

}  // namespace lorikeet::cli
