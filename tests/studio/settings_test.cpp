#include "studio/settings/settings.h"

#include <QFile>
#include <QtTest>

#include "studio/settings/request_json.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::TempFolder;

class SettingsTest : public QObject {
  Q_OBJECT
 private slots:
  void keepsEverythingBetweenRuns() {
    TempFolder temp;
    Preferences preferences;
    preferences.theme = Theme::Dark;
    preferences.modelFolder = temp.path("models");
    preferences.embeddingsFolder = temp.path("embeddings");
    preferences.wildcardsFolder = temp.path("wildcards");
    preferences.adaptersFolder = temp.path("adapters");
    preferences.picturesFolder = temp.path("pictures");
    preferences.autosave = false;
    preferences.picturesFormat = PictureFormat::WebP;
    preferences.checkSpelling = false;
    preferences.writeInfotext = false;
    preferences.livePreview = false;
    preferences.threads = 3;
    GenerateRequest request;
    request.prompt = "line one\nline \"two\", ünïcode 🦊";
    request.seed = 18446744073709551615ull;
    request.sampler = Sampler::UniPC;
    request.schedule = Schedule::Exponential;
    request.guidanceScale = 3.25;
    {
      Settings settings(temp.path("a.ini"));
      settings.setPreferences(preferences);
      settings.setRequest(request);
      settings.setSeedLocked(true);
      settings.setWindowLayout({"geometry", "docks"});
      QVERIFY(settings.flush());
    }
    const Settings again(temp.path("a.ini"));
    QCOMPARE(again.preferences(), preferences);
    QCOMPARE(again.request(), request);
    QVERIFY(again.seedLocked());
    QCOMPARE(again.windowLayout().docks, QByteArray("docks"));
  }

  void nonsenseBecomesTheDefault() {
    TempFolder temp;
    QFile file(temp.path("b.ini"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(
        "[preferences]\ntheme=sepia\nthreads=-4\npicturesFolder=\n[form]\nrequest=\"{\\\"steps\\\": -3, "
        "\\\"prompt\\\": \\\"kept\\\"}\"\n\x01\x02garbage");
    file.close();
    const Settings settings(file.fileName());
    QCOMPARE(settings.preferences().theme, Theme::System);
    QCOMPARE(settings.preferences().threads, 0);
    QVERIFY(!settings.preferences().picturesFolder.isEmpty());
    QCOMPARE(settings.request().steps, GenerateRequest().steps);
    QCOMPARE(settings.request().prompt, "kept");
  }

  void announcesOnlyRealChanges() {
    TempFolder temp;
    Settings settings(temp.path("c.ini"));
    QSignalSpy changed(&settings, &Settings::preferencesChanged);
    Preferences preferences = settings.preferences();
    settings.setPreferences(preferences);
    QCOMPARE(changed.count(), 0);
    preferences.threads = 1;
    settings.setPreferences(preferences);
    QCOMPARE(changed.count(), 1);
  }

  void brokenJsonGivesADefaultRequest() {
    QCOMPARE(requestFromJson("{\"steps\": "), GenerateRequest());
    QCOMPARE(requestFromJson("[1, 2]"), GenerateRequest());
  }
};

namespace {
const lorikeet::TestCase<SettingsTest> kSettingsTest("settings");
}  // namespace
#include "settings_test.moc"
