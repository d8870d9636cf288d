#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/name_key.h"
#include "lorikeet/error.h"
#include "lorikeet/request.h"

namespace lorikeet {

/// Another spelling of a value.
template <class Enum>
struct EnumAlias {
  std::string_view text;
  Enum value;
};

/// A name as it is looked up: nameKey(), and "pp" for "++", so that "DPM++ 2M" and "dpmpp_2m" are the same.
inline std::string enumKey(std::string_view text) {
  std::string key = nameKey(text);
  std::replace(key.begin(), key.end(), '+', 'p');
  return key;
}

/// The value that has this name or label; nothing if none has.
template <class Enum>
std::optional<Enum> findEnum(std::string_view text, std::span<const EnumName<Enum>> names,
                             std::span<const EnumAlias<Enum>> aliases = {}) {
  const std::string wanted = enumKey(text);
  for (const auto& row : names)
    if (enumKey(row.name) == wanted || enumKey(row.label) == wanted) return row.value;
  for (const auto& alias : aliases)
    if (enumKey(alias.text) == wanted) return alias.value;
  return std::nullopt;
}

/// Throws Error(InvalidArgument) that lists the choices; `what` is what they are choices of.
template <class Enum>
[[noreturn]] void throwUnknownEnum(std::string_view what, std::string_view text,
                                   std::span<const EnumName<Enum>> names) {
  std::string choices;
  for (const auto& row : names) choices += (choices.empty() ? "" : ", ") + std::string(row.name);
  throw Error(ErrorKind::InvalidArgument,
              fmt::format("There is no {} \"{}\"; choose one of: {}.", what, text, choices));
}

/// The value that has this name or label, or throwUnknownEnum().
template <class Enum>
Enum enumFromName(std::string_view what, std::string_view text, std::span<const EnumName<Enum>> names,
                  std::span<const EnumAlias<Enum>> aliases = {}) {
  if (const auto value = findEnum(text, names, aliases)) return *value;
  throwUnknownEnum(what, text, names);
}

}  // namespace lorikeet
