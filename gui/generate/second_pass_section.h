#pragma once
#include "generate/request_section.h"

class QCheckBox;
class QComboBox;
class QSpinBox;

namespace lorikeet {

class NetworkLibrary;
class SliderField;

/// The second pass: the picture is enlarged and refined once more (A1111's "hires fix").
class SecondPassSection : public RequestSection {
  Q_OBJECT
 public:
  explicit SecondPassSection(QWidget* parent = nullptr);

  /// Where upscaler networks are listed. Must outlive the section.
  void setUpscalers(NetworkLibrary& upscalers);
  /// Chooses an upscaler's file and turns the second pass on.
  void useUpscaler(const QString& file);
  void fill(GenerateRequest& request) const override;

 protected:
  void showValues(const GenerateRequest& request) override;
  QString summaryOf(const GenerateRequest& request) const override;

 private:
  void listUpscalers();
  void chooseUpscaler(const Upscaler& upscaler);
  Upscaler chosenUpscaler() const;
  void askForUpscaler();
  void enableFields();

  QCheckBox* enabled_;
  SliderField* scale_;
  QComboBox* upscaler_;
  QSpinBox* steps_;
  SliderField* strength_;
  NetworkLibrary* upscalers_ = nullptr;
  Upscaler wanted_{UpscaleMethod::Latent, {}};  ///< also while its file is not listed
};

}  // namespace lorikeet
