#include "mainwindow/canvas_controller.h"

#include <lorikeet/error.h>

#include <QStackedWidget>
#include <utility>

#include "canvas/canvas_panel.h"
#include "canvas/edit_panel.h"
#include "canvas/paint_canvas.h"
#include "canvas/work_area_finder.h"
#include "generate/generate_panel.h"
#include "mainwindow/session_controller.h"
#include "studio/document/request_pictures.h"
#include "studio/jobs/convert.h"
#include "widgets/message_bar.h"

namespace lorikeet {

CanvasController::CanvasController(Studio& studio, const ActionTable& actions, const Window& window, QObject* parent)
    : QObject(parent),
      studio_(studio),
      actions_(actions),
      window_(window),
      page_(new CanvasPanel(studio.canvas, window.pages)),
      panel_(new EditPanel(studio.canvas)),
      workArea_(new WorkAreaFinder(studio.canvas, this)),
      createPage_(window.pages->currentWidget()),
      wasEditing_(studio.settings.isEditing()),
      pictureSize_(studio.canvas.size()) {
  page_->setObjectName(QStringLiteral("editPage"));
  window.pages->addWidget(page_);
  connect(page_, &CanvasPanel::problem, this,
          [this](const QString& sentence) { window_.messages->showMessage(MessageBar::Kind::Warning, sentence); });
  connectOptions();
  connectActions();
  connectJobs();
  followPages();
  studio.drops.addTaker(FileKind::Picture, this, [this](const std::vector<DroppedFile>& files) {
    if (!files.front().hasSettings || isEditing()) openPicture(files.front().path);
  });
}

bool CanvasController::isEditing() const { return window_.pages->currentWidget() == page_; }

void CanvasController::connectActions() {
  connect(actions_[ActionId::CreatePage], &QAction::triggered, this, [this] { setEditing(false); });
  connect(actions_[ActionId::EditPage], &QAction::triggered, this, [this] { setEditing(true); });
  connect(actions_[ActionId::SendToCanvas], &QAction::triggered, this, &CanvasController::sendToCanvas);
  connect(actions_[ActionId::PasteToCanvas], &QAction::triggered, this, [this] {
    setEditing(true);
    page_->pastePicture();
  });
  connect(window_.pages, &QStackedWidget::currentChanged, this, &CanvasController::followPages);
  connect(window_.session, &SessionController::shownChanged, this, &CanvasController::updateActions);
  connect(&studio_.canvas, &CanvasDocument::pictureChanged, this, &CanvasController::followPicture);
}

void CanvasController::connectOptions() {
  PaintCanvas& canvas = page_->canvas();
  panel_->setOptions(studio_.settings.editOptions());
  canvas.setOptions(studio_.settings.toolOptions());
  const auto follow = [this] {
    const EditOptions options = panel_->options();
    page_->canvas().setMargins(options.outpaint);
    workArea_->setOptions(options);
    studio_.settings.setEditOptions(options);
  };
  connect(panel_, &EditPanel::changed, this, follow);
  follow();
  connect(&canvas, &PaintCanvas::marginsChanged, panel_, [this](const OutpaintMargins& margins) {
    EditOptions options = panel_->options();
    options.outpaint = margins;
    panel_->setOptions(options);
  });
  connect(&canvas, &PaintCanvas::optionsChanged, &studio_.settings, &Settings::setToolOptions);
  connect(workArea_, &WorkAreaFinder::areaChanged, &canvas, &PaintCanvas::setWorkArea);
  const auto followSize = [this] {
    const GenerateRequest request = window_.form->request();
    workArea_->setWorkSize({request.width, request.height});
  };
  connect(window_.form, &GeneratePanel::changed, this, followSize);
  followSize();
}

void CanvasController::connectJobs() {
  JobRunner& jobs = studio_.jobs;
  connect(&jobs, &JobRunner::started, this, [this](JobId, const GenerateRequest& request) { onStarted(request); });
  connect(&jobs, &JobRunner::previewed, this, [this](const JobPreview& preview) {
    if (!jobArea_.isNull()) page_->canvas().setPreview(preview.image, jobArea_);
  });
  connect(&jobs, &JobRunner::pictureFinished, this, &CanvasController::onPicture);
  const auto end = [this] {
    jobArea_ = {};
    page_->canvas().setPreview({});
  };
  connect(&jobs, &JobRunner::finished, this, end);
  connect(&jobs, &JobRunner::failed, this, end);
}

void CanvasController::setEditing(bool editing) {
  window_.pages->setCurrentWidget(editing ? page_ : createPage_);
  if (editing) page_->setFocus();
}

void CanvasController::restore() {
  if (!studio_.canvasProblem.isEmpty()) window_.messages->showMessage(MessageBar::Kind::Warning, studio_.canvasProblem);
  if (wasEditing_ && !studio_.canvas.isEmpty()) setEditing(true);
}

void CanvasController::followPages() {
  const bool editing = isEditing();
  if (!editing) createPage_ = window_.pages->currentWidget();
  actions_[editing ? ActionId::EditPage : ActionId::CreatePage]->setChecked(true);
  studio_.settings.setEditing(editing);
  updateActions();
  emit editingChanged(editing);
}

void CanvasController::followPicture() {
  if (studio_.canvas.size() == std::exchange(pictureSize_, studio_.canvas.size())) return;
  EditOptions options = panel_->options();
  options.outpaint = {};  // what was extended is not extended again
  panel_->setOptions(options);
}

void CanvasController::updateActions() {
  actions_[ActionId::SendToCanvas]->setEnabled(studio_.results.find(window_.session->shownId()));
}

void CanvasController::fill(GenerateRequest& request) const {
  request.init = {};
  request.mask = {};
  request.outpaint = {};
  if (!isEditing() || studio_.canvas.isEmpty()) return;
  request.init = pictureSource();
  if (!studio_.canvas.maskBounds().isEmpty()) request.mask = maskSource();
  write(panel_->options(), request);
}

void CanvasController::show(const GenerateRequest& request) {
  if (request.init.empty()) {
    setEditing(false);
    return;
  }
  try {
    const QImage picture = pictureOf(request.init);
    if (!isOfThisPicture(request)) putOnCanvas(picture, tr("use settings"));
    const QImage mask = request.mask.empty() ? QImage() : maskOf(request.mask, picture.size());
    if (mask.isNull()) {
      studio_.canvas.clearMask();
    } else {
      studio_.canvas.setMask(mask, tr("use settings"));
    }
    panel_->setOptions(editOptionsOf(request));
    setEditing(true);
  } catch (const Error& error) {
    window_.messages->showMessage(MessageBar::Kind::Warning, toQString(error.what()));
  }
}

void CanvasController::sendToCanvas() {
  const QImage picture = studio_.results.image(window_.session->shownId());
  if (picture.isNull()) {
    window_.messages->showMessage(MessageBar::Kind::Warning, tr("This picture's file is no longer there."));
    return;
  }
  putOnCanvas(picture, tr("picture from the results"));
  setEditing(true);
}

void CanvasController::openPicture(const QString& file) {
  setEditing(true);
  page_->openPicture(file);
}

void CanvasController::putOnCanvas(const QImage& picture, const QString& stepName) {
  try {
    studio_.canvas.openPicture(picture, stepName);
  } catch (const Error& error) {
    window_.messages->showMessage(MessageBar::Kind::Warning, toQString(error.what()));
  }
}

bool CanvasController::isOfThisPicture(const GenerateRequest& request) const {
  if (request.init.empty() || studio_.canvas.isEmpty()) return false;
  return request.init == pictureSource();
}

void CanvasController::onStarted(const GenerateRequest& request) {
  jobArea_ = {};
  if (!isOfThisPicture(request)) return;
  const EditOptions options = editOptionsOf(request);
  const QRect whole = extendedRect(studio_.canvas.size(), options.outpaint);
  const bool partOnly = options.mask.onlyMasked && !workArea_->area().isEmpty();
  jobArea_ = shownPart(partOnly ? workArea_->area() : whole, options.resize, {request.width, request.height});
}

void CanvasController::onPicture(const JobPicture& picture) {
  if (!isOfThisPicture(picture.request)) return;
  page_->canvas().setPreview({});
  const QRect area = extendedRect(studio_.canvas.size(), picture.request.outpaint);
  studio_.canvas.addCandidate(picture.image, area, actions_[ActionId::FollowLive]->isChecked());
}

const PictureSource& CanvasController::pictureSource() const {
  const QImage& picture = studio_.canvas.picture();
  if (picture.cacheKey() != pictureKey_) {
    pictureKey_ = picture.cacheKey();
    picture_ = fromQImage(picture);
  }
  return picture_;
}

const MaskSource& CanvasController::maskSource() const {
  const QImage& mask = studio_.canvas.mask();
  if (mask.cacheKey() != maskKey_) {
    maskKey_ = mask.cacheKey();
    mask_ = toMask(mask);
  }
  return mask_;
}

}  // namespace lorikeet
