// Pictures, masks and ControlNets that do not fit, in the window: a sentence each, the canvas and its history stay.
#include <QPushButton>
#include <QtEndian>
#include <QtTest>

#include "canvas/canvas_panel.h"
#include "canvas/question_bar.h"
#include "support/edit_session.h"
#include "support/qt/test_program.h"

using namespace lorikeet;
using namespace lorikeet::test;

namespace {

QByteArray pngChunk(const char* kind, const QByteArray& body) {
  const auto crc = [](const QByteArray& bytes) {
    quint32 value = 0xffffffffU;
    for (const char byte : bytes) {
      value ^= uchar(byte);
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ (value & 1 ? 0xedb88320U : 0);
    }
    return value ^ 0xffffffffU;
  };
  const auto big = [](quint32 value) {
    QByteArray bytes(4, '\0');
    qToBigEndian(value, bytes.data());
    return bytes;
  };
  const QByteArray named = QByteArray(kind) + body;
  return big(quint32(body.size())) + named + big(crc(named));
}

/// A PNG that says it is huge and holds next to nothing.
QByteArray hugePng(quint32 side) {
  QByteArray header(8, '\0');
  qToBigEndian(side, header.data());
  qToBigEndian(side, header.data() + 4);
  header += QByteArray("\x08\x02\x00\x00\x00", 5);
  return QByteArray("\x89PNG\r\n\x1a\n", 8) + pngChunk("IHDR", header) +
         pngChunk("IDAT", qCompress(QByteArray(100, '\0')).mid(4)) + pngChunk("IEND", {});
}

/// The Edit page with a picture and a painted mask, which nothing here may change.
struct BadInputSession : EditSession {
  explicit BadInputSession(const TempFolder& temp) : EditSession(prepareStudio(temp)) {
    window.editPicture(kPhoto);
    paintSpot();
    picture = document().picture();
    mask = document().mask();
  }
  /// Opens a file; whether that gave a sentence with this part and left the canvas alone.
  bool refuses(const QString& file, const char* part) {
    find<MessageBar>("messageBar")->dismiss();
    window.editPicture(file);
    return saysAndKeeps(part);
  }
  bool saysAndKeeps(const char* part) {
    const bool says = showsMessage() && message().contains(QLatin1String(part));
    if (!says) qWarning("the message is: %s", qPrintable(message()));
    return says && document().picture() == picture && document().mask() == mask;
  }
  void generateToItsEnd() {
    find<MessageBar>("messageBar")->dismiss();
    generate();
    QTRY_VERIFY_WITH_TIMEOUT(!studio.jobs.isRunning() && studio.queue.count(QueueState::Running) == 0, kTimeoutMs);
  }

  QImage picture;
  QImage mask;
};

void writeBytes(const QString& file, const QByteArray& bytes) {
  QFile target(file);
  if (!target.open(QIODevice::WriteOnly) || target.write(bytes) != bytes.size()) qFatal("%s", qPrintable(file));
}

}  // namespace

class BadInputWindowTest : public QObject {
  Q_OBJECT
 private slots:
  void picturesThatCannotBeReadAreRefused() {
    TempFolder temp;
    BadInputSession session(temp);
    writeBytes(temp.path("huge.png"), hugePng(20'000));
    QVERIFY(session.refuses(temp.path("huge.png"), "20000 x 20000 pixels, which is too large"));
    QImage clear(20, 20, QImage::Format_ARGB32);
    clear.fill(Qt::transparent);
    QVERIFY(clear.save(temp.path("clear.png")));
    QVERIFY(session.refuses(temp.path("clear.png"), "transparent everywhere"));
    writeBytes(temp.path("not-huge.png"), hugePng(64));
    QVERIFY(session.refuses(temp.path("not-huge.png"), ""));
    session.document().undo();
    QVERIFY(session.document().maskBounds().isEmpty());
    session.document().redo();
    QCOMPARE(session.document().mask(), session.mask);
  }

  void theTruncatedJpegIsRefused() {
    const QString file = QStringLiteral(LORIKEET_SHARED_DATA "/testdata/photos/truncated.jpg");
    if (!QFile::exists(file)) QSKIP("the shared test data is not there");
    TempFolder temp;
    BadInputSession session(temp);
    QVERIFY(session.refuses(file, "truncated"));
    session.control().openPicture(file);
    QVERIFY(session.saysAndKeeps("truncated"));
  }

  void aPictureOfOnePixelIsRefusedWhenItIsUsed() {
    TempFolder temp;
    BadInputSession session(temp);
    QImage one(1, 1, QImage::Format_RGB32);
    one.fill(Qt::red);
    QVERIFY(one.save(temp.path("one.png")));
    session.window.editPicture(temp.path("one.png"));
    QCOMPARE(session.document().size(), QSize(1, 1));
    session.generateToItsEnd();
    QVERIFY2(session.message().contains(QStringLiteral("1x1")), qPrintable(session.message()));
    session.document().undo();
    QCOMPARE(session.document().picture(), session.picture);
    QCOMPARE(session.document().mask(), session.mask);
  }

  void aMaskOfAnotherSizeIsAskedAbout() {
    TempFolder temp;
    BadInputSession session(temp);
    QImage other(40, 30, QImage::Format_Grayscale8);
    other.fill(255);
    QVERIFY(other.save(temp.path("mask.png")));
    auto* page = session.window.findChild<CanvasPanel*>();
    page->loadMask(temp.path("mask.png"));
    auto* question = session.window.findChild<QuestionBar*>();
    QVERIFY(question->isVisible());
    QCOMPARE(session.document().mask(), session.mask);
    writeBytes(temp.path("broken.png"), "\x89PNG\r\n\x1a\n");
    page->loadMask(temp.path("broken.png"));
    QVERIFY(session.saysAndKeeps(""));
  }

  void emptyAndFullMasksSayWhatTheyMean() {
    TempFolder temp;
    BadInputSession session(temp);
    session.document().clearMask();
    session.document().invertMask();
    session.generateToItsEnd();
    QVERIFY2(session.message().contains(QStringLiteral("whole picture")), qPrintable(session.message()));
    session.document().undo();
    session.document().undo();
    QCOMPARE(session.document().mask(), session.mask);
    EditOptions options = session.edit().options();
    options.mask.grow = -64;  // nothing is left of the mask
    session.edit().setOptions(options);
    session.generateToItsEnd();
    QVERIFY2(session.message().contains(QStringLiteral("shrinking")), qPrintable(session.message()));
    QCOMPARE(session.document().mask(), session.mask);
  }

  void aControlNetForAnotherBaseIsRefused() {
    TempFolder temp;
    BadInputSession session(temp);
    session.window.openModel({});  // the starter model
    session.control().openPicture(kPhoto);
    session.control().useModel(kGolden + QStringLiteral("tiny-controlnet"));
    session.generateToItsEnd();
    QVERIFY2(session.message().contains(QStringLiteral("another base model")), qPrintable(session.message()));
    std::vector<ControlEntry> entries = session.control().entries();
    entries.front().unit.model = toPath(kGolden + QStringLiteral("tiny-sd1/unet"));
    session.control().setEntries(entries);
    session.generateToItsEnd();
    QVERIFY2(session.message().contains(QStringLiteral("not a ControlNet")), qPrintable(session.message()));
    QCOMPARE(session.document().mask(), session.mask);
  }
};

namespace {
const lorikeet::TestCase<BadInputWindowTest> kBadInputWindowTest("bad_input_window");
}  // namespace
#include "bad_input_window_test.moc"
