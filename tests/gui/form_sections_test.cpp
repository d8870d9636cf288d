#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QSignalSpy>

#include "generate/generate_panel.h"
#include "generate/second_pass_section.h"
#include "studio/jobs/convert.h"
#include "studio/library/network_library.h"
#include "support/full_request.h"
#include "support/qt/test_program.h"
#include "widgets/section.h"

using namespace lorikeet;

class FormSectionsTest : public QObject {
  Q_OBJECT
 private slots:
  /// Whatever decides a picture and is shown here comes back from the form as it went in.
  void everySettingComesBack() {
    GeneratePanel form;
    GenerateRequest request = test::fullRequest();
    request.hires = {2.5, {UpscaleMethod::Lanczos, {}}, 11, 0.45};
    form.setRequest(request);
    const GenerateRequest shown = form.request();
    QVERIFY(shown.hires == request.hires);
    QVERIFY(shown.sampling == request.sampling);
    QVERIFY(shown.variation == request.variation);
    QVERIFY(shown.seamless == request.seamless);
    QVERIFY(shown.shortcuts == request.shortcuts);
    QCOMPARE(shown.eta, request.eta);  // finer than its box shows
    QCOMPARE(shown.clipSkip, request.clipSkip);
    QVERIFY(shown.noiseSource == request.noiseSource && shown.spacing == request.spacing);
    QVERIFY(shown.vaeTiling == request.vaeTiling);
  }

  void whatIsHiddenIsSummedUp() {
    GeneratePanel form;
    auto* sampling = form.findChild<Section*>(QStringLiteral("samplingSection"));
    QVERIFY(sampling && !sampling->isOpen() && sampling->summary().isEmpty());
    GenerateRequest request;
    request.variation = {7, 0.25};
    form.setRequest(request);
    QVERIFY(sampling->isOpen());
    QVERIFY2(sampling->summary().contains(QStringLiteral("0.25")), qPrintable(sampling->summary()));
    form.setRequest(GenerateRequest());
    QVERIFY(sampling->summary().isEmpty());
  }

  void fieldsChangeTheRequest() {
    GeneratePanel form;
    const QSignalSpy changed(&form, &GeneratePanel::changed);
    form.findChild<QDoubleSpinBox*>(QStringLiteral("churnField"))->setValue(3);
    form.findChild<QLineEdit*>(QStringLiteral("noiseSeedDeltaField"))->setText(QStringLiteral("31337"));
    form.findChild<QCheckBox*>(QStringLiteral("seamlessXBox"))->setChecked(true);
    QCOMPARE(form.request().sampling.churn.churn, 3.0);
    QCOMPARE(form.request().sampling.noiseSeedDelta, 31337U);
    QVERIFY(form.request().seamless.x && !form.request().seamless.y);
    QCOMPARE(changed.count(), 3);
  }

  void theSecondPassIsOffUntilItIsChosen() {
    GeneratePanel form;
    QVERIFY(!form.request().hires.enabled());
    auto* box = form.findChild<QCheckBox*>(QStringLiteral("secondPassBox"));
    box->setChecked(true);
    QCOMPARE(form.request().hires.scale, 2.0);
    QVERIFY(form.request().hires.upscaler.method == UpscaleMethod::Latent);
    auto* upscaler = form.findChild<QComboBox*>(QStringLiteral("upscalerBox"));
    upscaler->setCurrentIndex(upscaler->findText(QStringLiteral("Lanczos")));
    emit upscaler->activated(upscaler->currentIndex());
    QVERIFY(form.request().hires.upscaler.method == UpscaleMethod::Lanczos);
    box->setChecked(false);
    QVERIFY(!form.request().hires.enabled());
  }

  /// A network that is dropped, or that a picture's settings name, is offered and chosen.
  void networksAreChosenByTheirFile() {
    NetworkLibrary upscalers(FileKind::Upscaler);
    GeneratePanel form;
    form.setUpscalers(upscalers);
    form.useUpscaler(QStringLiteral("/nets/sharp.pth"));
    QVERIFY(form.request().hires.upscaler == (Upscaler{UpscaleMethod::Network, "/nets/sharp.pth"}));
    auto* box = form.findChild<QComboBox*>(QStringLiteral("upscalerBox"));
    QCOMPARE(box->currentText(), QStringLiteral("sharp"));
    GenerateRequest request;
    request.hires = {2, {UpscaleMethod::Network, "/nets/other.pth"}, 0, 0.5};
    form.setRequest(request);
    QVERIFY(form.request().hires == request.hires);
    QCOMPARE(box->currentText(), QStringLiteral("other"));
  }
};

namespace {
const lorikeet::TestCase<FormSectionsTest> kFormSectionsTest("form_sections");
}  // namespace

#include "form_sections_test.moc"
