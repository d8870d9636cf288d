#pragma once
#include <QElapsedTimer>
#include <QObject>

#include "studio/studio.h"

namespace lorikeet {

class AdapterPanel;
class RequestComposer;
class SessionController;

/// Live: a change of the stack paints the picture again at once, with the same seed and from the earliest step that it
/// touches. While a job runs the change goes to that job instead, and a live run follows when it has ended. Live
/// pictures are for looking; Generate keeps one, without computing it again.
class LiveController : public QObject {
  Q_OBJECT
 public:
  LiveController(Studio& studio, AdapterPanel& panel, RequestComposer& composer, SessionController& session,
                 QObject* parent);

 private:
  void onChange();
  void begin();
  void onPreview(const JobPreview& preview);
  void onFinished(const JobSummary& summary, const JobFailure& failure);
  /// Something of the present run is on the canvas: a change that waited for it may begin.
  void wasShown();
  GenerateRequest request() const;

  Studio& studio_;
  AdapterPanel& panel_;
  RequestComposer& composer_;
  SessionController& session_;
  bool wanted_ = false;   ///< the stack changed after the present run began
  bool follows_ = false;  ///< the running job began with the stack that the dock shows
  bool seen_ = false;     ///< the present run has put something on the canvas
  QSize size_;
  int steps_ = 0;
  QElapsedTimer age_;  ///< of the present run
};

}  // namespace lorikeet
