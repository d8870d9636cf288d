#include <lorikeet/error.h>
#include <sys/resource.h>

#include <QPainter>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <csignal>
#include <cstdlib>

#include "studio/document/canvas_document.h"
#include "studio/document/canvas_session.h"
#include "support/qt/test_program.h"

namespace lorikeet {
namespace {

QImage plainPicture(QSize size, QColor color) {
  QImage picture(size, QImage::Format_RGB32);
  picture.fill(color);
  return picture;
}

void paintLine(CanvasDocument& document, QPointF from, QPointF to, Brush brush = {}) {
  document.beginStroke(brush, from, 1);
  document.strokeTo(to, 1);
  document.endStroke();
}

/// Strokes, an inversion and a new picture, with some undone: what the crash tests leave behind.
void makeHistory(CanvasDocument& document) {
  document.openPicture(plainPicture({200, 150}, Qt::red));
  paintLine(document, {20, 20}, {180, 30});
  paintLine(document, {100, 10}, {100, 140});
  document.invertMask();
  document.openPicture(plainPicture({100, 80}, Qt::blue));
  paintLine(document, {10, 10}, {90, 70});
  paintLine(document, {10, 70}, {90, 10});
  document.undo();
}

bool throwsKind(ErrorKind kind, const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.kind() == kind;
  }
  return false;
}

}  // namespace

class DocumentTest : public QObject {
  Q_OBJECT
 private slots:
  void strokesUndoAndRedoExactly();
  void openingAPictureOfAnotherSizeIsUndoable();
  void aPictureOfTheSameSizeKeepsTheMask();
  void undoDuringAStrokeEndsItFirst();
  void cancelledStrokeLeavesNothing();
  void acceptingACandidateIsUndoable();
  void trialMaskIsNoStepUntilKept();
  void sessionRestoresEverything();
  void crashLosesNoFinishedStep();
  void cutOffHistoryLosesOnlyItsEnd();
  void foreignFileIsSetAside();
  void longHistoryIsCompacted();
  void changedHistoryOnDiskIsReported();
  void fullDiskLosesNothing();
  void secondProgramGetsItsOwnFolder();
  void refusesHugeAndNullPictures();
};

void DocumentTest::strokesUndoAndRedoExactly() {
  CanvasDocument document;
  document.openPicture(plainPicture({300, 200}, Qt::gray));
  QList<QImage> masks{document.mask().copy()};
  for (int i = 0; i < 20; ++i) {
    Brush brush;
    brush.diameter = 5 + 3 * i;
    brush.hardness = i / 20.0;
    brush.opacity = 1 - i / 40.0;
    brush.erases = i % 3 == 2;
    paintLine(document, {10.0 + 10 * i, 20}, {250.0 - 8 * i, 180}, brush);
    masks << document.mask().copy();
  }
  QCOMPARE(document.undoStack()->count(), 21);
  for (int i = 19; i >= 0; --i) {
    document.undo();
    QCOMPARE(document.mask(), masks[i]);
  }
  for (int i = 1; i <= 20; ++i) {
    document.redo();
    QCOMPARE(document.mask(), masks[i]);
  }
}

void DocumentTest::openingAPictureOfAnotherSizeIsUndoable() {
  CanvasDocument document;
  document.openPicture(plainPicture({200, 150}, Qt::red));
  paintLine(document, {20, 20}, {180, 130});
  const QImage mask = document.mask().copy();
  document.openPicture(plainPicture({64, 300}, Qt::blue));
  QCOMPARE(document.mask().size(), QSize(64, 300));
  QVERIFY(document.maskBounds().isEmpty());
  document.undo();
  QCOMPARE(document.picture(), plainPicture({200, 150}, Qt::red));
  QCOMPARE(document.mask(), mask);
  document.redo();
  QCOMPARE(document.picture(), plainPicture({64, 300}, Qt::blue));
  document.undo();
  document.undo();
  document.undo();
  QVERIFY(document.isEmpty());
  QVERIFY(document.mask().isNull());
}

