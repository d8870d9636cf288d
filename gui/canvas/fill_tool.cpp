#include "canvas/fill_tool.h"

#include <cmath>

#include "studio/document/canvas_document.h"

namespace lorikeet {

void FillTool::press(const ToolEvent& event) {
  const QPoint seed(static_cast<int>(std::floor(event.at.x())), static_cast<int>(std::floor(event.at.y())));
  document_.select(selectColor(document_.picture(), seed, options_.tolerance, options_.contiguous),
                   event.reverses ? SelectionMode::Subtract : SelectionMode::Add, options_.opacity,
                   CanvasDocument::tr("fill"));
}

}  // namespace lorikeet
