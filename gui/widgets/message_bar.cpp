#include "widgets/message_bar.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/icons.h"

namespace lorikeet {
namespace {

constexpr int kMaxDetailLines = 8;

QString iconOf(MessageBar::Kind kind) {
  switch (kind) {
    case MessageBar::Kind::Info:
      return QStringLiteral("info");
    case MessageBar::Kind::Warning:
      return QStringLiteral("triangle-alert");
    case MessageBar::Kind::Error:
      return QStringLiteral("circle-alert");
  }
  return {};
}

QString nameOf(MessageBar::Kind kind) {
  switch (kind) {
    case MessageBar::Kind::Info:
      return QStringLiteral("info");
    case MessageBar::Kind::Warning:
      return QStringLiteral("warning");
    case MessageBar::Kind::Error:
      return QStringLiteral("error");
  }
  return {};
}

}  // namespace

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent),
      icon_(new QLabel(this)),
      text_(new QLabel(this)),
      detailsButton_(new QToolButton(this)),
      closeButton_(new QToolButton(this)),
      details_(new QPlainTextEdit(this)) {
  setObjectName(QStringLiteral("messageBar"));
  text_->setObjectName(QStringLiteral("messageText"));
  text_->setWordWrap(true);
  text_->setTextFormat(Qt::PlainText);
  text_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  detailsButton_->setObjectName(QStringLiteral("messageDetailsButton"));
  detailsButton_->setText(tr("Details"));
  detailsButton_->setCheckable(true);
  detailsButton_->setToolTip(tr("Show what exactly went wrong"));
  closeButton_->setObjectName(QStringLiteral("messageCloseButton"));
  closeButton_->setIcon(lineIcon(QStringLiteral("x")));
  closeButton_->setAutoRaise(true);
  closeButton_->setToolTip(tr("Close this message"));
  closeButton_->setAccessibleName(tr("Close message"));
  details_->setObjectName(QStringLiteral("messageDetails"));
  details_->setReadOnly(true);
  details_->hide();

  auto* line = new QHBoxLayout;
  line->setSpacing(10);
  line->addWidget(icon_, 0, Qt::AlignVCenter);
  line->addWidget(text_, 1);
  line->addWidget(detailsButton_, 0, Qt::AlignVCenter);
  line->addWidget(closeButton_, 0, Qt::AlignVCenter);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(12, 8, 8, 8);
  column->addLayout(line);
  column->addWidget(details_);

  connect(detailsButton_, &QToolButton::toggled, this, &MessageBar::setDetailsShown);
  connect(closeButton_, &QToolButton::clicked, this, &MessageBar::dismiss);
  hide();
}

void MessageBar::showMessage(Kind kind, const QString& sentence, const QString& details) {
  icon_->setPixmap(lineIcon(iconOf(kind)).pixmap(QSize(18, 18), devicePixelRatioF()));
  setProperty("kind", nameOf(kind));
  style()->unpolish(this);
  style()->polish(this);
  text_->setText(sentence);
  details_->setPlainText(details);
  const int lines = std::min<int>(kMaxDetailLines, int(details.count(QLatin1Char('\n'))) + 1);
  details_->setFixedHeight(lines * details_->fontMetrics().lineSpacing() + 20);
  detailsButton_->setVisible(!details.isEmpty());
  detailsButton_->setChecked(false);
  show();
}

QString MessageBar::text() const { return text_->text(); }

QString MessageBar::details() const { return details_->toPlainText(); }

void MessageBar::dismiss() { hide(); }

void MessageBar::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) {
    dismiss();
  } else {
    QFrame::keyPressEvent(event);
  }
}

void MessageBar::setDetailsShown(bool shown) { details_->setVisible(shown); }

}  // namespace lorikeet
