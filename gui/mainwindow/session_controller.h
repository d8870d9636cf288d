#pragma once
#include <QObject>

#include "studio/studio.h"
#include "widgets/action_table.h"

namespace lorikeet {

class CanvasView;
class MessageBar;
class RequestComposer;
class ResultStrip;
class StatusLine;

/// The parts of the window that a job speaks to.
struct SessionViews {
  RequestComposer* request = nullptr;
  CanvasView* canvas = nullptr;
  ResultStrip* strip = nullptr;
  StatusLine* status = nullptr;
  MessageBar* messages = nullptr;
};

/// Runs the window's jobs and shows what comes of them: the forming picture, the strip, progress, one sentence where
/// something failed.
class SessionController : public QObject {
  Q_OBJECT
 public:
  SessionController(Studio& studio, const ActionTable& actions, const SessionViews& views, QObject* parent = nullptr);

  /// The picture on the canvas, 0 where it is not one of this session's.
  quint64 shownId() const { return shownId_; }

 public slots:
  void generate();
  void stop();
  /// Shows a picture of this session and stops following the running job.
  void show(quint64 id);
  /// Shows a picture that nobody keeps, of any resolution, as one of this size.
  void showLive(const QImage& image, QSize size);

 signals:
  /// A picture or a preview is on the canvas.
  void canvasUsed();
  void shownChanged(quint64 id);
  /// 0..1 of the running job, negative when none runs.
  void shareChanged(double share);

 private:
  void connectJobs();
  void connectMessages();
  void onStarted(const GenerateRequest& request);
  void onProgress(const Progress& progress);
  void onPreview(const JobPreview& preview);
  void showUnfinished(const QImage& image, QSize size);
  void onPicture();
  void onFinished(const JobSummary& summary);
  void onFailed(const JobFailure& failure);
  void updateActions();
  void setShown(quint64 id);
  bool follows() const;

  Studio& studio_;
  const ActionTable& actions_;
  SessionViews views_;
  quint64 shownId_ = 0;
  QSize jobSize_;
  Progress progress_;
};

}  // namespace lorikeet
