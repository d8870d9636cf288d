#include "studio/adapters/adapter_tag.h"

namespace lorikeet {

const QRegularExpression& adapterTagBegin() {
  static const QRegularExpression begin(QStringLiteral("<(?:lora|lyco):([^:<>]{1,200})[:>]"));
  return begin;
}

}  // namespace lorikeet
