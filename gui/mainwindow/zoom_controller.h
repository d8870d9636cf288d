#pragma once
#include <QObject>

#include "widgets/action_table.h"

class QToolButton;

namespace lorikeet {

class CanvasView;

/// Lets the zoom commands act on the canvas that is in front, and writes its zoom on a button.
class ZoomController : public QObject {
  Q_OBJECT
 public:
  ZoomController(const ActionTable& actions, QList<CanvasView*> views, QObject* parent);

  /// The button of Zoom100.
  void showOn(QToolButton* button);

 public slots:
  /// Another canvas came to the front.
  void follow();

 private:
  CanvasView* front() const;

  QList<CanvasView*> views_;
  QToolButton* button_ = nullptr;
};

}  // namespace lorikeet
