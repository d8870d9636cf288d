#include "mainwindow/stack_cost.h"

#include <QCoreApplication>
#include <QStringList>

namespace lorikeet {
namespace {

/// Whole milliseconds, tenths below ten.
QString inMs(double ms) { return QString::number(ms, 'f', ms < 10 ? 1 : 0); }

QString translated(const char* text) { return QCoreApplication::translate("StackCost", text); }

}  // namespace

QString stackCost(const JobSummary& summary) {
  if (summary.adaptersMs <= 0) return {};
  QStringList parts{translated("The stack took %1 ms").arg(inMs(summary.adaptersMs))};
  if (summary.adapterChangeMs > 0) parts << translated("its last change %1 ms").arg(inMs(summary.adapterChangeMs));
  if (summary.adapterStepMs > 0) parts << translated("%1 ms of each step").arg(inMs(summary.adapterStepMs));
  return parts.join(QStringLiteral(", "));
}

}  // namespace lorikeet
