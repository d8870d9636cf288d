#pragma once
#include <QString>
#include <functional>
#include <vector>

#include "generate/request_section.h"

class QComboBox;
class QDoubleSpinBox;
class QFormLayout;

namespace lorikeet {

/// What few people change: random numbers, the variation, parameters of samplers, clip skip, seamless edges. Each field
/// is a row of a table that names it, says what it does to the picture and where it stands in the request.
class SamplingSection : public RequestSection {
  Q_OBJECT
 public:
  explicit SamplingSection(QWidget* parent = nullptr);

  void fill(GenerateRequest& request) const override;

 protected:
  void showValues(const GenerateRequest& request) override;
  QString summaryOf(const GenerateRequest& request) const override;

 private:
  struct Field {
    QString label;
    std::function<void(GenerateRequest&)> fill;
    std::function<void(const GenerateRequest&)> show;
    std::function<QString(const GenerateRequest&)> summary;  ///< empty where the value is the usual one
  };

  struct Number {
    const char* name;
    const char* label;
    const char* tip;
    double (*get)(const GenerateRequest&);
    void (*set)(GenerateRequest&, double);
    double maximum = 1;
    double step = 0.05;
    int decimals = 2;
    double minimum = 0;
  };
  void addNumber(QFormLayout& form, const Number& number);
  void addNumbers(QFormLayout& form);
  /// A whole number of up to 2^64-1.
  void addSeed(QFormLayout& form, const char* name, const char* label, const char* tip,
               uint64_t& (*of)(GenerateRequest&));
  template <class Enum>
  void addChoice(QFormLayout& form, const char* name, const char* label, const char* tip,
                 Enum& (*of)(GenerateRequest&));
  void addSwitch(QFormLayout& form, const char* name, const char* label, const char* tip,
                 bool& (*of)(GenerateRequest&));

  std::vector<Field> fields_;
};

}  // namespace lorikeet
