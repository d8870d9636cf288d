// The prompt & parameters form without a window around it.
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QSpinBox>
#include <QToolButton>
#include <QtTest>

#include "generate/generate_panel.h"
#include "generate/seed_field.h"
#include "generate/size_field.h"
#include "support/qt/test_program.h"

using namespace lorikeet;

namespace {

ModelEntry modelOf(QSize native) {
  ModelEntry model;
  model.nativeSize = native;
  return model;
}

}  // namespace

class FormTest : public QObject {
  Q_OBJECT
 private slots:
  void givesBackWhatItWasGiven() {
    GenerateRequest request;
    request.prompt = "füchse, (red:1.2)\nsecond line";
    request.negativePrompt = "blurry";
    request.seed = 18446744073709551615ull;
    request.imageCount = 3;
    request.steps = 33;
    request.width = 384;
    request.height = 640;
    request.guidanceScale = 4.5;
    request.sampler = Sampler::EulerA;
    request.schedule = Schedule::Karras;
    request.clipSkip = 2;  // not shown by the form, kept all the same
    request.eta = 0.25;
    GeneratePanel form;
    form.setRequest(request);
    QCOMPARE(form.request(), request);
  }

  void announcesChanges() {
    GeneratePanel form;
    QSignalSpy changed(&form, &GeneratePanel::changed);
    QTest::keyClicks(form.findChild<QWidget*>(QStringLiteral("promptEdit")), QStringLiteral("fox"));
    QCOMPARE(changed.count(), 3);
    QCOMPARE(form.request().prompt, "fox");
  }

  void weighsTheWordAtTheCursorByKeyboard() {
    GeneratePanel form;
    auto* edit = form.findChild<QPlainTextEdit*>(QStringLiteral("promptEdit"));
    QTest::keyClicks(edit, QStringLiteral("red fox"));
    QTest::keyClick(edit, Qt::Key_Up, Qt::ControlModifier);
    QTest::keyClick(edit, Qt::Key_Up, Qt::ControlModifier);
    QCOMPARE(edit->toPlainText(), QStringLiteral("red (fox:1.2)"));
    QTest::keyClick(edit, Qt::Key_Down, Qt::ControlModifier);
    QTest::keyClick(edit, Qt::Key_Down, Qt::ControlModifier);
    QCOMPARE(edit->toPlainText(), QStringLiteral("red fox"));
    edit->undo();
    QVERIFY(edit->toPlainText() != QStringLiteral("red fox"));
  }

  void sizeFollowsTheModelUntilItIsChosen() {
    GeneratePanel form;
    form.setModel(modelOf({512, 512}));
    form.setModel(modelOf({768, 768}));
    QCOMPARE(form.request().width, 768);
    form.findChild<QSpinBox*>(QStringLiteral("widthField"))->setValue(640);
    form.setModel(modelOf({512, 512}));
    QCOMPARE(form.request().width, 640);
    QCOMPARE(form.request().height, 768);
  }

  void sizesAreMultiplesOfEight() {
    GeneratePanel form;
    auto* width = form.findChild<QSpinBox*>(QStringLiteral("widthField"));
    width->setValue(517);
    QCOMPARE(form.request().width, 520);
    for (const QSize native : {QSize(512, 512), QSize(64, 64), QSize(768, 768)}) {
      for (const SizePreset& preset : sizePresets(native)) {
        QCOMPARE(preset.size.width() % 8, 0);
        QCOMPARE(preset.size.height() % 8, 0);
        QVERIFY(!preset.name.isEmpty());
      }
    }
    QCOMPARE(sizePresets({512, 512}).front().size, QSize(512, 512));
  }

  void swapTurnsTheFormat() {
    GeneratePanel form;
    GenerateRequest request;
    request.width = 384;
    request.height = 640;
    form.setRequest(request);
    form.findChild<QToolButton*>(QStringLiteral("swapSizeButton"))->click();
    QCOMPARE(QSize(form.request().width, form.request().height), QSize(640, 384));
  }

  void anOpenSeedIsRolledAndALockedOneStays() {
    GeneratePanel form;
    form.setSeedLocked(true);
    form.setSeed(7);
    QCOMPARE(form.nextRequest().seed, quint64(7));
    form.setSeedLocked(false);
    QVERIFY(form.nextRequest().seed != form.nextRequest().seed);
  }

  void typingASeedLocksIt() {
    SeedField field;
    auto* number = field.findChild<QWidget*>(QStringLiteral("seedNumber"));
    number->setFocus();
    QTest::keyClick(number, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(number, QStringLiteral("12x-34"));
    QCOMPARE(field.seed(), quint64(1234));
    QVERIFY(field.isLocked());
  }
};

namespace {
const lorikeet::TestCase<FormTest> kFormTest("form");
}  // namespace
#include "form_test.moc"
