#pragma once
#include <lorikeet/workshop.h>

#include <QString>
#include <optional>

namespace lorikeet {

/// What a person filled in for an operation of the workshop; each operation reads the fields that it has.
struct WorkshopInput {
  std::filesystem::path input;          ///< adapter, or the model with the change
  std::filesystem::path second;         ///< adapter to compare with, or to put into a model
  std::filesystem::path base;           ///< model: to merge into, or without the change
  std::filesystem::path model;          ///< that the adapters are for; empty: found out
  std::filesystem::path output;         ///< file or folder to write
  std::filesystem::path configuration;  ///< lora_wrapper's, of layers and ranks; may be empty
  std::vector<AdapterUse> adapters;     ///< the stack
  AdapterForm form = AdapterForm::Kohya;
  WeightType type = WeightType::F16;
  std::optional<WeightType> modelType;  ///< of a model's weights; empty: each keeps its own
  int rank = 0;                         ///< 0: no limit
  double energy = 0;                    ///< 0: does not matter
  bool convolutions = true;
  bool partial = false;
};

/// What came of an operation, in words.
struct WorkshopReport {
  Status status = Status::Done;
  bool failed = false;
  QString sentence;
  QString details;  ///< more lines, may be empty
  QString output;   ///< the file or folder that was written, may be empty
};

/// One operation of the workshop: what it is called, which fields of WorkshopInput it reads, and how it runs.
struct WorkshopOperation {
  enum Field : unsigned {
    Input = 1,
    Second = 2,
    Base = 4,
    Model = 8,
    Output = 16,
    Stack = 32,
    Form = 64,
    Type = 128,
    Rank = 256,
    Convolutions = 512,
    Partial = 1024,
    ModelType = 2048,
    Configuration = 4096,
  };
  const char* id;
  const char* label;        ///< untranslated
  const char* explanation;  ///< one or two sentences
  const char* inputLabel;   ///< what the field Input is called
  const char* secondLabel;  ///< what the field Second is called
  unsigned fields;
  const char* suffix;  ///< of the proposed output's name
  WorkshopReport (*run)(const WorkshopInput& input, const WorkshopControl& control);
  WorkshopEstimate (*estimate)(const WorkshopInput& input);  ///< null: takes next to nothing

  bool has(Field field) const { return (fields & field) != 0; }
};
std::span<const WorkshopOperation> workshopOperations();

/// One sentence about what is not filled in yet; empty: it can run.
QString missingIn(const WorkshopOperation& operation, const WorkshopInput& input);

/// A name for the result, beside the input, that no file has yet.
QString proposedOutput(const WorkshopOperation& operation, const WorkshopInput& input);

}  // namespace lorikeet
