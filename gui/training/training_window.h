#pragma once
#include <QPointer>
#include <QWidget>

#include "studio/training/training_estimator.h"
#include "studio/training/training_session.h"

class QFrame;
class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;

namespace lorikeet {

class LossCurve;
class SampleStrip;
class TrainingForm;

/// The window of trainings: on the left what decides one, on the right what it will take, how far it is, its losses and
/// samples. A training goes on while the window is closed; Esc does that.
class TrainingWindow : public QWidget {
  Q_OBJECT
 public:
  /// `outputFolder`: where results are proposed to go.
  TrainingWindow(TrainingSession& session, Settings& settings, const QString& outputFolder, QWidget* parent = nullptr);
  ~TrainingWindow() override;

  TrainingForm& form() { return *form_; }

 public slots:
  /// The model that was chosen in the main window.
  void setModel(const QString& path, const QString& name, QSize nativeSize);

 signals:
  /// Put the finished result where it is used.
  void resultWanted(const QString& file);
  void fileWanted(const QString& file);
  void folderWanted(const QString& file);

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  QWidget* makeLeft();
  QWidget* makeRight();
  QWidget* makeUnfinishedBar();
  QWidget* makeButtons();
  QWidget* makeFooter();
  void connectSession();
  void restore();
  TrainingSetup setup() const;
  void keep();
  void askForEstimate();
  void showForecast(const TrainingForecast& forecast);
  void showPlan(const QString& text, const char* role, const QString& details = {});
  void showUnfinished();
  void showState();
  void showProgress();
  void start();
  void resume();
  void fillExample();

  TrainingSession& session_;
  Settings& settings_;
  TrainingEstimator estimator_;
  QString outputFolder_;
  std::filesystem::path model_;
  QString modelName_;
  std::optional<UnfinishedTraining> unfinished_;  ///< that the bar offers
  bool canStart_ = false;
  bool showsRunningPlan_ = false;
  TrainingForm* form_ = nullptr;
  QFrame* unfinishedBar_ = nullptr;
  QLabel* unfinishedText_ = nullptr;
  QPushButton* itsSettings_ = nullptr;
  QLabel* plan_ = nullptr;
  QPlainTextEdit* details_ = nullptr;
  QPushButton* start_ = nullptr;
  QPushButton* pause_ = nullptr;
  QPushButton* stop_ = nullptr;
  QProgressBar* progress_ = nullptr;
  QLabel* state_ = nullptr;
  LossCurve* curve_ = nullptr;
  SampleStrip* samples_ = nullptr;
  QPushButton* use_ = nullptr;
  QPushButton* showFolder_ = nullptr;
};

}  // namespace lorikeet
