#pragma once
#include <lorikeet/sweep.h>

#include <QByteArray>
#include <QStringList>

namespace lorikeet {

/// What is kept of a sweep from start to start: what was asked for, and where its pictures are.
struct SweepRecord {
  QString id;
  GenerateRequest base;
  SweepAxis x;
  std::optional<SweepAxis> y;
  QStringList files;  ///< of the plan's cells in their order; empty: not made yet
  QString grid;       ///< the grid's file; empty: not made yet
};

/// One line of JSON; the request's pictures must be in files.
QByteArray toJson(const SweepRecord& record);
/// Empty for text that is no sweep.
std::optional<SweepRecord> sweepFromJson(const QByteArray& json);

}  // namespace lorikeet
