#include "mainwindow/control_controller.h"

#include <lorikeet/error.h>
#include <lorikeet/starter_parts.h>

#include "control/control_panel.h"
#include "generate/generate_panel.h"
#include "mainwindow/canvas_controller.h"
#include "mainwindow/session_controller.h"
#include "studio/document/request_pictures.h"
#include "studio/jobs/convert.h"
#include "widgets/message_bar.h"

namespace lorikeet {

ControlController::ControlController(Studio& studio, const Window& window, QObject* parent)
    : QObject(parent),
      studio_(studio),
      window_(window),
      store_(studio.canvasSession.folder()),
      panel_(new ControlPanel(library_, detectors_)) {
  for (NetworkLibrary* library : {&library_, &detectors_}) {
    library->setFolder(studio.settings.preferences().modelFolder);
    connect(&studio.settings, &Settings::preferencesChanged, library,
            [library](const Preferences& preferences) { library->setFolder(preferences.modelFolder); });
  }
  connect(panel_, &ControlPanel::problem, this,
          [this](const QString& sentence) { window_.messages->showMessage(MessageBar::Kind::Warning, sentence); });
  const auto followModel = [this](const ModelEntry& model) {
    panel_->setModelHasOwn(model.path.isEmpty() && !starterControlNet().empty());
  };
  connect(&studio.models, &ModelLibrary::currentChanged, this, followModel);
  followModel(studio.models.current());
  panel_->setEntries(store_.load());
  connect(panel_, &ControlPanel::changed, this, [this] { store_.save(panel_->entries()); });
  connect(&store_, &ControlStore::problem, panel_, &ControlPanel::problem);
  connectPictures();
  takeDrops();
}

void ControlController::connectPictures() {
  panel_->setResultSource([this] { return shownPicture(); });
  const auto followCanvas = [this] {
    panel_->setCanvasPicture(window_.canvas->isEditing() ? studio_.canvas.picture() : QImage());
  };
  connect(&studio_.canvas, &CanvasDocument::pictureChanged, this, followCanvas);
  connect(window_.canvas, &CanvasController::editingChanged, this, followCanvas);
  followCanvas();
  const auto followSize = [this] {
    const GenerateRequest request = window_.form->request();
    panel_->setWorkSize({request.width, request.height});
  };
  connect(window_.form, &GeneratePanel::changed, this, followSize);
  followSize();
}

void ControlController::takeDrops() {
  studio_.drops.addTaker(FileKind::ControlNet, this, [this](const std::vector<DroppedFile>& files) {
    for (const DroppedFile& file : files) panel_->useModel(file.path);
    emit panelUsed();
  });
  studio_.drops.addTaker(FileKind::LineDetector, this, [this](const std::vector<DroppedFile>& files) {
    panel_->useLineDetector(files.back().path);
    emit panelUsed();
  });
}

QImage ControlController::shownPicture() const {
  if (!window_.canvas->isEditing()) return studio_.results.image(window_.session->shownId());
  const QList<QImage>& candidates = studio_.canvas.candidates();
  return candidates.isEmpty() ? studio_.canvas.picture() : candidates[studio_.canvas.candidateIndex()];
}

void ControlController::fill(GenerateRequest& request) const { request.controls = panel_->units(); }

void ControlController::show(const GenerateRequest& request) {
  if (request.controls == panel_->units()) return;
  std::vector<ControlEntry> entries;
  for (const ControlUnit& unit : request.controls) {
    ControlEntry entry;
    entry.unit = unit;
    try {
      if (!unit.picture.empty()) entry.picture = pictureOf(unit.picture);
    } catch (const Error& error) {
      window_.messages->showMessage(MessageBar::Kind::Warning, toQString(error.what()));
    }
    entries.push_back(entry);
  }
  panel_->setEntries(entries);
}

}  // namespace lorikeet
