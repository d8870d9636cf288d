// This session's pictures and how they get onto the disk.
#include <lorikeet/picture_settings.h>

#include <QMimeData>
#include <QUrl>
#include <QtTest>

#include "studio/history/picture_store.h"
#include "studio/history/session_results.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::TempFolder;

namespace {

JobPicture pictureOf(const QColor& color, quint64 seed = 42) {
  JobPicture picture;
  picture.image = QImage(16, 8, QImage::Format_RGB32);
  picture.image.fill(color);
  picture.seed = seed;
  picture.imageIndex = 1;
  picture.request.seed = seed - 1;
  picture.request.imageCount = 4;
  picture.request.prompt = "a (red fox:1.2), in/the \"snow\"";
  picture.modelName = QStringLiteral("tiny");
  return picture;
}

}  // namespace

class HistoryTest : public QObject {
  Q_OBJECT
 private slots:
  void newestIsFirstAndMakesItselfAgain() {
    SessionResults results;
    results.add(pictureOf(Qt::red, 5));
    const quint64 second = results.add(pictureOf(Qt::green, 6));
    QCOMPARE(results.rowCount(), 2);
    QCOMPARE(results.at(0).id, second);
    QCOMPARE(results.at(0).request.seed, quint64(6));
    QCOMPARE(results.at(0).request.imageCount, 1);
    QCOMPARE(results.at(0).request.width, 16);
    QCOMPARE(results.image(second).pixelColor(3, 3), QColor(Qt::green));
  }

  void removingKeepsTheOthers() {
    SessionResults results;
    const quint64 first = results.add(pictureOf(Qt::red));
    const quint64 second = results.add(pictureOf(Qt::green));
    results.remove(second);
    results.remove(12345);
    QCOMPARE(results.rowCount(), 1);
    QVERIFY(results.find(first));
    QVERIFY(results.image(second).isNull());
  }

  void savesWithANumberTheWordsAndTheSeed() {
    TempFolder temp;
    SessionResults results;
    FileHashes hashes(toPath(temp.path("hashes.json")));
    PictureStore store(hashes);
    connect(&store, &PictureStore::saved, &results, &SessionResults::setFile);
    const quint64 id = results.add(pictureOf(Qt::red));
    store.save(*results.find(id), {temp.path("pictures"), true});
    QTRY_VERIFY(!results.find(id)->file.isEmpty());
    const QFileInfo file(results.find(id)->file);
    QCOMPARE(file.fileName(), QStringLiteral("0001-a-red-fox-in-the-snow-42.png"));
    QCOMPARE(file.dir().dirName(), results.find(id)->made.date().toString(Qt::ISODate));
    const QImage back(file.filePath());
    QCOMPARE(lorikeet::test::pixelsOf(back), results.image(id));
    QVERIFY2(back.text(QStringLiteral("parameters")).startsWith(u"a (red fox:1.2)"),
             qPrintable(back.text(QStringLiteral("parameters"))));
    QVERIFY(back.text(QStringLiteral("parameters")).contains(u"Seed: 42"));

    const std::unique_ptr<QMimeData> dragged(results.mimeData({results.indexOf(id)}));
    QCOMPARE(dragged->urls(), QList<QUrl>{QUrl::fromLocalFile(file.filePath())});
  }

  void savesInTheChosenFormat() {
    TempFolder temp;
    SessionResults results;
    FileHashes hashes(toPath(temp.path("hashes.json")));
    for (const char* end : {"jpg", "webp", "png"}) {
      const quint64 id = results.add(pictureOf(Qt::red));
      const SaveOptions options{temp.path("pictures"), true, QLatin1String(end)};
      const QString file = savePicture(*results.find(id), results.image(id), options, QDate(2025, 1, 31), hashes);
      QCOMPARE(QFileInfo(file).suffix(), QLatin1String(end));
      QCOMPARE(loadPicture(toPath(file)).image.width, results.image(id).width());
      const auto settings = readPictureSettings(toPath(file));
      QVERIFY(settings && settings->prompt.starts_with("a (red fox:1.2)"));
    }
    const QStringList names = QDir(temp.path("pictures/2025-01-31")).entryList(QDir::Files, QDir::Name);
    QCOMPARE(names.size(), 3);
    QVERIFY(names[1].startsWith(u"0002-") && names[2].startsWith(u"0003-"));
  }

  void neverReplacesAPicture() {
    TempFolder temp;
    SessionResults results;
    QStringList files;
    const SaveOptions options{temp.path("pictures"), false};
    FileHashes hashes(toPath(temp.path("hashes.json")));
    for (int i = 0; i < 3; ++i) {
      const quint64 id = results.add(pictureOf(Qt::blue));
      files << savePicture(*results.find(id), results.image(id), options, QDate(2025, 1, 31), hashes);
    }
    QFile::remove(files[1]);
    const quint64 id = results.add(pictureOf(Qt::blue));
    files << savePicture(*results.find(id), results.image(id), options, QDate(2025, 1, 31), hashes);
    QCOMPARE(QSet<QString>(files.begin(), files.end()).size(), 4);
    QVERIFY(files.last().contains(QStringLiteral("2025-01-31/0004-")));
    const QStringList left = QDir(temp.path("pictures/2025-01-31")).entryList(QDir::Files | QDir::Hidden);
    QCOMPARE(left.size(), 3);  // and no half-written draft among them
    QVERIFY(QImage(files[0]).text().isEmpty());
  }

  void anUnusableFolderIsSaidInOneSentence() {
    TempFolder temp;
    QFile blocker(temp.path("file"));
    QVERIFY(blocker.open(QIODevice::WriteOnly));
    SessionResults results;
    FileHashes hashes(toPath(temp.path("hashes.json")));
    PictureStore store(hashes);
    QSignalSpy failed(&store, &PictureStore::failed);
    const quint64 id = results.add(pictureOf(Qt::red));
    store.save(*results.find(id), {temp.path("file/pictures"), true});
    QTRY_COMPARE(failed.count(), 1);
    QCOMPARE(failed[0][0].toULongLong(), id);
    QVERIFY(failed[0][1].toString().contains(temp.path("file/pictures")));
    QVERIFY(!failed[0][1].toString().contains(u'\n'));
    QVERIFY(!results.image(id).isNull());  // the picture itself is not lost
  }

  void fileNamesAreSafe() {
    QCOMPARE(fileNameWords(QStringLiteral("../../etc/passwd")), QStringLiteral("etc-passwd"));
    QCOMPARE(fileNameWords(QStringLiteral("(((:1.3)))")), QString());
    QCOMPARE(fileNameWords(QStringLiteral("Füchse, 雪")), QStringLiteral("füchse-雪"));
    QVERIFY(fileNameWords(QString(1000, u'x')).size() <= 40);
    QVERIFY(!fileNameWords(QString(QStringLiteral("word ")).repeated(100)).endsWith(u'-'));
  }
};

namespace {
const lorikeet::TestCase<HistoryTest> kHistoryTest("history");
}  // namespace
#include "history_test.moc"
