#pragma once
#include "generate/field_section.h"

namespace lorikeet {

/// What few people change: random numbers, the variation, parameters of samplers, clip skip, seamless edges.
class SamplingSection : public FieldSection {
  Q_OBJECT
 public:
  explicit SamplingSection(QWidget* parent = nullptr);

 private:
  void addNumbers();
};

}  // namespace lorikeet
