#include "generate/model_menu.h"

#include <QFileInfo>
#include <QFontMetrics>
#include <QLocale>
#include <QMenu>

#include "studio/library/model_library.h"
#include "widgets/action_table.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

QString describe(const ModelEntry& model) {
  if (!model.problem.isEmpty()) return model.problem;
  QStringList parts;
  if (!model.family.isEmpty()) parts << model.family;
  parts << ModelMenu::tr("made for %1 × %2").arg(model.nativeSize.width()).arg(model.nativeSize.height());
  if (model.byteSize > 0) parts << QLocale().formattedDataSize(model.byteSize, 1, QLocale::DataSizeSIFormat);
  return parts.join(QStringLiteral(" · "));
}

}  // namespace

ModelMenu::ModelMenu(ModelLibrary& library, const ActionTable& actions, QWidget* parent)
    : QToolButton(parent), library_(library), actions_(actions) {
  setObjectName(QStringLiteral("modelMenu"));
  setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  setIcon(lineIcon(QStringLiteral("box")));
  setPopupMode(QToolButton::InstantPopup);
  setFocusPolicy(Qt::TabFocus);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  setMenu(new QMenu(this));
  menu()->setToolTipsVisible(true);
  connect(menu(), &QMenu::aboutToShow, this, &ModelMenu::buildMenu);
  connect(&library, &ModelLibrary::currentChanged, this, &ModelMenu::showCurrent);
  showCurrent();
}

void ModelMenu::showCurrent() {
  const ModelEntry& model = library_.current();
  constexpr int kTextWidth = 280;
  setText(QLatin1Char(' ') + fontMetrics().elidedText(model.name, Qt::ElideMiddle, kTextWidth));
  QString toolTip = tr("The model that makes the pictures: %1").arg(describe(model));
  if (!vae_.isEmpty()) toolTip += QLatin1Char('\n') + tr("with the VAE %1").arg(QFileInfo(vae_).fileName());
  setToolTip(toolTip);
}

void ModelMenu::setVaes(const QString& current, const QStringList& known) {
  if (current == vae_ && known == known_) return;
  vae_ = current;
  vaes_ = known_ = known;
  if (!vae_.isEmpty() && !vaes_.contains(vae_)) vaes_.prepend(vae_);
  showCurrent();
}

/// What turns latents into pixels can be another one's.
void ModelMenu::addVaes() {
  QMenu* vaes = menu()->addMenu(lineIcon(QStringLiteral("contrast")), tr("&VAE"));
  vaes->setObjectName(QStringLiteral("vaeMenu"));
  vaes->setToolTipsVisible(true);
  const auto add = [this, vaes](const QString& text, const QString& toolTip, const QString& file) {
    QAction* action = vaes->addAction(text, this, [this, file] { emit vaeChosen(file); });
    action->setToolTip(toolTip);
    action->setCheckable(true);
    action->setChecked(file == vae_);
  };
  add(tr("The &Model's Own"), tr("Decode pictures with the VAE that the model brings along"), {});
  for (const QString& file : vaes_)
    add(QFileInfo(file).fileName().replace(QLatin1Char('&'), QStringLiteral("&&")), file, file);
  vaes->addSeparator();
  vaes->addAction(actions_[ActionId::OpenVae]);
}

void ModelMenu::buildMenu() {
  menu()->clear();
  for (const ModelEntry& model : library_.entries()) {
    const QString name = QString(model.name).replace(QLatin1Char('&'), QStringLiteral("&&"));
    QAction* action = menu()->addAction(name + QLatin1Char('\t') + model.family, this,
                                        [this, path = model.path] { library_.setCurrent(path); });
    action->setCheckable(true);
    action->setChecked(model.path == library_.current().path);
    action->setToolTip(describe(model));
    action->setEnabled(model.problem.isEmpty());
  }
  if (library_.isScanning()) menu()->addAction(tr("Looking for models…"))->setEnabled(false);
  menu()->addSeparator();
  addVaes();
  menu()->addSeparator();
  for (const ActionId id : {ActionId::OpenModel, ActionId::ChooseModelFolder, ActionId::RescanModels})
    menu()->addAction(actions_[id]);
}

}  // namespace lorikeet
