#pragma once
#include "generate/field_section.h"

namespace lorikeet {

/// Work that may be left out for speed (Shortcuts), each at some cost to the picture.
class ShortcutSection : public FieldSection {
  Q_OBJECT
 public:
  explicit ShortcutSection(QWidget* parent = nullptr);
};

}  // namespace lorikeet
