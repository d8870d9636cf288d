#include "canvas/candidate_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "canvas/canvas_actions.h"
#include "studio/document/canvas_document.h"
#include "widgets/action_button.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

QToolButton* buttonFor(QAction* action, Qt::ToolButtonStyle style, QWidget* parent) {
  auto* button = new QToolButton(parent);
  button->setDefaultAction(action);
  button->setToolButtonStyle(style);
  button->setFocusPolicy(Qt::TabFocus);
  return button;
}

}  // namespace

CandidateBar::CandidateBar(const CanvasDocument& document, const CanvasActions& actions, QWidget* parent)
    : QWidget(parent), document_(document), place_(new QLabel(this)) {
  setObjectName(QStringLiteral("candidateBar"));
  place_->setObjectName(QStringLiteral("candidatePlace"));
  place_->setAlignment(Qt::AlignCenter);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(8, 5, 8, 5);
  row->setSpacing(6);
  row->addWidget(buttonFor(actions[CanvasActionId::PreviousCandidate], Qt::ToolButtonIconOnly, this));
  row->addWidget(place_);
  row->addWidget(buttonFor(actions[CanvasActionId::NextCandidate], Qt::ToolButtonIconOnly, this));
  row->addSpacing(8);
  row->addWidget(buttonFor(actions[CanvasActionId::Compare], Qt::ToolButtonTextBesideIcon, this));
  auto* hint = new QLabel(this);
  hint->setProperty("role", "quiet");
  hint->setMinimumWidth(0);
  hint->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  row->addWidget(hint, 1);
  const auto explain = [hint](bool comparing) {
    hint->setText(comparing ? tr("Drag the line over the picture") : tr("Press on the picture to see it before"));
  };
  connect(actions[CanvasActionId::Compare], &QAction::toggled, hint, explain);
  explain(false);
  row->addWidget(new ActionButton(actions[CanvasActionId::DiscardCandidates], {}, this));
  auto* accept = new ActionButton(actions[CanvasActionId::AcceptCandidate], accentIcon(QStringLiteral("check")), this);
  accept->setObjectName(QStringLiteral("acceptButton"));
  row->addWidget(accept);
  connect(&document_, &CanvasDocument::candidatesChanged, this, &CandidateBar::follow);
  connect(&document_, &CanvasDocument::candidateIndexChanged, this, &CandidateBar::follow);
  follow();
}

void CandidateBar::follow() {
  const int count = static_cast<int>(document_.candidates().size());
  setVisible(count > 0);
  place_->setText(tr("%1 of %2").arg(document_.candidateIndex() + 1).arg(count));
}

}  // namespace lorikeet
