#include "mainwindow/memory_controller.h"

#include <QLocale>

#include "generate/generate_panel.h"
#include "generate/model_menu.h"
#include "mainwindow/request_composer.h"
#include "mainwindow/status_line.h"
#include "studio/jobs/convert.h"
#include "widgets/message_bar.h"

namespace lorikeet {
namespace {

QString bytesText(int64_t bytes) { return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat); }

}  // namespace

MemoryController::MemoryController(Studio& studio, const RequestComposer& composer, const Window& window,
                                   QWidget* parent)
    : QObject(parent), studio_(studio), composer_(composer), window_(window), queue_(this) {
  delay_.setSingleShot(true);
  delay_.setInterval(300);
  connect(&delay_, &QTimer::timeout, this, &MemoryController::update);
  const auto soon = [this] { delay_.start(); };
  connect(window.form, &GeneratePanel::changed, this, soon);
  connect(&studio.stack, &AdapterStackModel::effectChanged, this, soon);
  connect(&studio.jobs, &JobRunner::finished, this, soon);
  connect(window.menu, &ModelMenu::precisionChosen, this, &MemoryController::choosePrecision);
  soon();
}

void MemoryController::choosePrecision(Precision precision) {
  if (window_.form->request().precision == precision) return;
  window_.form->setPrecision(precision);
  studio_.jobs.preload(toPath(studio_.models.current().path), precision);
}

MemoryController::Answer MemoryController::ask(GenerateRequest request) {
  Answer answer;
  try {
    answer.estimate = estimateMemory(request);
    for (const Precision precision : {Precision::F32, Precision::BF16, Precision::Int8}) {
      request.precision = precision;
      answer.weights[static_cast<size_t>(precision)] = estimateMemory(request).weights;
    }
    answer.isKnown = true;
  } catch (const std::exception&) {
    answer.isKnown = false;
  }
  return answer;
}

void MemoryController::update() {
  queue_.clear();
  queue_.run([request = composer_.request()] { return ask(request); }, [this](const Answer& answer) { show(answer); });
}

void MemoryController::show(const Answer& answer) {
  window_.menu->setPrecision(window_.form->request().precision, answer.weights);
  if (!answer.isKnown) return window_.status->showNeed({}, {}, false);
  const MemoryEstimate& estimate = answer.estimate;
  const QString need = bytesText(estimate.peak()), available = bytesText(estimate.available);
  const QString parts =
      tr("Weights %1, a step %2, developing the picture %3; %4 are free")
          .arg(bytesText(estimate.weights), bytesText(estimate.denoising), bytesText(estimate.decoding), available);
  const QString text = estimate.fits() ? tr("needs %1").arg(need) : tr("needs %1 of %2").arg(need, available);
  window_.status->showNeed(text, tr("Memory that the next picture will need at most. %1").arg(parts), !estimate.fits());
  if (fits_ && !estimate.fits()) {
    QString message = tr("The next picture would need %1 of memory, but %2 are free.").arg(need, available);
    if (!estimate.suggestion.empty()) message += tr(" It would fit with less: %1.").arg(toQString(estimate.suggestion));
    window_.messages->showMessage(MessageBar::Kind::Warning, message);
  }
  fits_ = estimate.fits();
}

}  // namespace lorikeet
