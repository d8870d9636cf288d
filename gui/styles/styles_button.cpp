#include "styles/styles_button.h"

#include <QMenu>

#include "studio/styles/style_library.h"
#include "widgets/icons.h"

namespace lorikeet {

StylesButton::StylesButton(StyleLibrary& library, QWidget* parent) : QToolButton(parent), library_(library) {
  setObjectName(QStringLiteral("stylesButton"));
  setIcon(lineIcon(QStringLiteral("brush")));
  setText(tr("Styles"));
  setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  setPopupMode(QToolButton::InstantPopup);
  setFocusPolicy(Qt::TabFocus);
  setToolTip(tr("Texts and settings to add to what is written: a look, a medium, a set of parameters"));
  setMenu(new QMenu(this));
  menu()->setObjectName(QStringLiteral("stylesMenu"));
  menu()->setToolTipsVisible(true);
  connect(menu(), &QMenu::aboutToShow, this, &StylesButton::buildMenu);
}

void StylesButton::buildMenu() {
  menu()->clear();
  for (int row = 0; row < library_.rowCount(); ++row) {
    const QModelIndex index = library_.index(row);
    const QString name = index.data().toString().replace(u'&', QStringLiteral("&&"));
    QAction* action = menu()->addAction(name, this, [this, row] { emit chosen(row); });
    action->setToolTip(index.data(Qt::ToolTipRole).toString());
  }
  if (library_.rowCount() == 0) menu()->addAction(tr("No styles yet"))->setEnabled(false);
  menu()->addSeparator();
  const auto add = [this](const QString& name, const QString& text, const QString& toolTip,
                          void (StylesButton::*signal)()) {
    QAction* action = menu()->addAction(text, this, signal);
    action->setObjectName(name);
    action->setToolTip(toolTip);
  };
  add(QStringLiteral("keepStyle"), tr("&Keep as a New Style…"),
      tr("Make a style of the prompts and parameters in the form"), &StylesButton::keepWanted);
  add(QStringLiteral("editStyles"), tr("&Edit Styles…"), tr("Change, order and remove your styles"),
      &StylesButton::editWanted);
  add(QStringLiteral("importStyles"), tr("&Import styles.csv…"), tr("Take over the styles of AUTOMATIC1111's web UI"),
      &StylesButton::importWanted);
  add(QStringLiteral("exportStyles"), tr("E&xport styles.csv…"),
      tr("Write your styles for AUTOMATIC1111's web UI; parameters have no place in that file"),
      &StylesButton::exportWanted);
}

}  // namespace lorikeet
