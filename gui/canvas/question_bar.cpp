#include "canvas/question_bar.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <utility>

namespace lorikeet {

QuestionBar::QuestionBar(QWidget* parent) : QWidget(parent), text_(new QLabel(this)), offer_(new QPushButton(this)) {
  setObjectName(QStringLiteral("questionBar"));
  text_->setObjectName(QStringLiteral("questionText"));
  text_->setWordWrap(true);
  text_->setTextFormat(Qt::PlainText);
  offer_->setObjectName(QStringLiteral("questionOffer"));
  offer_->setToolTip(tr("Do what the question offers"));
  auto* cancel = new QPushButton(tr("Cancel"), this);
  cancel->setObjectName(QStringLiteral("questionCancel"));
  cancel->setToolTip(tr("Leave everything as it is (Esc)"));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 6, 8, 6);
  row->setSpacing(8);
  row->addWidget(text_, 1);
  row->addWidget(cancel);
  row->addWidget(offer_);
  connect(cancel, &QPushButton::clicked, this, &QWidget::hide);
  connect(offer_, &QPushButton::clicked, this, [this] {
    hide();
    if (const auto accepted = std::exchange(accepted_, nullptr)) accepted();
  });
  hide();
}

void QuestionBar::ask(const QString& sentence, const QString& offer, std::function<void()> accepted) {
  text_->setText(sentence);
  offer_->setText(offer);
  offer_->setToolTip(sentence);
  accepted_ = std::move(accepted);
  show();
  offer_->setFocus();
}

QString QuestionBar::text() const { return text_->text(); }

void QuestionBar::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) return hide();
  QWidget::keyPressEvent(event);
}

}  // namespace lorikeet
