#pragma once
#include <QWidget>
#include <functional>

#include "canvas/canvas_actions.h"

class QMimeData;
class QToolButton;

namespace lorikeet {

class CanvasDocument;
class PaintCanvas;
class QuestionBar;
class ReshapeBar;

/// The workplace for one document: tools on the left, their settings above, the canvas, and below it the rows for
/// candidates and for reshaping the mask.
class CanvasPanel : public QWidget {
  Q_OBJECT
 public:
  explicit CanvasPanel(CanvasDocument& document, QWidget* parent = nullptr);

  PaintCanvas& canvas() { return *canvas_; }
  const CanvasActions& actions() const { return *actions_; }

  /// Each reports what goes wrong by problem().
  void openPicture(const QString& file);
  void takePicture(const QMimeData& offer);
  void pastePicture();
  /// A mask of another size is offered to be scaled.
  void loadMask(const QString& file);
  void saveMask(const QString& file);

 signals:
  /// One sentence for the message bar.
  void problem(const QString& sentence);

 private:
  QWidget* makeToolStrip();
  QToolButton* makeMoreButton(QWidget* strip);
  void connectActions();
  void choosePicture();
  void chooseMask();
  void chooseMaskTarget();
  void attempt(const std::function<void()>& action);

  CanvasDocument& document_;
  PaintCanvas* canvas_;
  CanvasActions* actions_;
  ReshapeBar* reshape_;
  QuestionBar* question_;
};

}  // namespace lorikeet
