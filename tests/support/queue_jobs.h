#pragma once
#include "studio/jobs/job_queue.h"
#include "support/temp_studio.h"

namespace lorikeet::test {

/// A job for the tiny model; 1000 steps take long enough to be caught in the middle.
inline GenerateRequest tinyJob(const char* prompt, int steps = 1) {
  GenerateRequest request;
  request.model = toPath(tinyModel());
  request.prompt = prompt;
  request.steps = steps;
  request.width = request.height = 64;
  request.seed = 18'446'744'073'709'551'557U;  // no double holds it
  return request;
}

inline EngineConfig testEngine() {
  EngineConfig config;
  config.threads = 2;
  return config;
}

/// A queue with an engine of its own.
struct QueueSession {
  explicit QueueSession(const QString& folder) : queue(runner, folder) {}
  ~QueueSession() {
    queue.close();
    runner.shutDown();
    queue.finishWriting();
  }
  QStringList prompts() const {
    QStringList texts;
    for (int row = 0; row < queue.rowCount(); ++row) texts << toQString(queue.at(row).request.prompt);
    return texts;
  }

  JobRunner runner{testEngine()};
  JobQueue queue;
};

}  // namespace lorikeet::test
