#include "text/extra_networks.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "text/prompt_scanning.h"

namespace lorikeet {
namespace {

/// Where the run of word characters at `position` ends.
size_t endOfWord(std::string_view text, size_t position) {
  while (position < text.size()) {
    const CodePoint c = codePointAt(text, position);
    if (!isWordCharacter(c)) break;
    position += static_cast<size_t>(c.byteCount);
  }
  return position;
}

void addArgument(ExtraNetwork& network, std::string_view argument) {
  const size_t equals = argument.find('=');
  if (equals == std::string_view::npos || argument.find('=', equals + 1) != std::string_view::npos)
    network.positional.emplace_back(argument);
  else
    network.named.emplace_back(argument.substr(0, equals), argument.substr(equals + 1));
}

void addArguments(ExtraNetwork& network, std::string_view arguments) {
  while (true) {
    const size_t colon = arguments.find(':');
    addArgument(network, arguments.substr(0, colon));
    if (colon == std::string_view::npos) return;
    arguments.remove_prefix(colon + 1);
  }
}

double weightOf(const ExtraNetwork& network, std::string_view text, PromptIssues* issues) {
  const std::optional<double> weight = parseDecimal(trimSpaces(text));
  if (weight && std::isfinite(*weight)) return *weight;
  addIssue(issues, {PromptIssue::Severity::Warning, network.position, network.length,
                    fmt::format("\"{}\" is no weight for <{}>, so 1 is used", text, network.kind)});
  return 1;
}

}  // namespace

TracedText takeExtraNetworks(const TracedText& prompt, std::vector<ExtraNetwork>& networks) {
  const std::string& text = prompt.text();
  TracedText rest;
  size_t copied = 0;
  for (size_t open = text.find('<'); open != std::string::npos; open = text.find('<', open + 1)) {
    const size_t colon = endOfWord(text, open + 1);
    if (colon == open + 1 || colon == text.size() || text[colon] != ':') continue;
    const size_t close = text.find('>', colon);
    if (close == std::string::npos) break;  // no tag can end any more
    if (close == colon + 1) continue;
    ExtraNetwork network;
    network.kind = text.substr(open + 1, colon - open - 1);
    network.position = prompt.origin(open);
    network.length = prompt.origin(close) + 1 - network.position;
    addArguments(network, std::string_view(text).substr(colon + 1, close - colon - 1));
    networks.push_back(std::move(network));
    rest.append(prompt, copied, open);
    copied = close + 1;
    open = close;
  }
  rest.append(prompt, copied, text.size());
  return rest;
}

LoraTag loraTag(const ExtraNetwork& network, PromptIssues* issues) {
  LoraTag tag;
  const auto& positional = network.positional;
  if (!positional.empty()) tag.name = positional[0];
  if (positional.size() > 1) tag.textEncoderWeight = weightOf(network, positional[1], issues);
  const auto named = [&](std::string_view key, double& weight) {
    for (const auto& [name, value] : network.named)
      if (name == key) weight = weightOf(network, value, issues);
  };
  named("te", tag.textEncoderWeight);
  tag.unetWeight = positional.size() > 2 ? weightOf(network, positional[2], issues) : tag.textEncoderWeight;
  named("unet", tag.unetWeight);
  return tag;
}

}  // namespace lorikeet
