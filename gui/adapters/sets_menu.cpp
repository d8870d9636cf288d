#include "adapters/sets_menu.h"

#include <QInputDialog>

#include "studio/adapters/adapter_stack_model.h"
#include "widgets/icons.h"

namespace lorikeet {

SetsMenu::SetsMenu(AdapterStackModel& model, const AdapterSets& sets, QWidget* parent)
    : QMenu(parent), model_(model), sets_(sets) {
  setObjectName(QStringLiteral("setsMenu"));
  setToolTipsVisible(true);
  connect(this, &QMenu::aboutToShow, this, &SetsMenu::fill);
  fill();
}

void SetsMenu::fill() {
  clear();
  const QStringList names = sets_.names();
  for (const QString& name : names) {
    const auto count = sets_.load(name).size();
    QAction* action = addAction(QString(name).replace(QLatin1Char('&'), QStringLiteral("&&")));
    action->setToolTip(tr("Replace the stack by these %n adapter(s)", nullptr, int(count)));
    connect(action, &QAction::triggered, this,
            [this, name] { model_.replace(sets_.load(name), tr("Set \"%1\"").arg(name)); });
  }
  if (names.isEmpty()) addAction(tr("No Sets Yet"))->setEnabled(false);
  addSeparator();
  QAction* save = addAction(lineIcon(QStringLiteral("save")), tr("&Save the Stack as a Set…"));
  save->setObjectName(QStringLiteral("saveSet"));
  save->setToolTip(tr("Keep files and weights of the stack under a name"));
  save->setEnabled(!model_.state().entries.empty());
  connect(save, &QAction::triggered, this, &SetsMenu::askForName);
  if (names.isEmpty()) return;
  QMenu* removal = addMenu(lineIcon(QStringLiteral("trash-2")), tr("&Remove a Set"));
  for (const QString& name : names)
    connect(removal->addAction(QString(name).replace(QLatin1Char('&'), QStringLiteral("&&"))), &QAction::triggered,
            this, [this, name] { sets_.remove(name); });
}

void SetsMenu::askForName() {
  auto* dialog = new QInputDialog(parentWidget());
  dialog->setObjectName(QStringLiteral("setNameDialog"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(tr("Save Set"));
  dialog->setLabelText(tr("Name of the set (one of the same name is replaced):"));
  connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString& name) {
    std::vector<AdapterUse> uses;
    for (const AdapterEntry& entry : model_.state().entries) uses.push_back(entry.use);
    if (!name.trimmed().isEmpty()) sets_.save(name.trimmed(), uses);
  });
  dialog->setModal(false);
  dialog->show();
}

}  // namespace lorikeet