void DocumentTest::aPictureOfTheSameSizeKeepsTheMask() {
  CanvasDocument document;
  document.openPicture(plainPicture({200, 150}, Qt::red));
  paintLine(document, {20, 20}, {180, 130});
  const QImage mask = document.mask().copy();
  document.openPicture(plainPicture({200, 150}, Qt::blue));
  QCOMPARE(document.mask(), mask);
  document.undo();
  QCOMPARE(document.mask(), mask);
}

void DocumentTest::undoDuringAStrokeEndsItFirst() {
  CanvasDocument document;
  document.openPicture(plainPicture({200, 150}, Qt::red));
  document.beginStroke({}, {50, 50}, 1);
  document.strokeTo({120, 60}, 1);
  const QImage painted = document.mask().copy();
  document.undo();
  QVERIFY(document.maskBounds().isEmpty());
  document.redo();
  QCOMPARE(document.mask(), painted);
}

void DocumentTest::cancelledStrokeLeavesNothing() {
  CanvasDocument document;
  document.openPicture(plainPicture({200, 150}, Qt::red));
  document.beginStroke({}, {50, 50}, 1);
  document.strokeTo({120, 60}, 1);
  document.cancelStroke();
  QVERIFY(document.maskBounds().isEmpty());
  QCOMPARE(document.undoStack()->count(), 1);
}

void DocumentTest::acceptingACandidateIsUndoable() {
  CanvasDocument document;
  document.openPicture(plainPicture({40, 30}, Qt::red));
  QSignalSpy changed(&document, &CanvasDocument::candidatesChanged);
  document.setCandidates({plainPicture({40, 30}, Qt::green), plainPicture({40, 30}, Qt::blue)});
  document.setCandidateIndex(-1);
  QCOMPARE(document.candidateIndex(), 1);
  document.acceptCandidate();
  QCOMPARE(document.picture(), plainPicture({40, 30}, Qt::blue));
  QVERIFY(document.candidates().isEmpty());
  document.undo();
  QCOMPARE(document.picture(), plainPicture({40, 30}, Qt::red));
  QCOMPARE(document.candidates().size(), 2);
  QCOMPARE(document.candidateIndex(), 1);
  document.redo();
  QCOMPARE(document.picture(), plainPicture({40, 30}, Qt::blue));
  QVERIFY(document.candidates().isEmpty());
  QCOMPARE(changed.count(), 4);
}

void DocumentTest::trialMaskIsNoStepUntilKept() {
  CanvasDocument document;
  document.openPicture(plainPicture({40, 30}, Qt::red));
  QImage trial(40, 30, QImage::Format_Grayscale8);
  trial.fill(200);
  document.setTrialMask(trial);
  QCOMPARE(document.shownMask(), trial);
  QCOMPARE(document.undoStack()->count(), 1);
  document.discardTrialMask();
  QVERIFY(document.maskBounds().isEmpty());
  document.setTrialMask(trial);
  document.keepTrialMask(QStringLiteral("grow"));
  QCOMPARE(document.mask(), trial);
  QVERIFY(!document.hasTrialMask());
  document.undo();
  QVERIFY(document.maskBounds().isEmpty());
}

void DocumentTest::sessionRestoresEverything() {
  QTemporaryDir folder;
  CanvasDocument expected;
  makeHistory(expected);
  {
    CanvasDocument document;
    QVERIFY(!document.openSession(folder.path()));
    makeHistory(document);
  }
  CanvasDocument restored;
  QVERIFY(restored.openSession(folder.path()));
  QCOMPARE(restored.undoStack()->count(), expected.undoStack()->count());
  QCOMPARE(restored.undoStack()->index(), expected.undoStack()->index());
  restored.redo();
  expected.redo();
  while (true) {
    QCOMPARE(restored.picture(), expected.picture());
    QCOMPARE(restored.mask(), expected.mask());
    QCOMPARE(restored.undoStack()->undoText(), expected.undoStack()->undoText());
    if (!expected.undoStack()->canUndo()) break;
    restored.undo();
    expected.undo();
  }
}

