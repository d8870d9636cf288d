#pragma once
#include <QString>
#include <functional>
#include <vector>

#include "generate/request_section.h"

class QFormLayout;

namespace lorikeet {

/// A section that is a table of fields: each names itself, says what it does to the picture and where it stands in the
/// request.
class FieldSection : public RequestSection {
  Q_OBJECT
 public:
  explicit FieldSection(const QString& title, QWidget* parent = nullptr);

  void fill(GenerateRequest& request) const override;

 protected:
  void showValues(const GenerateRequest& request) override;
  QString summaryOf(const GenerateRequest& request) const override;

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
  void addNumber(const Number& number);
  /// A whole number of up to 2^64-1.
  void addSeed(const char* name, const char* label, const char* tip, uint64_t& (*of)(GenerateRequest&));
  template <class Enum>
  void addChoice(const char* name, const char* label, const char* tip, Enum& (*of)(GenerateRequest&));
  void addSwitch(const char* name, const char* label, const char* tip, bool& (*of)(GenerateRequest&));
  /// To be called when all fields are there.
  void finish();

 private:
  struct Field {
    QString label;
    std::function<void(GenerateRequest&)> fill;
    std::function<void(const GenerateRequest&)> show;
    std::function<QString(const GenerateRequest&)> summary;  ///< empty where the value is the usual one
  };

  QWidget* content_;
  QFormLayout* form_;
  std::vector<Field> fields_;
};

}  // namespace lorikeet
