#pragma once
#include <lorikeet/sweep.h>

#include <QImage>
#include <QStringList>

namespace lorikeet {

/// The grid of a sweep with labels in the program's font: `files` belong to the plan's cells in their order, empty ones
/// leave their cell blank. Read one by one, so that a large grid needs no more memory than itself. Null where no file
/// can be read. Safe off the window's thread.
QImage drawSweepGrid(const SweepPlan& plan, const QStringList& files);

}  // namespace lorikeet