void DocumentTest::crashLosesNoFinishedStep() {
  QTemporaryDir folder;
  QProcess program;
  program.start(QCoreApplication::applicationFilePath(), {QStringLiteral("document_crash"), folder.path()});
  QVERIFY(program.waitForFinished());
  QCOMPARE(program.exitStatus(), QProcess::CrashExit);
  CanvasDocument expected;
  makeHistory(expected);
  const CanvasSession session(folder.path());
  QVERIFY(session.folder().endsWith(QStringLiteral("/1")));
  CanvasDocument restored;
  QVERIFY(restored.openSession(session.folder()));
  QCOMPARE(restored.picture(), expected.picture());
  QCOMPARE(restored.mask(), expected.mask());
  QCOMPARE(restored.undoStack()->count(), expected.undoStack()->count());
  restored.undo();
  expected.undo();
  QCOMPARE(restored.mask(), expected.mask());
}

void DocumentTest::cutOffHistoryLosesOnlyItsEnd() {
  QTemporaryDir folder;
  const QString file = folder.filePath(QStringLiteral("history"));
  QImage afterFirst;
  {
    CanvasDocument document;
    document.openSession(folder.path());
    document.openPicture(plainPicture({200, 150}, Qt::red));
    paintLine(document, {20, 20}, {180, 30});
    afterFirst = document.mask().copy();
    paintLine(document, {100, 10}, {100, 140});
  }
  for (int cut = 0; cut < 3; ++cut) {
    QVERIFY(QFile::resize(file, QFileInfo(file).size() - 7));
    CanvasDocument restored;
    QVERIFY(restored.openSession(folder.path()));
    QCOMPARE(restored.mask(), afterFirst);
    QCOMPARE(restored.undoStack()->count(), 2);
    paintLine(restored, {0, 100}, {200, 100});
  }
}

void DocumentTest::foreignFileIsSetAside() {
  QTemporaryDir folder;
  QFile file(folder.filePath(QStringLiteral("history")));
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write("something else entirely");
  file.close();
  CanvasDocument document;
  QVERIFY(!document.openSession(folder.path()));
  document.openPicture(plainPicture({20, 10}, Qt::red));
  document.flush();
  QFile aside(folder.filePath(QStringLiteral("history.unreadable")));
  QVERIFY(aside.open(QIODevice::ReadOnly));
  QCOMPARE(aside.readAll(), QByteArray("something else entirely"));
}

void DocumentTest::longHistoryIsCompacted() {
  QTemporaryDir folder;
  {
    CanvasDocument document;
    document.openSession(folder.path());
    document.openPicture(plainPicture({400, 300}, Qt::red));
    for (int i = 0; i < 30; ++i) paintLine(document, {10.0 * i, 20}, {20, 9.0 * i});
    for (int i = 0; i < 3; ++i) document.undo();
  }
  CanvasDocument whole;
  whole.openSession(folder.path());
  whole.flush();
  HistoryStore store(folder.filePath(QStringLiteral("history")));
  const LoadedHistory before = store.load();
  std::vector<CanvasState> states;
  for (int i = 0; i <= static_cast<int>(before.steps.size()); ++i) states.push_back(stateAfter(before, i));
  const qint64 limit = store.byteSize() / 2;
  QVERIFY(compactHistory(store, before, limit));
  QVERIFY(store.byteSize() < limit * 3 / 2);
  const LoadedHistory after = store.load();
  QVERIFY(after.steps.size() < before.steps.size());
  const int dropped = static_cast<int>(before.steps.size() - after.steps.size());
  QCOMPARE(after.index, before.index - dropped);
  for (int i = 0; i <= static_cast<int>(after.steps.size()); ++i) {
    const CanvasState shortened = stateAfter(after, i);
    const CanvasState& original = states[i + dropped];
    QCOMPARE(shortened.mask.image(), original.mask.image());
    QCOMPARE(shortened.picture, original.picture);
  }
}

