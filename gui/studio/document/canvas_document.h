#pragma once
#include <QImage>
#include <QList>
#include <QObject>
#include <QUndoStack>
#include <deque>
#include <memory>
#include <optional>

#include "studio/document/canvas_state.h"
#include "studio/document/mask_shapes.h"
#include "studio/document/mask_stroke.h"
#include "studio/document/picture_file.h"

namespace lorikeet {

/// The picture that is being edited, its repaint mask, and the candidates that may replace it. Every change is a step
/// of undoStack(); with a session folder, every step is on disk as soon as it is made. GUI thread only. Pictures and
/// masks are handed out as implicitly shared values: a held copy stays as it is.
class CanvasDocument : public QObject {
  Q_OBJECT
 public:
  explicit CanvasDocument(QObject* parent = nullptr);
  ~CanvasDocument() override;

  /// Restores what was autosaved in `folder` (CanvasSession::folder()), with its undo steps, and autosaves there from
  /// now on. To be called first. Returns whether there was something. Throws Error(Io): then nothing is autosaved.
  bool openSession(const QString& folder);
  /// Waits until every step is on disk.
  void flush() { store_->flush(); }

  bool isEmpty() const { return state_.picture.isNull(); }
  QSize size() const { return state_.picture.size(); }
  /// Format_RGB32 or Format_ARGB32.
  const QImage& picture() const { return state_.picture; }
  /// Format_Grayscale8, the size of the picture, 255 = repaint.
  const QImage& mask() const { return state_.mask.image(); }
  QRect maskBounds() const { return state_.mask.bounds(); }
  QUndoStack* undoStack() { return &undoStack_; }

  /// Puts a picture on the canvas; the mask stays if the size does. Throws as canvasPicture().
  void openPicture(const QImage& picture, const QString& stepName = tr("open picture"));

  /// A stroke of the brush; it becomes one step when it ends. Points in picture pixels, pressure in [0, 1].
  void beginStroke(const Brush& brush, QPointF point, double pressure);
  void strokeTo(QPointF point, double pressure);
  void endStroke();
  void cancelStroke();
  bool isStroking() const { return stroke_.has_value(); }

  /// Replaces the mask (Format_Grayscale8 of the picture's size); no step where nothing changes.
  void setMask(const QImage& mask, const QString& stepName);
  void select(const Selection& selection, SelectionMode mode, double strength, const QString& stepName);
  void invertMask();
  void clearMask();
  /// Throws as readMask() and writeMask().
  void loadMask(const QString& file, MaskFit fit);
  void saveMask(const QString& file) const { writeMask(file, mask()); }

  /// A mask that is shown in place of the mask while a setting is tried; no step until it is kept.
  void setTrialMask(const QImage& mask);
  void keepTrialMask(const QString& stepName);
  void discardTrialMask();
  bool hasTrialMask() const { return !trialMask_.isNull(); }
  const QImage& shownMask() const { return hasTrialMask() ? trialMask_ : mask(); }

  /// Pictures that may replace the picture. Accepting one is a step; undoing it brings the candidates back.
  void setCandidates(const QList<QImage>& candidates);
  /// Puts one more behind the others. `area` is where it lies, in pixels of the picture: larger than the picture where
  /// it was extended; empty: over the whole picture. Shown at once when `show` is set or it is the first.
  void addCandidate(const QImage& candidate, const QRect& area = {}, bool show = false);
  const QList<QImage>& candidates() const { return candidates_.pictures; }
  int candidateIndex() const { return candidates_.index; }
  /// Where the shown candidate lies; empty without candidates.
  QRect candidateArea() const;
  void setCandidateIndex(int index);
  void acceptCandidate();
  void discardCandidates() { setCandidates({}); }

 public slots:
  /// As those of undoStack(), but a stroke in progress is ended first.
  void undo();
  void redo();

 signals:
  void pictureChanged();
  /// The shown mask changed in `area`.
  void maskChanged(const QRect& area);
  void trialMaskChanged(bool active);
  void candidatesChanged();
  void candidateIndexChanged(int index);
  /// One sentence about the autosave or an undo step that went wrong.
  void problem(const QString& sentence);

 private:
  friend class MaskCommand;
  friend class PictureCommand;
  struct Candidates {
    QList<QImage> pictures;
    QList<QRect> areas;
    int index = 0;
  };
  struct Accepted {
    HistoryPayloadPtr step;
    Candidates candidates;
  };

  void applyDelta(const MaskDelta& delta);
  MaskDelta deltaOf(const HistoryPayloadPtr& step);
  void putPicture(const QImage& picture, const HistoryPayloadPtr& step);
  QImage pictureOf(const HistoryPayloadPtr& step);
  void rememberPicture(const HistoryPayloadPtr& step, const QImage& picture);
  /// After undoing the acceptance of a candidate.
  void bringBackCandidates(const HistoryPayloadPtr& step);
  void abandonHistory(const QString& reason);
  void pushMaskStep(const MaskDelta& delta, const QString& stepName);
  void push(QUndoCommand* command);
  void pushLoaded(const LoadedHistory& history);
  void journalIndex(int index);

  std::unique_ptr<HistoryStore> store_;
  CanvasState state_;
  std::optional<MaskStroke> stroke_;
  QImage trialMask_;
  Candidates candidates_;
  Accepted accepted_;
  std::deque<std::pair<HistoryPayloadPtr, QImage>> recentPictures_;
  std::pair<HistoryPayloadPtr, MaskDelta> recentDelta_;  // undoing it at once need not wait for its compression
  bool journalsIndex_ = true;
  QUndoStack undoStack_;  // last: its commands refer to what stands above
};

}  // namespace lorikeet
