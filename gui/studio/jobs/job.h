#pragma once
#include <lorikeet/request.h>
#include <lorikeet/result.h>

#include <QImage>
#include <QString>

namespace lorikeet {

/// Numbers jobs within one run of the program; 0 is no job.
using JobId = quint64;

/// The picture as it forms, smaller than the finished one.
struct JobPreview {
  JobId job = 0;
  int imageIndex = 0;
  int step = 0;
  QImage image;
};

/// One finished picture with all that made it.
struct JobPicture {
  JobId job = 0;
  int imageIndex = 0;
  quint64 seed = 0;
  QImage image;
  GenerateRequest request;
  QString modelName;
};

/// How a job ended, where it did not fail.
struct JobSummary {
  JobId job = 0;
  Status status = Status::Done;
  int pictureCount = 0;
  double elapsedMs = 0;
  qint64 peakMemoryBytes = 0;
  double adaptersMs = 0;       ///< spent on bringing the adapter stack into effect
  double adapterChangeMs = 0;  ///< of it the last change while the job ran; 0: there was none
  double adapterStepMs = 0;    ///< share of the stack in each step
};

/// Why a job failed: one clear sentence, and more lines for who asks.
struct JobFailure {
  JobId job = 0;
  QString message;
  QString details;
};

}  // namespace lorikeet