void DocumentTest::changedHistoryOnDiskIsReported() {
  QTemporaryDir folder;
  {
    CanvasDocument document;
    document.openSession(folder.path());
    makeHistory(document);
  }
  CanvasDocument document;
  document.openSession(folder.path());
  const QImage mask = document.mask().copy();
  QSignalSpy problems(&document, &CanvasDocument::problem);
  QVERIFY(QFile::resize(folder.filePath(QStringLiteral("history")), 30));
  document.undo();
  QCOMPARE(problems.count(), 1);
  QTRY_COMPARE(document.undoStack()->count(), 0);
  QCOMPARE(document.mask(), mask);
  paintLine(document, {0, 40}, {90, 40});
  document.flush();
  CanvasDocument again;
  QVERIFY(again.openSession(folder.path()));
  QCOMPARE(again.mask(), document.mask());
  QCOMPARE(again.picture(), document.picture());
}

void DocumentTest::fullDiskLosesNothing() {
  QTemporaryDir folder;
  CanvasDocument document;
  document.openSession(folder.path());
  document.openPicture(plainPicture({200, 150}, Qt::red));
  document.flush();
  QSignalSpy problems(&document, &CanvasDocument::problem);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit full = before;
  full.rlim_cur = QFileInfo(folder.filePath(QStringLiteral("history"))).size() + 20;
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);  // writing then fails as on a full disk
  setrlimit(RLIMIT_FSIZE, &full);
  paintLine(document, {20, 20}, {180, 30});
  document.flush();
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, ignored);
  QTRY_COMPARE(problems.count(), 1);
  document.undo();
  document.redo();
  paintLine(document, {20, 120}, {180, 30});
  document.flush();
  CanvasDocument restored;
  QVERIFY(restored.openSession(folder.path()));
  QCOMPARE(restored.mask(), document.mask());
  QCOMPARE(restored.undoStack()->count(), 3);
}

void DocumentTest::secondProgramGetsItsOwnFolder() {
  QTemporaryDir parent;
  const CanvasSession first(parent.path());
  const CanvasSession second(parent.path());
  QVERIFY(!first.folder().isEmpty());
  QVERIFY(!second.folder().isEmpty());
  QVERIFY(first.folder() != second.folder());
}

void DocumentTest::refusesHugeAndNullPictures() {
  CanvasDocument document;
  QVERIFY(throwsKind(ErrorKind::InvalidArgument, [&] { document.openPicture({}); }));
  const QImage huge(20000, 20000, QImage::Format_Mono);
  QVERIFY(throwsKind(ErrorKind::InvalidArgument, [&] { document.openPicture(huge); }));
  QVERIFY(document.isEmpty());
  QCOMPARE(document.undoStack()->count(), 0);
  document.openPicture(plainPicture({1, 1}, Qt::red));
  paintLine(document, {0, 0}, {1, 1});
  QCOMPARE(document.mask().pixelColor(0, 0), QColor(Qt::white));
}

[[noreturn]] void paintAndCrash(const QString& parentFolder) {
  const CanvasSession session(parentFolder);
  CanvasDocument document;
  document.openSession(session.folder());
  makeHistory(document);
  document.flush();
  document.beginStroke({}, {5, 5}, 1);
  std::abort();
}

}  // namespace lorikeet

namespace {
const lorikeet::TestCase<lorikeet::DocumentTest> kDocumentTest("document");
const lorikeet::TestEntry kDocumentCrash("document_crash", [](int argc, char** argv) {
  if (argc == 2) lorikeet::paintAndCrash(QString::fromLocal8Bit(argv[1]));
  return 2;
});
}  // namespace

#include "document_test.moc"
