#include "control/map_editor.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include "control/map_drawing.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

QToolButton* makeTool(QWidget* parent, const QString& name, const QString& icon, const QKeySequence& key,
                      const QString& toolTip) {
  auto* action = new QAction(lineIcon(icon), {}, parent);
  action->setShortcut(key);
  action->setShortcutContext(Qt::WindowShortcut);
  action->setToolTip(QStringLiteral("%1 (%2)").arg(toolTip, key.toString(QKeySequence::NativeText)));
  parent->addAction(action);
  auto* button = new QToolButton(parent);
  button->setObjectName(name);
  button->setDefaultAction(action);
  button->setIconSize({18, 18});
  return button;
}

QSlider* makeSlider(const QString& name, int low, int high, int value, const QString& toolTip) {
  auto* slider = new QSlider(Qt::Horizontal);
  slider->setObjectName(name);
  slider->setRange(low, high);
  slider->setValue(value);
  slider->setFixedWidth(110);
  slider->setToolTip(toolTip);
  return slider;
}

}  // namespace

MapEditor::MapEditor(const QImage& source, const QImage& map, QSize size, QWidget* parent)
    : QWidget(parent, Qt::Window), drawing_(new MapDrawing(source, map, size, this)) {
  setObjectName(QStringLiteral("mapEditor"));
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Draw the Control Map"));
  drawing_->setObjectName(QStringLiteral("mapDrawing"));
  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(10, 8, 10, 10);
  rows->addWidget(makeTools());
  rows->addWidget(drawing_, 1);
  rows->addWidget(makeFoot());
}

QWidget* MapEditor::makeTools() {
  auto* bar = new QWidget(this);
  auto* row = new QHBoxLayout(bar);
  row->setContentsMargins(0, 0, 0, 0);
  CanvasDocument& document = drawing_->document();
  auto* eraser = makeTool(this, QStringLiteral("mapEraser"), QStringLiteral("eraser"), Qt::Key_E,
                          tr("Erase lines; the right button does the same"));
  eraser->defaultAction()->setCheckable(true);
  connect(eraser->defaultAction(), &QAction::toggled, drawing_, &MapDrawing::setErasing);
  auto* undo = makeTool(this, QStringLiteral("mapUndo"), QStringLiteral("undo-2"), QKeySequence::Undo,
                        tr("Take back the last line"));
  connect(undo->defaultAction(), &QAction::triggered, &document, &CanvasDocument::undo);
  auto* redo = makeTool(this, QStringLiteral("mapRedo"), QStringLiteral("redo-2"), QKeySequence::Redo,
                        tr("Draw again what was taken back"));
  connect(redo->defaultAction(), &QAction::triggered, &document, &CanvasDocument::redo);
  auto* clear = makeTool(this, QStringLiteral("mapClear"), QStringLiteral("trash-2"),
                         QKeySequence(Qt::SHIFT | Qt::Key_Delete), tr("Start over with an empty map"));
  connect(clear->defaultAction(), &QAction::triggered, &document, &CanvasDocument::clearMask);
  const auto follow = [undo, redo, &document] {
    undo->defaultAction()->setEnabled(document.undoStack()->canUndo());
    redo->defaultAction()->setEnabled(document.undoStack()->canRedo());
  };
  connect(document.undoStack(), &QUndoStack::indexChanged, bar, follow);
  follow();
  for (QToolButton* button : {eraser, undo, redo, clear}) row->addWidget(button);
  row->addSpacing(12);
  row->addWidget(new QLabel(tr("Pen"), bar));
  auto* pen = makeSlider(QStringLiteral("penSlider"), 1, int(MapDrawing::kMaxPen), int(drawing_->penWidth()),
                         tr("Width of the lines; the wheel does the same"));
  connect(pen, &QSlider::valueChanged, drawing_, &MapDrawing::setPenWidth);
  connect(drawing_, &MapDrawing::penWidthChanged, pen, [pen](double width) { pen->setValue(qRound(width)); });
  row->addWidget(pen);
  row->addSpacing(12);
  row->addWidget(new QLabel(tr("Picture"), bar));
  auto* shine = makeSlider(QStringLiteral("shineSlider"), 0, 100, 35,
                           tr("How much of the picture shines through while you draw; it is no part of the map"));
  connect(shine, &QSlider::valueChanged, drawing_,
          [this](int percent) { drawing_->setSourceOpacity(percent / 100.0); });
  row->addWidget(shine);
  row->addStretch(1);
  return bar;
}

QWidget* MapEditor::makeFoot() {
  auto* foot = new QWidget(this);
  auto* row = new QHBoxLayout(foot);
  row->setContentsMargins(0, 0, 0, 0);
  auto* hint = new QLabel(tr("Left draws, right erases, Shift draws straight on"), foot);
  hint->setProperty("role", "quiet");
  row->addWidget(hint, 1);
  auto* cancel = new QPushButton(tr("Cancel"), foot);
  auto* use = new QPushButton(tr("Use Drawing"), foot);
  use->setObjectName(QStringLiteral("useDrawing"));
  use->setToolTip(tr("Make the drawing the map of this control unit"));
  connect(cancel, &QPushButton::clicked, this, &QWidget::close);
  connect(use, &QPushButton::clicked, this, [this] {
    emit finished(drawing_->map());
    close();
  });
  row->addWidget(cancel);
  row->addWidget(use);
  return foot;
}

}  // namespace lorikeet
