#pragma once
#include <lorikeet/result.h>

#include <QImage>
#include <QString>

namespace lorikeet {

/// A picture that shows how far a training is.
struct TrainingSample {
  int step = 0;
  int index = 0;  ///< of the sample's prompt
  QString prompt;
  QImage picture;
  QString file;  ///< where it was saved; empty: it was not
};

/// How a training ended, in words.
struct TrainingReport {
  Status status = Status::Done;
  bool failed = false;
  QString sentence;
  QString details;  ///< more lines, may be empty
  QString output;   ///< what was written, may be empty
};

}  // namespace lorikeet
