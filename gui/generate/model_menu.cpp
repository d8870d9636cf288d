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

QString modelSizeText(int64_t bytes) { return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat); }

QString describe(const ModelEntry& model) {
  if (!model.problem.isEmpty()) return model.problem;
  QStringList parts;
  if (!model.family.isEmpty()) parts << model.family;
  parts << ModelMenu::tr("made for %1 × %2").arg(model.nativeSize.width()).arg(model.nativeSize.height());
  if (model.byteSize > 0) parts << modelSizeText(model.byteSize);
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
  if (precision_ == Precision::Int8) toolTip += QLatin1Char('\n') + tr("with weights of 8 bits");
  if (precision_ == Precision::BF16) toolTip += QLatin1Char('\n') + tr("with weights of 16 bits");
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

void ModelMenu::setPrecision(Precision current, const std::array<int64_t, 4>& weightBytes) {
  precision_ = current;
  weightBytes_ = weightBytes;
  showCurrent();
}

void ModelMenu::addPrecisions() {
  QMenu* precisions = menu()->addMenu(tr("&Weights in Memory"));
  precisions->setObjectName(QStringLiteral("precisionMenu"));
  precisions->setToolTipsVisible(true);
  const auto add = [this, precisions](Precision precision, const QString& text, const QString& toolTip) {
    const int64_t bytes = weightBytes_[static_cast<size_t>(precision)];
    const QString size = bytes > 0 ? QLatin1Char('\t') + modelSizeText(bytes) : QString();
    QAction* action = precisions->addAction(text + size, this, [this, precision] { emit precisionChosen(precision); });
    action->setToolTip(toolTip);
    action->setCheckable(true);
    action->setChecked(precision == precision_);
  };
  add(Precision::F32, tr("As in the &File"), tr("Every weight as the model's file has it"));
  add(Precision::BF16, tr("&16 Bits"), tr("Files of 32 bits take half; files of 16 bits stay as they are"));
  add(Precision::Int8, tr("&8 Bits"), tr("Half of 16 bits; pictures differ hardly visibly, the speed is the same"));
  add(Precision::Auto, tr("&Automatic"), tr("The most exact of these that the free memory has room for"));
}

void ModelMenu::buildMenu() {
  menu()->clear();
  qDeleteAll(menu()->findChildren<QMenu*>(Qt::FindDirectChildrenOnly));
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
  addPrecisions();
  menu()->addSeparator();
  for (const ActionId id : {ActionId::OpenModel, ActionId::ChooseModelFolder, ActionId::RescanModels})
    menu()->addAction(actions_[id]);
}

}  // namespace lorikeet
