#include "studio/drops/drop_dispatcher.h"

#include <QtTest>

#include "support/qt/test_program.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::TempFolder;

namespace {

const QString kGolden = QStringLiteral(LORIKEET_SOURCE_DIR "/tests/golden/");

QString adapterFile() { return kGolden + QStringLiteral("lora/kohya_lora/adapter.safetensors"); }

/// Remembers what came, in order.
struct Taken {
  void listen(DropDispatcher& drops, FileKind kind, QObject* owner) {
    drops.addTaker(kind, owner, [this](const std::vector<DroppedFile>& files) { calls.push_back(files); });
  }
  std::vector<std::vector<DroppedFile>> calls;
};

}  // namespace

class DropDispatcherTest : public QObject {
  Q_OBJECT

 private slots:
  void handsFilesToThoseWhoTakeTheirKind() {
    DropDispatcher drops;
    QSignalSpy refused(&drops, &DropDispatcher::refused);
    Taken adapters, models;
    adapters.listen(drops, FileKind::Adapter, this);
    models.listen(drops, FileKind::Model, this);
    drops.drop({adapterFile(), kGolden + QStringLiteral("tiny-sd1"), kGolden + QStringLiteral("lora/peft")});
    QVERIFY(drops.isBusy());
    QTRY_VERIFY(!drops.isBusy());
    QCOMPARE(adapters.calls.size(), size_t(1));
    QCOMPARE(adapters.calls[0].size(), size_t(2));
    QCOMPARE(adapters.calls[0][0].path, adapterFile());
    QCOMPARE(models.calls.size(), size_t(1));
    QCOMPARE(refused.count(), 0);
  }

  void severalMayTakeAKind() {
    DropDispatcher drops;
    Taken first, second;
    first.listen(drops, FileKind::Picture, this);
    second.listen(drops, FileKind::Picture, this);
    drops.drop({kGolden + QStringLiteral("inputs/photo.png")});
    QTRY_COMPARE(second.calls.size(), size_t(1));
    QCOMPARE(first.calls.size(), size_t(1));
  }

  void saysWhatNobodyTakes() {
    DropDispatcher drops;
    QSignalSpy refused(&drops, &DropDispatcher::refused);
    {
      QObject gone;
      Taken taken;
      taken.listen(drops, FileKind::Adapter, &gone);
    }
    drops.drop({adapterFile()});
    QTRY_COMPARE(refused.count(), 1);
    const QString sentence = refused[0][0].toString();
    QVERIFY2(sentence.contains(u"adapter.safetensors") && sentence.contains(u"an adapter"), qPrintable(sentence));
  }

  void oneBrokenFileDoesNotHoldUpTheRest() {
    TempFolder temp;
    QFile broken(temp.path("broken.safetensors"));
    QVERIFY(broken.open(QIODevice::WriteOnly));
    broken.write("not much");
    broken.close();
    DropDispatcher drops;
    QSignalSpy refused(&drops, &DropDispatcher::refused);
    Taken adapters;
    adapters.listen(drops, FileKind::Adapter, this);
    drops.drop({broken.fileName(), adapterFile(), temp.path("nowhere.pt")});
    QTRY_COMPARE(refused.count(), 1);
    QCOMPARE(adapters.calls.size(), size_t(1));
    QCOMPARE(refused[0][0].toString(), QStringLiteral("2 files could not be used."));
    QVERIFY(refused[0][1].toString().contains(u"broken.safetensors"));
    QVERIFY(refused[0][1].toString().contains(u"nowhere.pt"));
  }

  void aFolderStandsForItsFiles() {
    TempFolder temp;
    QVERIFY(QDir().mkpath(temp.path("mine/deeper")));
    QVERIFY(QFile::copy(adapterFile(), temp.path("mine/a.safetensors")));
    QVERIFY(QFile::copy(adapterFile(), temp.path("mine/deeper/b.safetensors")));
    QFile notes(temp.path("mine/notes.txt"));
    QVERIFY(notes.open(QIODevice::WriteOnly));
    notes.write("the good ones");
    notes.close();
    DropDispatcher drops;
    QSignalSpy refused(&drops, &DropDispatcher::refused);
    Taken adapters;
    adapters.listen(drops, FileKind::Adapter, this);
    drops.drop({temp.path("mine")});
    QTRY_COMPARE(adapters.calls.size(), size_t(1));
    QCOMPARE(adapters.calls[0].size(), size_t(2));
    QCOMPARE(refused.count(), 0);

    QVERIFY(QDir().mkpath(temp.path("nothing")));
    drops.drop({temp.path("nothing")});
    QTRY_COMPARE(refused.count(), 1);
  }

  void goesAwayWhileRecognising() {
    DropDispatcher drops;
    drops.drop(QStringList(50, adapterFile()));
  }
};

namespace {
const lorikeet::TestCase<DropDispatcherTest> kDropDispatcherTest("drop_dispatcher");
}  // namespace
#include "drop_dispatcher_test.moc"
