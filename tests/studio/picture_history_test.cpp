// The index of all pictures: searching, stars, trash, a damaged index, two programs, a hundred thousand rows.
#include <QtTest>
#include <barrier>
#include <mutex>
#include <thread>

#include "studio/history/history_database.h"
#include "studio/history/history_model.h"
#include "studio/jobs/problem_of.h"
#include "support/history_pictures.h"
#include "support/qt/test_program.h"

using namespace lorikeet;
using lorikeet::test::fillHistory;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::makePicture;
using lorikeet::test::TempFolder;

namespace {

HistoryEntry entryNamed(const QString& name, const QString& prompt, int day) {
  HistoryEntry entry;
  entry.file = QStringLiteral("/pictures/") + name;
  entry.made = QDateTime(QDate(2025, 1, 1), QTime()).addDays(day);
  entry.prompt = prompt;
  entry.model = day % 2 ? QStringLiteral("odd") : QStringLiteral("even");
  entry.sampler = QStringLiteral("Euler a");
  return entry;
}

/// A history with a model on top, opened on the test's pictures.
struct HistorySession {
  explicit HistorySession(const TempFolder& temp)
      : history(temp.path("history")), model(history, temp.path("thumbnails")), folder(temp.path("pictures")) {
    QObject::connect(&history, &PictureHistory::scanned, [this](int done, int total) { idle = done == total; });
  }
  void open() { history.open({folder}); }
  bool shows(int count) { return idle && model.rowCount() == count; }

  PictureHistory history;
  HistoryModel model;
  QString folder;
  bool idle = false;
};

}  // namespace

class PictureHistoryTest : public QObject {
  Q_OBJECT
 private slots:
  void wordsAndFiltersFind() {
    TempFolder temp;
    HistoryDatabase database(temp.path("h.sqlite"));
    database.open();
    HistoryEntry castle = entryNamed(QStringLiteral("c"), QStringLiteral("Ein Schlo\u00DF, caf\u00E9"), 3);
    castle.adapters = QStringList{QStringLiteral("ink"), QStringLiteral("neon")};
    castle.rating = 4;
    castle.negativePrompt = QStringLiteral("blurry");
    database.add({entryNamed(QStringLiteral("a"), QStringLiteral("a red fox"), 0),
                  entryNamed(QStringLiteral("b"), QStringLiteral("a red castle"), 1), castle});
    const auto count = [&](const HistoryQuery& query) { return int(database.find(query).size()); };
    QCOMPARE(count({}), 3);
    QCOMPARE(count({.words = QStringLiteral("RED")}), 2);
    QCOMPARE(count({.words = QStringLiteral("red cas")}), 1);
    QCOMPARE(count({.words = QStringLiteral("cafe")}), 1);
    QCOMPARE(count({.words = QStringLiteral("blur")}), 1);
    QCOMPARE(count({.words = QStringLiteral("cafe NEON even")}), 0);
    QCOMPARE(count({.words = QStringLiteral("cafe NEON odd")}), 1);
    QCOMPARE(count({.words = QStringLiteral("\"*) OR (NEAR -:' --")}), 0);
    QCOMPARE(count({.words = QStringLiteral("(:\"*")}), 3);
    QCOMPARE(count({.model = QStringLiteral("odd")}), 2);
    QCOMPARE(count({.adapter = QStringLiteral("neon")}), 1);
    QCOMPARE(count({.sampler = QStringLiteral("Euler")}), 0);
    QCOMPARE(count({.since = QDateTime(QDate(2025, 1, 2), QTime())}), 2);
    QCOMPARE(count({.until = QDateTime(QDate(2025, 1, 2), QTime())}), 1);
    QCOMPARE(count({.adapter = QStringLiteral("neon"), .minRating = 5}), 0);
    QCOMPARE(count({.minRating = 4}), 1);
    QCOMPARE(database.load(database.find({})).front().file, castle.file);
    QCOMPARE(database.choices().adapters, castle.adapters);
    database.add({entryNamed(QStringLiteral("c"), QStringLiteral("changed words"), 3)});
    QCOMPARE(count({.words = QStringLiteral("cafe")}), 0);
    QCOMPARE(count({.adapter = QStringLiteral("neon")}), 0);
    QCOMPARE(count({.minRating = 4}), 1);  // stars stay with the file
    database.forget({castle.file});
    QCOMPARE(count({.words = QStringLiteral("words")}), 0);
    database.check();
  }

