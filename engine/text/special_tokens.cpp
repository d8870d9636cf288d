#include "text/special_tokens.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "io/json_file.h"

namespace lorikeet {
namespace {

constexpr int kLargestMaxLength = 4096;

void readToken(const nlohmann::json& config, const char* key, const std::filesystem::path& file, std::string& token) {
  auto it = config.find(key);
  if (it == config.end() || it->is_null()) return;
  const nlohmann::json& content = it->is_object() && it->contains("content") ? (*it)["content"] : *it;
  if (!content.is_string() || content.get_ref<const std::string&>().empty())
    throw Error(ErrorKind::Corrupt, fmt::format("\"{}\": \"{}\" is not a token", file.string(), key));
  token = content.get<std::string>();
}

}  // namespace

SpecialTokens readSpecialTokens(const std::filesystem::path& folder) {
  SpecialTokens tokens;
  for (const char* name : {"tokenizer_config.json", "special_tokens_map.json"}) {
    const std::filesystem::path file = folder / name;
    std::error_code error;
    if (!std::filesystem::exists(file, error)) continue;
    const std::shared_ptr<const nlohmann::json> object = readJsonObject(file);
    const nlohmann::json& config = *object;
    readToken(config, "bos_token", file, tokens.start);
    readToken(config, "eos_token", file, tokens.end);
    readToken(config, "pad_token", file, tokens.pad);
    readToken(config, "unk_token", file, tokens.unknown);
    // Some writers put 1e30 here for "no limit".
    const auto length = config.find("model_max_length");
    if (length != config.end() && length->is_number() && length->get<double>() >= 3 &&
        length->get<double>() <= kLargestMaxLength)
      tokens.maxLength = length->get<int>();
  }
  return tokens;
}

}  // namespace lorikeet
