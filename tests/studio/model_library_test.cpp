#include "studio/library/model_library.h"

#include <QtTest>

#include "support/qt/test_program.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::TempFolder;
using lorikeet::test::tinyModel;

class ModelLibraryTest : public QObject {
  Q_OBJECT
 private slots:
  void beginsWithTheStarterModel() {
    ModelLibrary library;
    QCOMPARE(library.rowCount(), 1);
    QCOMPARE(library.current().path, QString());
    QVERIFY2(library.current().problem.isEmpty(), qPrintable(library.current().problem));
    QCOMPARE(library.current().nativeSize, QSize(128, 128));
  }

  void findsModelsOfAFolderByContent() {
    TempFolder temp;
    QVERIFY(QDir().mkpath(temp.path("models/deep/er")));
    QVERIFY(QFile::link(tinyModel(), temp.path("models/deep/er/tiny")));
    QFile decoy(temp.path("models/not-a-model.safetensors"));
    QVERIFY(decoy.open(QIODevice::WriteOnly));
    decoy.write("hello");
    decoy.close();
    ModelLibrary library;
    QSignalSpy scanned(&library, &ModelLibrary::scanFinished);
    library.setFolder(temp.path("models"));
    QTRY_COMPARE(scanned.count(), 1);
    QCOMPARE(library.rowCount(), 2);
    const ModelEntry& found = library.entries()[1];
    QCOMPARE(found.name, QStringLiteral("tiny"));
    QVERIFY2(found.problem.isEmpty(), qPrintable(found.problem));
    QVERIFY(found.byteSize > 0);
  }

  void choosingIsAnnouncedOnce() {
    ModelLibrary library;
    QSignalSpy changed(&library, &ModelLibrary::currentChanged);
    library.setCurrent(tinyModel());
    library.setCurrent(tinyModel());
    QCOMPARE(changed.count(), 1);
    QCOMPARE(library.current().name, QStringLiteral("tiny-sd1"));
    QCOMPARE(library.rowCount(), 2);
  }

  void aModelThatIsGoneKeepsItsReason() {
    ModelLibrary library;
    library.setCurrent(QStringLiteral("/nowhere/model.safetensors"));
    QVERIFY(!library.current().problem.isEmpty());
    QVERIFY(!library.current().problem.contains(u'\n'));
  }

  void aFolderThatIsGoneIsEmpty() {
    ModelLibrary library;
    QSignalSpy scanned(&library, &ModelLibrary::scanFinished);
    library.setFolder(QStringLiteral("/nowhere"));
    QTRY_COMPARE(scanned.count(), 1);
    QCOMPARE(library.rowCount(), 1);
  }
};

namespace {
const lorikeet::TestCase<ModelLibraryTest> kModelLibraryTest("model_library");
}  // namespace
#include "model_library_test.moc"