  void readsTheFoldersPictures() {
    TempFolder temp;
    makePicture(temp, QStringLiteral("day/1.png"), "a red fox <lora:ink wash:0.8>");
    makePicture(temp, QStringLiteral("day/2.png"), "a blue bird");
    QFile noPicture(temp.path("pictures/3.png"));
    QVERIFY(noPicture.open(QIODevice::WriteOnly));
    noPicture.write("no picture");
    HistorySession session(temp);
    session.open();
    QTRY_VERIFY_WITH_TIMEOUT(session.shows(2), kTimeoutMs);
    session.model.setQuery({.words = QStringLiteral("fox")});
    QTRY_VERIFY_WITH_TIMEOUT(session.shows(1), kTimeoutMs);
    QTRY_COMPARE(session.model.data(session.model.index(0), Qt::DisplayRole).toString(),
                 QStringLiteral("a red fox <lora:ink wash:0.8>"));
    QCOMPARE(session.model.entry(0).adapters, QStringList{QStringLiteral("ink wash")});
    QCOMPARE(session.model.entry(0).width, 16);
    QCOMPARE(session.model.entry(0).model, QStringLiteral("tiny"));
    QTRY_COMPARE(session.model.data(session.model.index(0), Qt::DecorationRole).value<QImage>().size(), QSize(16, 8));
    QCOMPARE(QDir(temp.path("thumbnails")).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), 1);
    session.history.add(makePicture(temp, QStringLiteral("day/4.png"), "another fox"));
    QTRY_VERIFY_WITH_TIMEOUT(session.shows(2), kTimeoutMs);
    QVERIFY(QFile::remove(temp.path("pictures/day/4.png")));
    session.history.rebuild();
    QTRY_VERIFY_WITH_TIMEOUT(session.shows(1), kTimeoutMs);
  }

  /// The reader, the writer and other programs make a new index together; nobody is told that it is locked.
  void manyMayMakeTheIndexAtOnce() {
    TempFolder temp;
    constexpr int kRounds = 40, kAtOnce = 4;
    QStringList problems;
    std::mutex mutex;
    for (int round = 0; round < kRounds; ++round) {
      const QString file = temp.path("history/") + QString::number(round) + QStringLiteral(".sqlite");
      std::barrier start(kAtOnce);
      std::vector<std::jthread> threads;
      for (int i = 0; i < kAtOnce; ++i)
        threads.emplace_back([&] {
          HistoryDatabase database(file);
          start.arrive_and_wait();
          const QString problem = problemOf([&] { database.open(); });
          const std::scoped_lock lock(mutex);
          if (!problem.isEmpty()) problems << problem;
        });
    }
    QCOMPARE(problems, QStringList());
  }

  void theTrashGivesBack() {
    TempFolder temp;
    QVERIFY(QDir().mkpath(temp.path("data")));
    qputenv("XDG_DATA_HOME", temp.path("data").toLocal8Bit());
    const QString file = makePicture(temp, QStringLiteral("1.png"), "a red fox");
    HistorySession session(temp);
    QSignalSpy problems(&session.history, &PictureHistory::problem);
    session.open();
    QTRY_VERIFY_WITH_TIMEOUT(session.shows(1), kTimeoutMs);
    session.history.trash({session.model.idAt(0)});
    QTRY_COMPARE_WITH_TIMEOUT(session.model.rowCount(), 0, kTimeoutMs);
    QVERIFY(!QFile::exists(file));
    QTRY_VERIFY(session.history.canUndoTrash());
    session.idle = false;
    session.history.rebuild();
    QTRY_VERIFY_WITH_TIMEOUT(session.idle, kTimeoutMs);
    QCOMPARE(session.model.rowCount(), 0);
    session.history.undoTrash();
    QTRY_COMPARE_WITH_TIMEOUT(session.model.rowCount(), 1, kTimeoutMs);
    QVERIFY(QFile::exists(file));
    QVERIFY2(problems.isEmpty(), problems.isEmpty() ? "" : qPrintable(problems[0][0].toString()));
    qunsetenv("XDG_DATA_HOME");
  }

  void theTrashGivesBackAfterARestart() {
    TempFolder temp;
    QVERIFY(QDir().mkpath(temp.path("data")));
    qputenv("XDG_DATA_HOME", temp.path("data").toLocal8Bit());
    QStringList files;
    for (int i = 0; i < 3; ++i)
      files << makePicture(temp, QStringLiteral("%1.png").arg(i), "a red fox number " + std::to_string(i));
    const auto there = [&files] {
      return std::ranges::count_if(files, [](auto& file) { return QFile::exists(file); });
    };
    {
      HistorySession session(temp);
      session.open();
      QTRY_VERIFY_WITH_TIMEOUT(session.shows(3), kTimeoutMs);
      session.history.trash({session.model.idAt(0)});
      session.history.trash({session.model.idAt(1), session.model.idAt(2)});
      QTRY_COMPARE_WITH_TIMEOUT(session.model.rowCount(), 0, kTimeoutMs);
      session.history.finish();
    }
    QCOMPARE(there(), 0);
    for (const int shown : {2, 3}) {
      HistorySession session(temp);
      QSignalSpy problems(&session.history, &PictureHistory::problem);
      session.open();
      QTRY_VERIFY_WITH_TIMEOUT(session.history.canUndoTrash(), kTimeoutMs);
      session.history.undoTrash();
      QTRY_VERIFY_WITH_TIMEOUT(session.shows(shown), kTimeoutMs);
      QCOMPARE(there(), shown);
      QCOMPARE(problems.count(), 0);
      session.history.finish();
    }
    HistorySession session(temp);
    session.open();
    QTRY_VERIFY_WITH_TIMEOUT(session.shows(3), kTimeoutMs);
    QVERIFY(!session.history.canUndoTrash());
    qunsetenv("XDG_DATA_HOME");
  }

  void starsFollowAFileThatWasMovedByHand() {
    TempFolder temp;
    const QString file = makePicture(temp, QStringLiteral("1.png"), "a red fox");
    makePicture(temp, QStringLiteral("2.png"), "a red dog");
    {
      HistorySession session(temp);
      session.open();
      QTRY_VERIFY_WITH_TIMEOUT(session.shows(2), kTimeoutMs);
      session.model.setQuery({.words = QStringLiteral("fox")});
      QTRY_VERIFY_WITH_TIMEOUT(session.shows(1), kTimeoutMs);
      session.history.rate({session.model.idAt(0)}, 4);
      session.history.finish();
    }
    QVERIFY(QDir().mkpath(temp.path("pictures/best")));
    const QString moved = temp.path("pictures/best/fox.png");
    QVERIFY(QFile::rename(file, moved));
    HistorySession session(temp);
    session.open();
    session.model.setQuery({.minRating = 4});
    QTRY_VERIFY_WITH_TIMEOUT(session.shows(1), kTimeoutMs);
    // The row of the old name goes when the folders have been read.
    QTRY_COMPARE_WITH_TIMEOUT(session.model.data(session.model.index(0), HistoryModel::FileRole).toString(), moved,
                              kTimeoutMs);
    QCOMPARE(session.model.entry(0).rating, 4);
  }

  void aDamagedIndexIsMadeAnew_data() {
    QTest::addColumn<int>("kind");
    QTest::newRow("no database at all") << 0;
    QTest::newRow("a page in the middle") << 1;
    QTest::newRow("cut short") << 2;
  }
  void aDamagedIndexIsMadeAnew() {
    QFETCH(int, kind);
    TempFolder temp;
    for (int i = 0; i < 40; ++i)
      makePicture(temp, QStringLiteral("%1.png").arg(i), "a red fox number " + std::to_string(i));
    {
      HistorySession session(temp);
      session.open();
      QTRY_VERIFY_WITH_TIMEOUT(session.shows(40), kTimeoutMs);
      session.history.rate({session.model.idAt(7)}, 5);
      session.history.finish();
    }
    QFile file(temp.path("history/history.sqlite"));
    QVERIFY(file.open(QIODevice::ReadWrite));
    if (kind == 0) QVERIFY(file.write(QByteArray(5000, 'x')) > 0);
    if (kind == 1) QVERIFY(file.seek(4096) && file.write(QByteArray(3 * 4096, '\xA5')) > 0);
    if (kind == 2) QVERIFY(file.resize(file.size() / 2));
    file.close();
    HistorySession session(temp);
    QSignalSpy notices(&session.history, &PictureHistory::notice);
    session.open();
    QTRY_COMPARE_WITH_TIMEOUT(notices.count(), 1, kTimeoutMs);
    QTRY_VERIFY_WITH_TIMEOUT(session.shows(40), kTimeoutMs);
    QCOMPARE(QDir(temp.path("history")).entryList({QStringLiteral("history.sqlite.damaged-*")}).size(), 1);
    session.model.setQuery({.minRating = 5});
    QTRY_VERIFY_WITH_TIMEOUT(session.shows(1), kTimeoutMs);
  }

  void twoProgramsShareTheIndex() {
    TempFolder temp;
    makePicture(temp, QStringLiteral("1.png"), "a red fox");
    HistorySession first(temp);
    HistorySession second(temp);
    first.open();
    second.open();
    QTRY_VERIFY_WITH_TIMEOUT(first.shows(1) && second.shows(1), kTimeoutMs);
    for (int i = 2; i < 12; ++i) {
      HistorySession& session = i % 2 ? first : second;
      session.history.add(makePicture(temp, QStringLiteral("%1.png").arg(i), "more"));
    }
    QTRY_VERIFY_WITH_TIMEOUT(first.shows(11) && second.shows(11), kTimeoutMs);
  }

  void twoProgramsReplaceADamagedIndexOnce() {
    TempFolder temp;
    for (int i = 0; i < 5; ++i) makePicture(temp, QStringLiteral("%1.png").arg(i), "a red fox");
    QVERIFY(QDir().mkpath(temp.path("history")));
    QFile file(temp.path("history/history.sqlite"));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray(9000, 'x')) > 0);
    file.close();
    HistorySession first(temp);
    HistorySession second(temp);
    first.open();
    second.open();
    QTRY_VERIFY_WITH_TIMEOUT(first.shows(5) && second.shows(5), kTimeoutMs);
    QCOMPARE(QDir(temp.path("history")).entryList({QStringLiteral("history.sqlite.damaged-*")}).size(), 1);
  }

  void aFolderThatCannotBeWrittenIsOneSentence() {
    TempFolder temp;
    QFile inTheWay(temp.path("history"));
    QVERIFY(inTheWay.open(QIODevice::WriteOnly));
    HistorySession session(temp);
    QSignalSpy problems(&session.history, &PictureHistory::problem);
    session.open();
    QTRY_VERIFY_WITH_TIMEOUT(!problems.isEmpty(), kTimeoutMs);
    QVERIFY(problems[0][0].toString().contains(temp.path("history/history.sqlite")));
  }

  void aHundredThousandPicturesAreFound() {
    TempFolder temp;
    QCOMPARE(fillHistory(temp.path("history/history.sqlite")), QString());
    PictureHistory history(temp.path("history"));
    HistoryModel model(history, temp.path("thumbnails"));
    QSignalSpy answered(&model, &HistoryModel::answered);
    const auto countOf = [&](const HistoryQuery& wanted) {
      answered.clear();
      model.setQuery(wanted);
      return answered.wait(kTimeoutMs) ? model.rowCount() : -1;
    };
    QCOMPARE(countOf({}), 100'000);
    QCOMPARE(countOf({.words = QStringLiteral("red fox")}), 100'000);
    QCOMPARE(countOf({.words = QStringLiteral("picture 77777")}), 1);
    QCOMPARE(countOf({.words = QStringLiteral("snow model3"), .minRating = 5}), 2381);
    QCOMPARE(countOf({.model = QStringLiteral("model3"), .minRating = 5}), 2381);
    QCOMPARE(countOf({}), 100'000);
    for (int i = 0; i < 60; ++i) model.data(model.index(90'000 + i), HistoryModel::FileRole);
    QTRY_VERIFY(!model.entry(90'059).file.isEmpty());
    QVERIFY(model.entry(89'000).file.isEmpty());  // what nobody looked at is not fetched
  }

  void onlyTheLastOfManySearchesIsAnswered() {
    TempFolder temp;
    makePicture(temp, QStringLiteral("1.png"), "a red fox");
    HistorySession session(temp);
    session.open();
    QTRY_VERIFY_WITH_TIMEOUT(session.shows(1), kTimeoutMs);
    QSignalSpy answered(&session.model, &HistoryModel::answered);
    for (const char* words : {"b", "bl", "blu", "blue", "blu", "r", "re", "red"})
      session.model.setQuery({.words = QString::fromLatin1(words)});
    QTRY_COMPARE_WITH_TIMEOUT(answered.count(), 1, kTimeoutMs);
    QCOMPARE(session.model.rowCount(), 1);
  }
};

namespace {
const lorikeet::TestCase<PictureHistoryTest> kPictureHistoryTest("picture_history");
}  // namespace
#include "picture_history_test.moc"
