#include "start/start_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "start/example_card.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

constexpr int kMinCardWidth = 128;
constexpr int kMaxCardWidth = 240;
constexpr int kGap = 12;
constexpr int kMargin = 24;
constexpr int kHeaderHeight = 56;  ///< at least; also the icon's size
constexpr int kHeaderGap = 20;
constexpr int kMinHeaderWidth = 420;

QWidget* makeHeader(QWidget* parent) {
  auto* header = new QWidget(parent);
  auto* logo = new QLabel(header);
  logo->setPixmap(applicationIcon().pixmap(QSize(kHeaderHeight, kHeaderHeight), parent->devicePixelRatioF()));
  auto* title = new QLabel(StartPage::tr("What shall it be?"), header);
  title->setProperty("role", QStringLiteral("title"));
  auto* hint = new QLabel(
      StartPage::tr("Click an example to watch it form, or write your own prompt and press Ctrl+Enter."), header);
  hint->setProperty("role", QStringLiteral("quiet"));
  hint->setWordWrap(true);
  auto* words = new QVBoxLayout;
  words->setSpacing(2);
  words->addWidget(title);
  words->addWidget(hint);
  auto* line = new QHBoxLayout(header);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(14);
  line->addWidget(logo);
  line->addLayout(words, 1);
  return header;
}

}  // namespace

StartPage::StartPage(const std::vector<Example>& examples, QWidget* parent)
    : QScrollArea(parent), content_(new QWidget(this)), header_(makeHeader(content_)) {
  setObjectName(QStringLiteral("startPage"));
  setFrameShape(QFrame::NoFrame);
  setWidgetResizable(true);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  content_->setObjectName(QStringLiteral("scrolled"));
  setWidget(content_);
  for (const Example& example : examples) {
    auto* card = new ExampleCard(example, content_);
    card->setObjectName(QStringLiteral("exampleCard%1").arg(cards_.size()));
    connect(card, &ExampleCard::clicked, this, [this, card] { emit chosen(card->example()); });
    cards_.push_back(card);
  }
}

void StartPage::resizeEvent(QResizeEvent* event) {
  QScrollArea::resizeEvent(event);
  arrange();
}

void StartPage::arrange() {
  if (cards_.empty()) return;
  const int roomWidth = viewport()->width() - 2 * kMargin;
  const int headerHeight = std::max(kHeaderHeight, header_->layout()->heightForWidth(std::max(roomWidth, 1)));
  const QSize room(roomWidth, viewport()->height() - 2 * kMargin - headerHeight - kHeaderGap);
  const int caption = cards_.front()->captionHeight();
  const int inTwoRows = int(cards_.size() + 1) / 2;
  const int columns = std::clamp((room.width() + kGap) / (kMinCardWidth + kGap), 1, inTwoRows);
  const int rows = (int(cards_.size()) + columns - 1) / columns;
  const int forWidth = (room.width() - (columns - 1) * kGap) / columns;
  const int forHeight = (room.height() - kGap) / 2 - caption;
  const int side = std::clamp(std::min(forWidth, forHeight), kMinCardWidth, kMaxCardWidth);

  const QSize block(columns * (side + kGap) - kGap, headerHeight + kHeaderGap + rows * (side + caption + kGap) - kGap);
  content_->setMinimumHeight(block.height() + 2 * kMargin);
  const int left = kMargin + std::max(0, (room.width() - block.width()) / 2);
  const int top = std::max(kMargin, (viewport()->height() - block.height()) / 2);
  header_->setGeometry(left, top, std::min(room.width(), std::max(block.width(), kMinHeaderWidth)), headerHeight);
  for (int i = 0; i < int(cards_.size()); ++i) {
    const QPoint place(left + i % columns * (side + kGap),
                       top + headerHeight + kHeaderGap + i / columns * (side + caption + kGap));
    cards_[size_t(i)]->setGeometry(QRect(place, QSize(side, side + caption)));
  }
}

}  // namespace lorikeet
