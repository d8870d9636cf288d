#include "workshop/peft_settings.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <nlohmann/json.hpp>

#include "workshop/form_module.h"
#include "workshop/peft_ranks.h"

namespace lorikeet {

nlohmann::ordered_json peftSettings(std::span<const AdapterModule> modules) {
  PeftRanks ranks;
  size_t doras = 0;
  for (const AdapterModule& module : modules) {
    ranks.add(module.name, module.get("down").shape[0], effectiveAlpha(module));
    doras += module.has("magnitude") ? 1 : 0;
  }
  if (doras > 0 && doras < modules.size())
    throw Error(ErrorKind::Unsupported,
                fmt::format("{} of {} modules are DoRA and the others LoRA, which PEFT cannot hold in one adapter.",
                            doras, modules.size()));
  nlohmann::ordered_json settings = ranks.fields("lora_alpha");
  settings.update({{"bias", "none"}, {"lora_dropout", 0.0}, {"use_dora", doras > 0}, {"use_rslora", false}});
  return settings;
}

}  // namespace lorikeet
