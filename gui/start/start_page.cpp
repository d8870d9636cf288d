#include "start/start_page.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "start/example_card.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

constexpr int kMinCardWidth = 128;
constexpr int kMaxCardWidth = 190;
constexpr int kGap = 12;
constexpr int kMargin = 24;

QLayout* makeHeader(QWidget* parent) {
  constexpr int kIconSize = 56;
  auto* logo = new QLabel(parent);
  logo->setPixmap(applicationIcon().pixmap(QSize(kIconSize, kIconSize), parent->devicePixelRatioF()));
  auto* title = new QLabel(StartPage::tr("What shall it be?"), parent);
  title->setProperty("role", QStringLiteral("title"));
  auto* hint = new QLabel(
      StartPage::tr("Click an example to watch it form, or write your own prompt and press Ctrl+Enter."), parent);
  hint->setProperty("role", QStringLiteral("quiet"));
  hint->setWordWrap(true);
  auto* words = new QVBoxLayout;
  words->setSpacing(2);
  words->addWidget(title);
  words->addWidget(hint);
  auto* header = new QHBoxLayout;
  header->setSpacing(14);
  header->addWidget(logo);
  header->addLayout(words, 1);
  return header;
}

}  // namespace

StartPage::StartPage(const std::vector<Example>& examples, QWidget* parent)
    : QScrollArea(parent), content_(new QWidget(this)), grid_(new QGridLayout) {
  setObjectName(QStringLiteral("startPage"));
  setFrameShape(QFrame::NoFrame);
  setWidgetResizable(true);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  content_->setObjectName(QStringLiteral("scrolled"));
  grid_->setSpacing(kGap);
  grid_->setContentsMargins(0, 0, 0, 0);
  auto* rows = new QVBoxLayout(content_);
  rows->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
  rows->setSpacing(20);
  rows->addStretch(1);
  rows->addLayout(makeHeader(content_));
  rows->addLayout(grid_);
  rows->addStretch(2);
  setWidget(content_);
  for (const Example& example : examples) {
    auto* card = new ExampleCard(example, content_);
    card->setObjectName(QStringLiteral("exampleCard%1").arg(cards_.size()));
    connect(card, &ExampleCard::clicked, this, [this, card] { emit chosen(card->example()); });
    cards_.push_back(card);
  }
  arrange();
}

void StartPage::resizeEvent(QResizeEvent* event) {
  QScrollArea::resizeEvent(event);
  arrange();
}

void StartPage::arrange() {
  const int width = viewport()->width() - 2 * kMargin;
  const int fitting = std::max(1, (width + kGap) / (kMinCardWidth + kGap));
  int columns = std::min<int>(fitting, std::max<int>(1, int(cards_.size() + 1) / 2));  // two rows where they fit
  columns = std::max(columns, 2);
  const int cardWidth = std::clamp((width - (columns - 1) * kGap) / columns, kMinCardWidth, kMaxCardWidth);
  for (ExampleCard* card : cards_) card->setFixedSize(cardWidth, card->heightForWidth(cardWidth));
  if (columns == columns_) return;
  columns_ = columns;
  for (size_t i = 0; i < cards_.size(); ++i) grid_->addWidget(cards_[i], int(i) / columns, int(i) % columns);
  for (int column = 0; column <= grid_->columnCount(); ++column) grid_->setColumnStretch(column, column == columns);
}

}  // namespace lorikeet
