#include "mainwindow/stack_cost.h"

#include <QtTest>

#include "support/qt/test_program.h"

using namespace lorikeet;

class StackCostTest : public QObject {
  Q_OBJECT
 private slots:
  void saysWhatThereWas() {
    JobSummary summary;
    QCOMPARE(stackCost(summary), QString());
    summary.adaptersMs = 620.4;
    QCOMPARE(stackCost(summary), QStringLiteral("The stack took 620 ms"));
    summary.adapterStepMs = 190;
    QCOMPARE(stackCost(summary), QStringLiteral("The stack took 620 ms, 190 ms of each step"));
    summary.adapterChangeMs = 1.26;
    QCOMPARE(stackCost(summary), QStringLiteral("The stack took 620 ms, its last change 1.3 ms, 190 ms of each step"));
  }
};

namespace {
const lorikeet::TestCase<StackCostTest> kStackCostTest("stack_cost");
}  // namespace
#include "stack_cost_test.moc"
