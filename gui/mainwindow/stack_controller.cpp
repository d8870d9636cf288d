#include "mainwindow/stack_controller.h"

#include <lorikeet/error.h>

#include "adapters/adapter_panel.h"
#include "generate/generate_panel.h"
#include "mainwindow/live_controller.h"
#include "mainwindow/request_composer.h"
#include "mainwindow/stack_cost.h"
#include "studio/adapters/adapter_stack_json.h"
#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

QStringList pathsOf(const std::vector<DroppedFile>& files) {
  QStringList paths;
  for (const DroppedFile& file : files) paths << file.path;
  return paths;
}

}  // namespace

StackController::StackController(Studio& studio, QWidget* window)
    : QObject(window), studio_(studio), panel_(new AdapterPanel(studio.stack, AdapterSets(studio.settings), window)) {
  studio.stack.setDefaultWeights([&studio](const QString& file) { return studio.adapters.defaultWeightOf(file); });
  takeDrops();
  connectJobs();
  keepStack();
  connect(&studio.models, &ModelLibrary::currentChanged, this,
          [this](const ModelEntry& model) { studio_.stack.setModel(toPath(model.path)); });
  studio.stack.setModel(toPath(studio.models.current().path));
}

void StackController::connectTo(GeneratePanel& form, RequestComposer& composer, SessionController& session) {
  composer.add(studio_.stack);
  connect(&studio_.stack, &AdapterStackModel::effectChanged, this, [&composer] { composer.remember(); });
  connect(panel_, &AdapterPanel::wordChosen, &form, &GeneratePanel::insertWord);
  live_ = new LiveController(studio_, *panel_, composer, session, this);
  connect(panel_, &AdapterPanel::liveToggled, &form, [&form](bool live) {
    if (live) form.setSeedLocked(true);  // so that Generate makes the very picture that is shown
  });
}

void StackController::takeDrops() {
  studio_.drops.addTaker(FileKind::Adapter, this, [this](const std::vector<DroppedFile>& files) {
    addToStack(pathsOf(files));
    emit shown();
  });
  studio_.drops.addTaker(FileKind::TextualInversion, this, [this](const std::vector<DroppedFile>& files) {
    studio_.stack.addEmbeddings(pathsOf(files));
    emit shown();
  });
}

/// Solo and mute are no part of a request: they are kept beside it.
void StackController::keepStack() {
  studio_.stack.expect(adapterStackFromJson(studio_.settings.adapterStack()));
  const auto keep = [this] {
    try {
      studio_.settings.setAdapterStack(toJson(studio_.stack.state()));
    } catch (const Error&) {  // a file's name that is no text cannot be kept
    }
  };
  connect(&studio_.stack, &AdapterStackModel::rowsChanged, this, keep);
  connect(&studio_.stack, &AdapterStackModel::entryChanged, this, keep);
  connect(&studio_.stack, &AdapterStackModel::embeddingsChanged, this, keep);
}

void StackController::addToStack(const QStringList& files) {
  std::vector<AdapterUse> uses;
  for (const QString& file : files) {
    uses.emplace_back().file = toPath(file);
    uses.back().weight = studio_.stack.defaultWeight(uses.back().file);
  }
  studio_.stack.add(uses);
}

void StackController::connectJobs() {
  connect(&studio_.jobs, &JobRunner::adapterProblem, this,
          [this](const QString& file, const QString& reason) { studio_.stack.reportProblem(toPath(file), reason); });
  connect(&studio_.jobs, &JobRunner::finished, this, [this](const JobSummary& summary) {
    if (const QString cost = stackCost(summary); !cost.isEmpty()) panel_->setNote(cost);
  });
}

}  // namespace lorikeet
