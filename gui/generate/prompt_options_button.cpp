#include "generate/prompt_options_button.h"

#include <lorikeet/request.h>

#include <QActionGroup>
#include <QMenu>

#include "studio/jobs/convert.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

QString explain(EmphasisMode mode) {
  switch (mode) {
    case EmphasisMode::Original:
      return PromptOptionsButton::tr("Weighted words count more or less, the rest of the prompt as before");
    case EmphasisMode::NoNorm:
      return PromptOptionsButton::tr("Weighted words count more or less, and the whole prompt grows with them");
    case EmphasisMode::Ignore:
      return PromptOptionsButton::tr("Weights are read and make no difference");
    case EmphasisMode::Literal:
      return PromptOptionsButton::tr("Brackets are part of the text, as in other programs without weights");
  }
  return {};
}

}  // namespace

PromptOptionsButton::PromptOptionsButton(QWidget* parent) : QToolButton(parent), modes_(new QActionGroup(this)) {
  setObjectName(QStringLiteral("promptOptions"));
  setIcon(lineIcon(QStringLiteral("ellipsis")));
  setPopupMode(QToolButton::InstantPopup);
  setFocusPolicy(Qt::TabFocus);
  setToolTip(tr("How the prompts are read: what weights do, whether choices are made"));
  setAccessibleName(tr("Prompt options"));
  auto* menu = new QMenu(this);
  menu->setToolTipsVisible(true);
  menu->addSection(tr("Weights like (fox:1.2)"));
  for (const auto& row : emphasisNames()) {
    QAction* action = menu->addAction(toQString(row.label));
    action->setObjectName(QStringLiteral("emphasis_%1").arg(toQString(row.name)));
    action->setCheckable(true);
    action->setData(int(row.value));
    action->setToolTip(explain(row.value));
    modes_->addAction(action);
  }
  menu->addSeparator();
  choices_ = menu->addAction(tr("Choose from {a|b} and __wildcards__"));
  choices_->setObjectName(QStringLiteral("makeChoices"));
  choices_->setCheckable(true);
  choices_->setToolTip(tr("Every picture chooses by its seed; off: they are part of the text"));
  setMenu(menu);
  setEmphasis(EmphasisMode::Original);
  setChoices(true);
  connect(modes_, &QActionGroup::triggered, this, &PromptOptionsButton::changed);
  connect(choices_, &QAction::toggled, this, &PromptOptionsButton::changed);
}

EmphasisMode PromptOptionsButton::emphasis() const { return EmphasisMode(modes_->checkedAction()->data().toInt()); }

void PromptOptionsButton::setEmphasis(EmphasisMode mode) {
  for (QAction* action : modes_->actions())
    if (action->data().toInt() == int(mode)) action->setChecked(true);
}

bool PromptOptionsButton::choices() const { return choices_->isChecked(); }

void PromptOptionsButton::setChoices(bool on) { choices_->setChecked(on); }

}  // namespace lorikeet
