#include "mainwindow/dock_title.h"

#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "widgets/icons.h"

namespace lorikeet {

DockTitle::DockTitle(QDockWidget* dock) : QFrame(dock) {
  setObjectName(QStringLiteral("dockTitle"));
  auto* text = new QLabel(dock->windowTitle(), this);
  text->setTextFormat(Qt::PlainText);
  text->setObjectName(QStringLiteral("dockTitleText"));
  auto* close = new QToolButton(this);
  close->setIcon(lineIcon(QStringLiteral("x")));
  close->setIconSize({12, 12});
  close->setFocusPolicy(Qt::NoFocus);
  close->setToolTip(tr("Close this panel; the View menu brings it back"));
  close->setAccessibleName(tr("Close panel"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(12, 3, 6, 3);
  layout->addWidget(text, 1);
  layout->addWidget(close);
  connect(close, &QToolButton::clicked, dock, &QDockWidget::close);
  connect(dock, &QDockWidget::windowTitleChanged, text, &QLabel::setText);
}

}  // namespace lorikeet
