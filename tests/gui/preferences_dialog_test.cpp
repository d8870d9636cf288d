// What the preferences say about prepared models, which all programs share.
#include "preferences/preferences_dialog.h"

#include <lorikeet/prepared_weights.h>

#include <QDoubleSpinBox>
#include <QPushButton>
#include <QtTest>

#include "support/qt/test_program.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::TempFolder;

class PreferencesDialogTest : public QObject {
  Q_OBJECT
 private slots:
  void cleanup() { qunsetenv("XDG_CACHE_HOME"); }

  void preparedModelsAreLimitedAndDeleted() {
    TempFolder temp;
    qputenv("XDG_CACHE_HOME", temp.path("cache").toLocal8Bit());
    const QString kept = temp.path("cache/lorikeet/prepared");
    QVERIFY(QDir().mkpath(kept));
    QFile file(kept + QStringLiteral("/some.safetensors"));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray(2000, 'x')) == 2000);
    file.close();

    Studio studio(lorikeet::test::prepareStudio(temp));
    PreferencesDialog dialog(studio.settings, studio.spelling);
    auto* field = dialog.findChild<QDoubleSpinBox*>("preparedField");
    auto* button = dialog.findChild<QPushButton*>("preparedButton");
    QVERIFY(field != nullptr && button != nullptr);
    QCOMPARE(field->value(), 8.0);
    QVERIFY2(button->text().contains(QStringLiteral("2.0 kB")), qPrintable(button->text()));

    field->setValue(2.5);
    emit field->editingFinished();
    QCOMPARE(preparedFolder().limitBytes, qint64(2'500'000'000));
    QVERIFY(file.exists());
    button->click();
    QVERIFY(!file.exists());
    QVERIFY(!button->isEnabled());
    field->setValue(0);
    emit field->editingFinished();
    QCOMPARE(preparedFolder().limitBytes, qint64(0));
  }
};

namespace {
const lorikeet::TestCase<PreferencesDialogTest> kPreferencesDialogTest("preferences_dialog");
}  // namespace
#include "preferences_dialog_test.moc"
