#include "mainwindow/settings_controller.h"

#include "history/settings_offer.h"
#include "mainwindow/canvas_controller.h"
#include "mainwindow/request_composer.h"
#include "studio/jobs/convert.h"
#include "widgets/message_bar.h"

namespace lorikeet {

SettingsController::SettingsController(Studio& studio, const Window& window, QWidget* parent)
    : QObject(parent), studio_(studio), window_(window), parent_(parent), queue_(this) {
  studio.drops.addTaker(FileKind::Picture, this, [this](const std::vector<DroppedFile>& files) {
    if (files.front().hasSettings && !window_.canvas->isEditing()) offer(files.front().path);
  });
}

SettingsController::~SettingsController() {
  stop_.request_stop();
  queue_.finish();
}

void SettingsController::use(const QString& file) {
  find(file, [this](const FoundSettings& found) {
    window_.request->show(found.request);
    if (!found.notes.isEmpty())
      window_.messages->showMessage(MessageBar::Kind::Info, found.notes.front(),
                                    found.notes.mid(1).join(QLatin1Char('\n')));
  });
}

void SettingsController::offer(const QString& file) {
  find(file, [this, file](const FoundSettings& found) { showOffer(file, found); });
}

void SettingsController::find(const QString& file, std::function<void(const FoundSettings&)> done) {
  queue_.run(
      [file, sources = sources(), &hashes = studio_.hashes, stop = stop_.get_token()] {
        Outcome outcome;
        try {
          outcome.found = findSettings(file, sources, hashes, stop);
        } catch (const std::exception& error) {
          outcome.problem = toQString(error.what());
        }
        return outcome;
      },
      [this, done = std::move(done)](const Outcome& outcome) {
        if (!outcome.problem.isEmpty())
          return window_.messages->showMessage(MessageBar::Kind::Warning, outcome.problem);
        done(outcome.found);
      });
}

void SettingsController::showOffer(const QString& file, const FoundSettings& found) {
  if (offer_) offer_->close();  // the picture that was dropped last counts
  offer_ = new SettingsOffer(file, found.request, found.notes, parent_);
  connect(offer_, &SettingsOffer::useWanted, this, [this, offer = offer_.data()] {
    GenerateRequest request = window_.request->request();
    offer->copyChosen(request);
    window_.request->show(request);
  });
  connect(offer_, &SettingsOffer::editWanted, this, [this](const QString& path) { window_.canvas->openPicture(path); });
  offer_->show();
}

SettingsSources SettingsController::sources() const {
  const Preferences& preferences = studio_.settings.preferences();
  SettingsSources sources;
  sources.models = studio_.models.entries();
  sources.currentModel = studio_.models.current().path;
  for (const QString& folder : studio_.adapters.folders()) sources.folders.adapters.push_back(toPath(folder));
  if (const QString embeddings = studio_.prompts.folders().embeddings; !embeddings.isEmpty())
    sources.folders.embeddings.push_back(toPath(embeddings));
  if (!preferences.modelFolder.isEmpty()) {
    sources.folders.networks.push_back(toPath(preferences.modelFolder));
    sources.folders.adapters.push_back(toPath(preferences.modelFolder));
  }
  for (const QString& file : studio_.settings.vaeFiles()) sources.folders.networkFiles.push_back(toPath(file));
  sources.folders.pictures.push_back(toPath(preferences.picturesFolder));
  return sources;
}

}  // namespace lorikeet
