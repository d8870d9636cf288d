#pragma once
#include <QRegularExpression>

namespace lorikeet {

/// The beginning of a tag that names an adapter in a prompt, <lora:NAME: or <lyco:NAME>, with the name as its first
/// group.
const QRegularExpression& adapterTagBegin();

}  // namespace lorikeet
