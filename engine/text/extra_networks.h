#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "text/prompt_issue.h"
#include "text/traced_text.h"

namespace lorikeet {

/// A tag such as <lora:ink:0.8>, taken out of a prompt.
struct ExtraNetwork {
  std::string kind;                                        ///< "lora"
  std::vector<std::string> positional;                     ///< "ink", "0.8"
  std::vector<std::pair<std::string, std::string>> named;  ///< key=value
  size_t position = 0;                                     ///< byte in the prompt
  size_t length = 0;
};

/// The weights of a <lora:...> or <lyco:...> tag.
struct LoraTag {
  std::string name;
  double unetWeight = 1;
  double textEncoderWeight = 1;
};

/// Removes all tags <kind:argument:...> from the prompt. Source: stable-diffusion-webui modules/extra_networks.py.
TracedText takeExtraNetworks(const TracedText& prompt, std::vector<ExtraNetwork>& networks);

/// <lora:name:both>, <lora:name:textEncoder:unet>, with te= and unet= for either, as A1111 reads them. A weight that is
/// no finite number becomes 1, with a warning.
LoraTag loraTag(const ExtraNetwork& network, PromptIssues* issues = nullptr);

}  // namespace lorikeet
