#include "studio/document/canvas_document.h"

#include <lorikeet/error.h>

#include <utility>

#include "studio/commands/mask_command.h"
#include "studio/commands/picture_command.h"

namespace lorikeet {
namespace {

constexpr qint64 kMaxHistoryFileBytes = 512LL << 20;
constexpr qint64 kRecentPictureBytes = 192LL << 20;  // decoded pictures kept for quick undo

}  // namespace

CanvasDocument::CanvasDocument(QObject* parent) : QObject(parent), store_(std::make_unique<HistoryStore>(QString())) {
  connect(&undoStack_, &QUndoStack::indexChanged, this, &CanvasDocument::journalIndex);
}

CanvasDocument::~CanvasDocument() {
  endStroke();
  undoStack_.disconnect(this);
}

bool CanvasDocument::openSession(const QString& folder) {
  auto store = std::make_unique<HistoryStore>(folder + QStringLiteral("/history"));
  connect(store.get(), &HistoryStore::failed, this, &CanvasDocument::problem);
  LoadedHistory history = store->load();
  if (compactHistory(*store, history, kMaxHistoryFileBytes)) history = store->load();
  state_ = stateAfter(history, static_cast<int>(history.steps.size()));
  store_ = std::move(store);
  pushLoaded(history);
  emit pictureChanged();
  return !isEmpty();
}

void CanvasDocument::pushLoaded(const LoadedHistory& history) {
  journalsIndex_ = false;
  HistoryPayloadPtr shown;
  for (const HistoryRecord& base : history.base) {
    if (base.kind == HistoryKind::BasePicture) shown = base.payload;
  }
  for (const HistoryRecord& step : history.steps) {
    if (step.kind == HistoryKind::Picture) {
      undoStack_.push(new PictureCommand(*this, step.text, shown, step.payload));
      shown = step.payload;
    } else {
      undoStack_.push(new MaskCommand(*this, step.text, step.payload));
    }
  }
  undoStack_.setIndex(history.index);
  journalsIndex_ = true;
}

void CanvasDocument::openPicture(const QImage& picture, const QString& stepName) {
  const QImage next = canvasPicture(picture);
  endStroke();
  discardTrialMask();
  discardCandidates();
  MaskDelta removed;
  if (!isEmpty() && next.size() != size()) {
    removed = MaskDelta::between(state_.mask, MaskImage(size()).image(), state_.mask.bounds());
  }
  HistoryRecord record;
  record.kind = HistoryKind::Picture;
  record.text = stepName;
  record.size = next.size();
  const HistoryPayloadPtr before = state_.pictureStep;
  const HistoryPayloadPtr step = store_->append(record, [next, removed] { return encodePictureStep(next, removed); });
  rememberPicture(step, next);
  putPicture(next, step);
  push(new PictureCommand(*this, stepName, before, step));
}

void CanvasDocument::beginStroke(const Brush& brush, QPointF point, double pressure) {
  if (isEmpty()) return;
  endStroke();
  discardTrialMask();
  stroke_.emplace(state_.mask, brush);
  strokeTo(point, pressure);
}

void CanvasDocument::strokeTo(QPointF point, double pressure) {
  if (!stroke_) return;
  const QRect changed = stroke_->paintTo(point, pressure);
  if (!changed.isEmpty()) emit maskChanged(changed);
}

void CanvasDocument::endStroke() {
  if (!stroke_) return;
  const MaskDelta delta = stroke_->delta();
  const QString name = stroke_->brush().erases ? tr("eraser stroke") : tr("brush stroke");
  stroke_.reset();
  if (!delta.isEmpty()) pushMaskStep(delta, name);
}

void CanvasDocument::cancelStroke() {
  if (!stroke_) return;
  const QRect changed = stroke_->cancel();
  stroke_.reset();
  if (!changed.isEmpty()) emit maskChanged(changed);
}

void CanvasDocument::setMask(const QImage& mask, const QString& stepName) {
  if (isEmpty() || mask.size() != size()) return;
  endStroke();
  discardTrialMask();
  const MaskDelta delta = MaskDelta::between(state_.mask, mask, mask.rect());
  if (delta.isEmpty()) return;
  applyDelta(delta);
  pushMaskStep(delta, stepName);
}

void CanvasDocument::select(const Selection& selection, SelectionMode mode, double strength, const QString& stepName) {
  if (!selection.isEmpty()) setMask(combine(mask(), selection, mode, strength), stepName);
}

void CanvasDocument::invertMask() {
  QImage inverted = mask();
  inverted.invertPixels();
  setMask(inverted, tr("invert mask"));
}

void CanvasDocument::clearMask() { setMask(MaskImage(size()).image(), tr("clear mask")); }

void CanvasDocument::loadMask(const QString& file, MaskFit fit) {
  if (isEmpty()) throw Error(ErrorKind::InvalidArgument, tr("A mask needs a picture first.").toStdString());
  setMask(readMask(file, size(), fit), tr("load mask"));
}

void CanvasDocument::setTrialMask(const QImage& mask) {
  if (isEmpty() || mask.size() != size()) return;
  const bool starts = !hasTrialMask();
  trialMask_ = mask;
  if (starts) emit trialMaskChanged(true);
  emit maskChanged(mask.rect());
}

void CanvasDocument::keepTrialMask(const QString& stepName) {
  const QImage trial = trialMask_;
  if (!trial.isNull()) setMask(trial, stepName);
}

void CanvasDocument::discardTrialMask() {
  if (!hasTrialMask()) return;
  trialMask_ = {};
  emit trialMaskChanged(false);
  emit maskChanged(mask().rect());
}

void CanvasDocument::setCandidates(const QList<QImage>& candidates) {
  if (candidates.isEmpty() && candidates_.pictures.isEmpty()) return;
  candidates_ = {candidates, QList<QRect>(candidates.size(), QRect(QPoint(), size())), 0};
  accepted_ = {};
  emit candidatesChanged();
}

void CanvasDocument::addCandidate(const QImage& candidate, const QRect& area, bool show) {
  if (isEmpty() || candidate.isNull()) return;
  candidates_.pictures << candidate;
  candidates_.areas << (area.isEmpty() ? QRect(QPoint(), size()) : area);
  if (show) candidates_.index = static_cast<int>(candidates_.pictures.size()) - 1;
  emit candidatesChanged();
}

QRect CanvasDocument::candidateArea() const {
  return candidates_.areas.isEmpty() ? QRect() : candidates_.areas[candidates_.index];
}

void CanvasDocument::setCandidateIndex(int index) {
  if (candidates().isEmpty()) return;
  const int count = static_cast<int>(candidates().size());
  const int wrapped = ((index % count) + count) % count;
  if (wrapped == candidates_.index) return;
  candidates_.index = wrapped;
  emit candidateIndexChanged(wrapped);
}

void CanvasDocument::acceptCandidate() {
  if (candidates().isEmpty()) return;
  Accepted accepted{nullptr, candidates_};
  openPicture(candidates()[candidates_.index], tr("accept candidate"));
  accepted.step = state_.pictureStep;
  accepted_ = std::move(accepted);
}

void CanvasDocument::bringBackCandidates(const HistoryPayloadPtr& step) {
  if (!step || accepted_.step != step) return;
  candidates_ = accepted_.candidates;
  emit candidatesChanged();
}

void CanvasDocument::undo() {
  endStroke();
  discardTrialMask();
  undoStack_.undo();
}

void CanvasDocument::redo() {
  endStroke();
  discardTrialMask();
  undoStack_.redo();
}

void CanvasDocument::applyDelta(const MaskDelta& delta) {
  cancelStroke();
  const QRect changed = delta.applyTo(state_.mask);
  if (!changed.isEmpty()) emit maskChanged(changed);
}

MaskDelta CanvasDocument::deltaOf(const HistoryPayloadPtr& step) {
  if (recentDelta_.first != step) recentDelta_ = {step, MaskDelta::fromBytes(step->bytes())};
  return recentDelta_.second;
}

void CanvasDocument::putPicture(const QImage& picture, const HistoryPayloadPtr& step) {
  cancelStroke();
  const bool hadCandidates = !std::exchange(candidates_, {}).pictures.isEmpty();  // they were made for another picture
  state_.setPicture(picture, step);
  emit pictureChanged();
  if (hadCandidates) emit candidatesChanged();
}

QImage CanvasDocument::pictureOf(const HistoryPayloadPtr& step) {
  if (!step) return {};
  for (const auto& [known, picture] : recentPictures_) {
    if (known == step) return picture;
  }
  QImage picture = pictureOfStep(step->bytes());
  rememberPicture(step, picture);
  return picture;
}

void CanvasDocument::rememberPicture(const HistoryPayloadPtr& step, const QImage& picture) {
  recentPictures_.emplace_front(step, picture);
  qint64 byteSize = 0;
  for (const auto& recent : recentPictures_) byteSize += recent.second.sizeInBytes();
  while (recentPictures_.size() > 1 && byteSize > kRecentPictureBytes) {
    byteSize -= recentPictures_.back().second.sizeInBytes();
    recentPictures_.pop_back();
  }
}

void CanvasDocument::pushMaskStep(const MaskDelta& delta, const QString& stepName) {
  HistoryRecord record;
  record.kind = HistoryKind::Mask;
  record.text = stepName;
  record.size = size();
  const HistoryPayloadPtr step = store_->append(record, [delta] { return delta.toBytes(); });
  recentDelta_ = {step, delta};
  push(new MaskCommand(*this, stepName, step));
}

void CanvasDocument::push(QUndoCommand* command) {
  journalsIndex_ = false;  // a new step implies its index
  undoStack_.push(command);
  journalsIndex_ = true;
}

void CanvasDocument::journalIndex(int index) {
  if (journalsIndex_) store_->appendIndex(index);
}

void CanvasDocument::abandonHistory(const QString& reason) {
  emit problem(tr("%1 What is on the canvas stays, but earlier steps cannot be undone.").arg(reason));
  QMetaObject::invokeMethod(
      this,
      [this] {
        journalsIndex_ = false;
        undoStack_.clear();
        journalsIndex_ = true;
        try {
          store_->rewrite(baseRecords(state_));
          store_->load();
        } catch (const Error& error) {
          emit problem(QString::fromUtf8(error.what()));
        }
      },
      Qt::QueuedConnection);
}

}  // namespace lorikeet
