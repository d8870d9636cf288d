#include "history/settings_offer.h"

#include <lorikeet/error.h>
#include <lorikeet/picture_io.h>

#include <QAction>
#include <QCheckBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>

#include "generate/generate_panel.h"
#include "mainwindow/main_window.h"
#include "studio/history/setting_groups.h"
#include "support/full_request.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::TempFolder;

namespace {

GenerateRequest foxOfAPicture() {
  GenerateRequest request;
  request.prompt = "a blue bird";
  request.seed = 77;
  request.steps = 9;
  request.width = request.height = 64;
  request.sampler = Sampler::EulerA;
  return request;
}

}  // namespace

class SettingsOfferTest : public QObject {
  Q_OBJECT
 private slots:
  /// A new member of the request fails here until a group copies it. Folders and the number of pictures are this
  /// machine's and this form's.
  void theGroupsMakeUpAWholeRequest() {
    const GenerateRequest full = test::fullRequest();
    GenerateRequest copy;
    for (const SettingGroup& group : settingGroups()) group.copy(full, copy);
    copy.imageCount = full.imageCount;
    copy.prompting.wildcardFolder = full.prompting.wildcardFolder;
    copy.prompting.embeddingFolder = full.prompting.embeddingFolder;
    copy.prompting.adapterFolders = full.prompting.adapterFolders;
    QVERIFY(copy == full);
  }

  void onlyWhatIsCheckedIsTakenOver() {
    SettingsOffer offer(QStringLiteral("/x.png"), foxOfAPicture(), {QStringLiteral("The model is missing.")});
    QVERIFY(offer.findChild<QLabel*>(QStringLiteral("missingLabel"))->text().contains(QStringLiteral("missing")));
    for (auto* box : offer.findChildren<QCheckBox*>()) box->setChecked(box->objectName() == QStringLiteral("seedBox"));
    GenerateRequest target;
    target.prompt = "mine";
    offer.copyChosen(target);
    QCOMPARE(target.seed, 77U);
    QCOMPARE(target.prompt, std::string("mine"));
    QCOMPARE(target.steps, GenerateRequest().steps);
    offer.findChild<QCheckBox*>(QStringLiteral("seedBox"))->setChecked(false);
    QVERIFY(!offer.findChild<QPushButton*>(QStringLiteral("useOfferedSettings"))->isEnabled());
  }

  /// Taking everything over also takes back what the picture has at its usual value.
  void allOfItIsAllOfIt() {
    SettingsOffer offer(QStringLiteral("/x.png"), foxOfAPicture(), {});
    GenerateRequest target = test::fullRequest();
    offer.copyChosen(target);
    QVERIFY(target.adapters.empty() && target.controls.empty() && target.init.empty());
    QVERIFY(!target.hires.enabled());
    QVERIFY(target.negativePrompt.empty());
  }

  void aDroppedPictureOffersItsSettings() {
    TempFolder temp;
    Studio studio(test::prepareStudio(temp));
    MainWindow window(studio);
    window.show();
    const QString file = temp.path("bird.png");
    savePicture(toPath(file), Image::create(64, 64),
                {toInfotext(foxOfAPicture(), 0, {64, 64, "tiny-sd1", {}, {}, {}}), true});
    studio.drops.drop({file});
    SettingsOffer* offer = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((offer = window.findChild<SettingsOffer*>()) != nullptr, kTimeoutMs);
    offer->findChild<QPushButton*>(QStringLiteral("useOfferedSettings"))->click();
    const GenerateRequest shown = window.findChild<GeneratePanel*>()->request();
    QCOMPARE(shown.prompt, std::string("a blue bird"));
    QCOMPARE(shown.seed, 77U);
    QCOMPARE(shown.steps, 9);
    QVERIFY(shown.sampler == Sampler::EulerA);
    QCOMPARE(shown.model, toPath(test::tinyModel()));
    QTRY_VERIFY(!window.findChild<SettingsOffer*>());
  }
};

namespace {
const lorikeet::TestCase<SettingsOfferTest> kSettingsOfferTest("settings_offer");
}  // namespace

#include "settings_offer_test.moc"
