#pragma once
#include <QString>

#include "studio/jobs/job.h"

namespace lorikeet {

/// What the adapter stack cost a job, in a line: bringing it into effect, the last change, its share of a step. Empty
/// for a job without adapters.
QString stackCost(const JobSummary& summary);

}  // namespace lorikeet
