#pragma once
#include <QDockWidget>
#include <QMouseEvent>
#include <QStackedWidget>
#include <QtTest>

#include "canvas/edit_panel.h"
#include "canvas/paint_canvas.h"
#include "control/control_panel.h"
#include "mainwindow/main_window.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"
#include "widgets/message_bar.h"
#include "widgets/slider_field.h"

namespace lorikeet::test {

inline const QString kGolden = QStringLiteral(LORIKEET_SOURCE_DIR "/tests/golden/");
inline const QString kPhoto = kGolden + QStringLiteral("inputs/photo.png");

/// A window on settings of its own, used on its Edit page.
struct EditSession {
  explicit EditSession(const StudioConfig& config) : studio(config), window(studio) {
    window.resize(1280, 720);
    window.show();
    window.activateWindow();
    if (!QTest::qWaitForWindowActive(&window)) qFatal("the window does not become active");
  }

  template <class Widget>
  Widget* find(const char* name) const {
    auto* found = window.findChild<Widget*>(QString::fromLatin1(name));
    if (!found) qFatal("no widget is called %s", name);
    return found;
  }
  QAction* action(const char* name) const { return find<QAction>(name); }
  PaintCanvas& canvas() const { return *find<PaintCanvas>("paintCanvas"); }
  CanvasDocument& document() { return studio.canvas; }
  /// The control panel, in front.
  ControlPanel& control() const {
    find<QDockWidget>("controlDock")->raise();
    QCoreApplication::processEvents();
    return *window.findChild<ControlPanel*>();
  }
  EditPanel& edit() const { return *window.findChild<EditPanel*>(); }
  QString page() const { return find<QStackedWidget>("pages")->currentWidget()->objectName(); }
  QString message() const { return find<MessageBar>("messageBar")->text(); }
  bool showsMessage() const { return find<MessageBar>("messageBar")->isVisible(); }

  void setSteps(int steps) const { find<SliderField>("stepsField")->setValue(steps); }
  void generate() const { action("generate")->trigger(); }
  void mouse(QEvent::Type type, QPointF at, Qt::MouseButton button, Qt::MouseButtons buttons) const {
    QWidget& widget = canvas();
    QMouseEvent event(type, at, widget.mapToGlobal(at), button, buttons, Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &event);
  }
  /// Drags over the canvas through widget points.
  void dragWidget(const QList<QPointF>& points) const {
    mouse(QEvent::MouseButtonPress, points.front(), Qt::LeftButton, Qt::LeftButton);
    for (const QPointF& point : points) mouse(QEvent::MouseMove, point, Qt::NoButton, Qt::LeftButton);
    mouse(QEvent::MouseButtonRelease, points.back(), Qt::LeftButton, Qt::NoButton);
  }
  /// Drags through points of the picture.
  void drag(const QList<QPointF>& points) const {
    QList<QPointF> onWidget;
    for (const QPointF& point : points) onWidget << canvas().toWidget(point);
    dragWidget(onWidget);
  }
  void paintSpot() const {
    ToolOptions options = canvas().options();
    options.tool = CanvasToolKind::Brush;
    options.diameter = 24;
    options.hardness = 1;
    canvas().setOptions(options);
    drag({{50, 60}, {80, 60}});
  }
  void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) const { QTest::keyClick(&canvas(), key, modifiers); }

  Studio studio;
  MainWindow window;
};

}  // namespace lorikeet::test
