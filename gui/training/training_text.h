#pragma once
#include <QString>

#include "studio/training/training_estimator.h"
#include "studio/training/training_session.h"

namespace lorikeet {

/// What a training will take: "20 pictures, 20 captions · 300 steps, 60 epochs", then layers, time and memory, a line
/// each; then what people should know before the start.
QString describe(const TrainingEstimate& estimate);
/// How one ended that did not fail, with what people should know.
QString describe(const TrainingReport& report);
/// Where it is: "Step 120 of 300 · loss 0.081 · 1.4 it/s · about 2 min left".
QString describe(const TrainingSession& session);
/// "1.4 it/s" or, for what is slower than a step a second, "8.2 s/it".
QString speedText(double secondsPerStep);

}  // namespace lorikeet
