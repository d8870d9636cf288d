#include "widgets/trigger_chips.h"

#include <QToolButton>

#include "widgets/flow_layout.h"

namespace lorikeet {
namespace {

constexpr qsizetype kFewChips = 4;
constexpr qsizetype kManyChips = 40;
constexpr qsizetype kLongestChip = 26;  ///< characters

}  // namespace

TriggerChips::TriggerChips(QWidget* parent) : QWidget(parent) {
  new FlowLayout(4, this);
  QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
  hide();
}

void TriggerChips::setWords(const QStringList& words) {
  if (words == words_) return;
  words_ = words;
  all_ = false;
  rebuild();
}

void TriggerChips::rebuild() {
  while (QLayoutItem* item = layout()->takeAt(0)) {
    if (item->widget()) item->widget()->deleteLater();
    delete item;
  }
  const qsizetype shown = qMin(words_.size(), all_ ? kManyChips : kFewChips);
  for (const QString& word : words_.mid(0, shown)) {
    const QString text = word.size() > kLongestChip ? word.left(kLongestChip - 1) + QStringLiteral("…") : word;
    connect(addChip(text, tr("Put \"%1\" into the prompt").arg(word)), &QToolButton::clicked, this,
            [this, word] { emit wordClicked(word); });
  }
  if (shown < words_.size() && !all_) {
    auto* more = addChip(tr("+%1").arg(words_.size() - shown), tr("Show all trigger words"));
    connect(more, &QToolButton::clicked, this, [this] {
      all_ = true;
      rebuild();
    });
  }
  setVisible(!words_.isEmpty());
  updateGeometry();
}

QToolButton* TriggerChips::addChip(const QString& text, const QString& toolTip) {
  auto* chip = new QToolButton(this);
  chip->setProperty("role", QStringLiteral("chip"));
  chip->setObjectName(QStringLiteral("triggerChip"));
  chip->setText(QString(text).replace(QLatin1Char('&'), QStringLiteral("&&")));
  chip->setToolTip(toolTip);
  layout()->addWidget(chip);
  chip->show();
  return chip;
}

}  // namespace lorikeet
