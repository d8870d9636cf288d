#pragma once
#include <lorikeet/request.h>

#include <QMetaType>
#include <QString>
#include <vector>

namespace lorikeet {

enum class QueueState { Waiting, Running, Failed, Stopped };

/// Which picture of which sweep a job makes.
struct SweepPlace {
  QString sweep;  ///< empty: the job belongs to none
  int cell = -1;
  QString label;  ///< "ink 0.25 · Seed 7"

  bool operator==(const SweepPlace&) const = default;
};

/// One job of the queue. Its number stays the same from start to start of the program.
struct QueueJob {
  quint64 id = 0;
  GenerateRequest request;
  QueueState state = QueueState::Waiting;
  QString message;   ///< why it failed
  int attempts = 0;  ///< how often it was begun and neither finished nor given up
  SweepPlace place = {};

  bool operator==(const QueueJob&) const = default;
};

/// All that the queue keeps from start to start.
struct QueueContents {
  std::vector<QueueJob> jobs;  ///< in the order in which they run
  bool paused = false;

  bool operator==(const QueueContents&) const = default;
};

}  // namespace lorikeet
