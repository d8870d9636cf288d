#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "io/json_text.h"
#include "pipeline/settings_readers.h"

namespace lorikeet {
namespace {

using nlohmann::json;

/// Far more nodes than a person's workflow puts behind one prompt; bounds time and recursion for a hostile one.
constexpr size_t kMaxTextNodes = 32;
constexpr size_t kMaxConditionings = 256;

/// ComfyUI's "prompt": node id -> {class_type, inputs}; an input is a value or a link [node id, output].
class Graph {
 public:
  explicit Graph(const json& nodes) : nodes_(nodes) {}

  const json& inputs(const std::string& id) const {
    static const json kNone = json::object();
    const auto node = nodes_.find(id);
    if (node == nodes_.end() || !node->is_object()) return kNone;
    const auto found = node->find("inputs");
    return found != node->end() && found->is_object() ? *found : kNone;
  }
  std::string type(const std::string& id) const {
    return nodes_.contains(id) ? jsonText(nodes_[id], "class_type") : "";
  }

  /// The node that an input is linked to; empty for values.
  std::string link(const std::string& id, const char* input) const {
    const json& all = inputs(id);
    const auto found = all.find(input);
    return found == all.end() ? "" : target(*found);
  }
  static std::string target(const json& input) {
    return input.is_array() && input.size() == 2 && input[0].is_string() ? input[0].get<std::string>() : "";
  }
  bool isSampler(const std::string& id) const {
    const json& all = inputs(id);
    return all.contains("latent_image") && (all.contains("positive") || all.contains("guider"));
  }
  std::vector<std::string> samplers() const {
    std::vector<std::string> found;
    for (const auto& [id, node] : nodes_.items())
      if (isSampler(id)) found.push_back(id);
    return found;
  }

 private:
  const json& nodes_;
};

/// The node that the latents of this one come from, along the main input.
std::string latentSource(const Graph& graph, const std::string& id) {
  for (const char* input : {"latent_image", "samples", "samples_to", "samples1", "latent", "pixels", "image", "images"})
    if (std::string source = graph.link(id, input); !source.empty()) return source;
  return "";
}

/// Follows the latents back to the pass that made the picture first.
std::string firstPass(const Graph& graph, std::string id) {
  std::string sampler = id;
  for (std::set<std::string> seen; !id.empty() && seen.insert(id).second; id = latentSource(graph, id))
    if (graph.isSampler(id)) sampler = id;
  return sampler;
}

/// All inputs that describe a pass: those of the sampler, and of the nodes that newer samplers keep them in.
json gatherInputs(const Graph& graph, const std::string& sampler) {
  json all = graph.inputs(sampler);
  for (const char* part : {"guider", "sampler", "sigmas", "noise"}) {
    const json& more = graph.inputs(graph.link(sampler, part));
    for (const auto& [key, value] : more.items())
      if (!all.contains(key)) all[key] = value;
  }
  return all;
}

/// The string that an input holds, directly or through nodes that hand a string on; each is asked once.
std::string resolvedText(const Graph& graph, const json& input, std::set<std::string>& seen) {
  if (input.is_string()) return input.get<std::string>();
  const std::string source = Graph::target(input);
  if (source.empty() || seen.size() >= kMaxTextNodes || !seen.insert(source).second) return "";
  for (const char* key : {"text", "string", "value", "prompt", "text_g", "Text", "positive"}) {
    const json& inputs = graph.inputs(source);
    if (!inputs.contains(key)) continue;
    if (std::string text = resolvedText(graph, inputs[key], seen); !text.empty()) return text;
  }
  return "";
}

/// Collects the texts behind a conditioning, in the order in which they are joined.
void collectTexts(const Graph& graph, const std::string& id, const char* side, std::set<std::string>& seen,
                  std::vector<std::string>& texts) {
  if (id.empty() || seen.size() >= kMaxConditionings || !seen.insert(id).second) return;
  const json& inputs = graph.inputs(id);
  for (const char* key : {"text", "text_g", "text_l"}) {
    if (!inputs.contains(key)) continue;
    std::set<std::string> asked;
    const std::string text(trimmed(resolvedText(graph, inputs[key], asked)));
    if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
  }
  for (const auto& [key, value] : inputs.items())
    if (key.starts_with("conditioning") || key == side) collectTexts(graph, Graph::target(value), side, seen, texts);
}

std::string promptText(const Graph& graph, const json& pass, const char* side) {
  std::set<std::string> seen;
  std::vector<std::string> texts;
  if (pass.contains(side)) collectTexts(graph, Graph::target(pass[side]), side, seen, texts);
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : "\n") + text;
  return joined;
}

/// Walks the chain of model patches to the checkpoint and notes the adapters on the way.
void readModel(const Graph& graph, std::string id, PictureSettings& settings) {
  for (std::set<std::string> seen; !id.empty() && seen.insert(id).second; id = graph.link(id, "model")) {
    const json& inputs = graph.inputs(id);
    if (std::string lora = jsonText(inputs, "lora_name"); !lora.empty())
      settings.other.emplace_back("Lora", lora + ":" + dumpJson(inputs.value("strength_model", json(1.0))));
    for (const char* key : {"ckpt_name", "unet_name"})
      if (settings.model.empty()) settings.model = jsonText(inputs, key);
  }
}

void readClipSkip(const Graph& graph, std::string id, PictureSettings& settings) {
  for (std::set<std::string> seen; !id.empty() && seen.insert(id).second;) {
    if (const auto layer = jsonInt(graph.inputs(id), "stop_at_clip_layer"); layer && *layer < 0)
      settings.clipSkip = -*layer;
    const std::string next = graph.link(id, "clip");
    id = next.empty() ? graph.link(id, "conditioning") : next;
  }
}

void readSize(const Graph& graph, std::string id, PictureSettings& settings) {
  for (std::set<std::string> seen; !id.empty() && seen.insert(id).second; id = latentSource(graph, id)) {
    settings.width = jsonInt(graph.inputs(id), "width");
    settings.height = jsonInt(graph.inputs(id), "height");
    if (settings.width && settings.height) return;
  }
}

}  // namespace

std::optional<PictureSettings> readComfyUi(const ImageText& texts) {
  const auto prompt = findText(texts, "prompt");
  if (!prompt) return std::nullopt;
  const json nodes = parseJsonObject(*prompt);
  const Graph graph(nodes);
  const auto samplers = graph.samplers();
  if (samplers.empty()) return std::nullopt;
  const std::string sampler = firstPass(graph, samplers.front());
  const json pass = gatherInputs(graph, sampler);

  PictureSettings settings;
  settings.program = "ComfyUI";
  settings.prompt = promptText(graph, pass, "positive");
  settings.negativePrompt = promptText(graph, pass, "negative");
  settings.seed = jsonSeed(pass, "seed");
  if (!settings.seed) settings.seed = jsonSeed(pass, "noise_seed");
  settings.steps = jsonInt(pass, "steps");
  settings.guidanceScale = jsonNumber(pass, "cfg");
  settings.sampler = jsonText(pass, "sampler_name");
  settings.schedule = jsonText(pass, "scheduler");
  if (const auto denoise = jsonNumber(pass, "denoise"); denoise && *denoise < 1)
    settings.other.emplace_back("Denoising strength", dumpJson(json(*denoise)));
  if (pass.contains("model")) readModel(graph, Graph::target(pass["model"]), settings);
  if (pass.contains("positive")) readClipSkip(graph, Graph::target(pass["positive"]), settings);
  readSize(graph, graph.link(sampler, "latent_image"), settings);
  return settings;
}

}  // namespace lorikeet
