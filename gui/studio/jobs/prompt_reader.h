#pragma once
#include <lorikeet/request.h>

#include <QObject>
#include <QTimer>

#include "studio/jobs/background_queue.h"

namespace lorikeet {

/// What reading a prompt gave.
struct PromptReading {
  QString prompt;  ///< what was read
  PromptReport report;
  QString problem;  ///< why the model's tokenizer or a folder could not be read; empty: the report counts
};

/// Reads one prompt of the form a moment after the last change, off the window's thread: its tokens, its choices, its
/// mistakes.
class PromptReader : public QObject {
  Q_OBJECT
 public:
  explicit PromptReader(PromptRole role, QObject* parent = nullptr);

  /// Reads the prompt of this request soon; only the last of several requests is read.
  void setRequest(const GenerateRequest& request);
  /// Reads again, where files have changed.
  void readAgain() { delay_.start(); }

 signals:
  void done(const PromptReading& reading);

 private:
  void read();

  PromptRole role_;
  GenerateRequest request_;
  QTimer delay_;
  quint64 generation_ = 0;
  BackgroundQueue queue_;
};

}  // namespace lorikeet
