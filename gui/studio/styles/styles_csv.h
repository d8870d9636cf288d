#pragma once
#include <QByteArray>
#include <vector>

#include "studio/styles/prompt_style.h"

namespace lorikeet {

/// Reads A1111's styles.csv: UTF-8 with or without a byte order mark, the columns "name", "prompt" (older: "text") and
/// "negative_prompt" in any order, values with quotes, commas and line breaks. Rows without a name, and A1111's "None",
/// are left out. Throws Error(Corrupt | Unsupported) naming the line for a file that is no such table. Linear.
std::vector<PromptStyle> readStylesCsv(const QByteArray& bytes);

/// Writes the same, as A1111 does (with a byte order mark); settings have no column there.
QByteArray writeStylesCsv(const std::vector<PromptStyle>& styles);

}  // namespace lorikeet
