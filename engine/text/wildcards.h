#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "text/prompt_issue.h"
#include "text/wildcard_folder.h"

namespace lorikeet {

/// A prompt with its choices made.
struct WildcardExpansion {
  std::string text;
  bool changed = false;  ///< false: the prompt holds no wildcards and no choices
  PromptIssues issues;   ///< positions are bytes of the prompt; an unknown wildcard or a cycle is an error
};

/// Replaces __name__ by a line of that wildcard (with * for any characters, by a line of all that fit), {a|b} by one
/// option, {2$$a|b|c} by two different ones joined by ", ", {1-2$$ and $$a|b} by one or two joined by " and ";
/// {3::a|b} takes a three times as often. Lines and options may hold wildcards and choices again. Comments (# to the
/// end of the line) are left alone, and a backslash keeps a brace as it is. The same seed gives the same text on every
/// machine; `stream` keeps the prompt and its negative apart. Throws Error(InvalidArgument) if the choices multiply
/// beyond 4 MiB of text or 100,000 of them.
WildcardExpansion expandWildcards(std::string_view prompt, WildcardFolder& folder, uint64_t seed, uint64_t stream = 0);

}  // namespace lorikeet
