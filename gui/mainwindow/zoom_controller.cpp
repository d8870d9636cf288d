#include "mainwindow/zoom_controller.h"

#include <QToolButton>
#include <algorithm>

#include "canvas/canvas_view.h"

namespace lorikeet {

ZoomController::ZoomController(const ActionTable& actions, QList<CanvasView*> views, QObject* parent)
    : QObject(parent), views_(std::move(views)) {
  const auto on = [&](ActionId id, void (CanvasView::*command)()) {
    connect(actions[id], &QAction::triggered, this, [this, command] { (front()->*command)(); });
  };
  on(ActionId::ZoomIn, &CanvasView::zoomIn);
  on(ActionId::ZoomOut, &CanvasView::zoomOut);
  on(ActionId::ZoomFit, &CanvasView::zoomToFit);
  on(ActionId::Zoom100, &CanvasView::zoomTo100);
  for (CanvasView* view : views_) connect(view, &CanvasView::zoomChanged, this, &ZoomController::follow);
}

void ZoomController::showOn(QToolButton* button) {
  button_ = button;
  button->setToolButtonStyle(Qt::ToolButtonTextOnly);
  button->setMinimumWidth(button->fontMetrics().horizontalAdvance(QStringLiteral("1000 %")));
  follow();
}

void ZoomController::follow() {
  if (button_) button_->setText(tr("%1 %").arg(qRound(front()->zoom() * 100)));
}

CanvasView* ZoomController::front() const {
  const auto visible = std::find_if(views_.begin(), views_.end(), [](CanvasView* view) { return view->isVisible(); });
  return visible == views_.end() ? views_.front() : *visible;
}

}  // namespace lorikeet
