#pragma once
#include <QWidget>

#include "studio/training/training_setup.h"

class QLabel;
class QPushButton;
class QSpinBox;

namespace lorikeet {

class PathField;
class Section;
class SetupFields;

/// Everything that decides a training, as fields. Rows that do not concern what is trained are hidden; a folder that is
/// dropped on the form holds the pictures.
class TrainingForm : public QWidget {
  Q_OBJECT
 public:
  /// `outputFolder`: where the result is proposed to go.
  explicit TrainingForm(const QString& outputFolder, QWidget* parent = nullptr);

  TrainingSetup setup() const;
  /// Without changed().
  void showSetup(const TrainingSetup& setup);
  /// What the result is proposed to be called by the folder of pictures, once a name is taken by a finished result.
  void proposeOutput();
  void setModelName(const QString& name);
  /// Of the model: what pictures are cut to unless another size is asked for.
  void setNativeSize(QSize size);
  void usePictures(const QString& folder);

 signals:
  /// By a person.
  void changed();
  void exampleWanted();

 private:
  void addPictureFields();
  void addMethodFields();
  void addStepFields();
  void addSampleFields();
  QWidget* makeDetails();
  void addDetailFields();
  void follow();
  /// What differs from the usual in the part that is folded away, in few words.
  static QString detailsOf(const TrainingRequest& request);

  QString outputFolder_;
  SetupFields* fields_;
  PathField* folder_ = nullptr;
  PathField* output_ = nullptr;
  QLabel* model_ = nullptr;
  QSpinBox* width_ = nullptr;
  QSpinBox* height_ = nullptr;
  Section* details_ = nullptr;
  std::vector<QWidget*> loraRows_;
  std::vector<QWidget*> inversionRows_;
  std::vector<QWidget*> sampleRows_;
  bool isProposal_ = true;  ///< the output's name is ours
};

}  // namespace lorikeet
