#include "widgets/section.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace lorikeet {

Section::Section(const QString& title, QWidget* parent)
    : QWidget(parent), title_(new QToolButton(this)), summary_(new QLabel(this)) {
  title_->setObjectName(QStringLiteral("sectionTitle"));
  title_->setText(title);
  title_->setCheckable(true);
  title_->setAutoRaise(true);
  title_->setArrowType(Qt::RightArrow);
  title_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  title_->setToolTip(tr("Show or hide these settings"));
  summary_->setObjectName(QStringLiteral("sectionSummary"));
  summary_->setProperty("role", QStringLiteral("quiet"));
  summary_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  summary_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* head = new QHBoxLayout;
  head->setSpacing(8);
  head->addWidget(title_);
  head->addWidget(summary_, 1);
  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(4);
  rows->addLayout(head);
  connect(title_, &QToolButton::toggled, this, [this](bool open) {
    title_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    if (content_) content_->setVisible(open);
  });
}

void Section::setContent(QWidget* content) {
  content_ = content;
  layout()->addWidget(content);
  content->setVisible(isOpen());
}

void Section::setSummary(const QString& summary) {
  summary_->setText(summary);
  summary_->setToolTip(summary);
}

QString Section::summary() const { return summary_->text(); }

bool Section::isOpen() const { return title_->isChecked(); }

void Section::setOpen(bool open) { title_->setChecked(open); }

}  // namespace lorikeet
