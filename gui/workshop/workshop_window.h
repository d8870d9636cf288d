#pragma once
#include <QWidget>
#include <functional>
#include <vector>

#include "studio/jobs/delayed_question.h"
#include "studio/workshop/workshop_job.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QListWidget;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;

namespace lorikeet {

class PathField;

/// The window of the workshop: adapters and models as files. One operation runs at a time; the window may be closed
/// meanwhile, Esc does that.
class WorkshopWindow : public QWidget {
  Q_OBJECT
 public:
  /// `stack` gives the adapters that are on in the main window; it must be callable as long as this window is there.
  WorkshopWindow(WorkshopJob& job, std::function<std::vector<AdapterUse>()> stack, QWidget* parent = nullptr);

 public slots:
  /// The main window's stack changed.
  void readStack();

 signals:
  /// Put this new adapter into the stack.
  void adapterWanted(const QString& file);
  void folderWanted(const QString& file);

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QWidget* makeForm();
  void addChoices();
  void addRankFields();
  QWidget* makeResult();
  PathField* addPath(QFormLayout& form, const char* name, const QString& label, int kind);
  const WorkshopOperation& operation() const;
  WorkshopInput input() const;
  void showOperation();
  void propose();
  void showState();
  void showReport(const WorkshopReport& report);
  void askForEstimate();

  WorkshopJob& job_;
  std::function<std::vector<AdapterUse>()> stack_;
  QListWidget* operations_;
  QLabel* explanation_;
  QFormLayout* form_;
  QLabel* stackLabel_;
  PathField* inputField_;
  PathField* secondField_;
  PathField* baseField_;
  PathField* modelField_;
  PathField* outputField_;
  QComboBox* formBox_;
  QComboBox* typeBox_;
  QComboBox* modelTypeBox_;
  PathField* configurationField_;
  QSpinBox* rankField_;
  QDoubleSpinBox* energyField_;
  QCheckBox* convolutionsBox_;
  QCheckBox* partialBox_;
  QLabel* hint_;
  QPushButton* start_;
  QPushButton* stop_;
  QProgressBar* progress_;
  QLabel* state_;
  QPlainTextEdit* details_;
  QPushButton* use_;
  QPushButton* showFolder_;
  QString written_;
  bool isProposal_ = true;  ///< the output's name is ours
  DelayedQuestion estimate_;
};

}  // namespace lorikeet
