#include "generate/completion_popup.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QPainter>
#include <QStandardItemModel>
#include <QStyledItemDelegate>

namespace lorikeet {
namespace {

constexpr int kInsertRole = Qt::UserRole;
constexpr int kDetailRole = Qt::UserRole + 1;
constexpr int kPopupPadding = 8;

/// The word, and quietly at the right what it is.
class CompletionDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const bool selected = option.state & QStyle::State_Selected;
    const QPalette& palette = option.palette;
    if (selected) painter->fillRect(option.rect, palette.highlight());
    const QRect area = option.rect.adjusted(kPopupPadding, 0, -kPopupPadding, 0);
    const QString detail = index.data(kDetailRole).toString();
    const QFontMetrics& metrics = option.fontMetrics;
    const int detailWidth = metrics.horizontalAdvance(detail);
    const QString word =
        metrics.elidedText(index.data().toString(), Qt::ElideMiddle, area.width() - detailWidth - 2 * kPopupPadding);
    painter->setPen(palette.color(selected ? QPalette::HighlightedText : QPalette::Text));
    painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter, word);
    painter->setPen(palette.color(selected ? QPalette::HighlightedText : QPalette::PlaceholderText));
    painter->drawText(area, Qt::AlignRight | Qt::AlignVCenter, detail);
  }

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const QString text = index.data().toString() + index.data(kDetailRole).toString();
    return {option.fontMetrics.horizontalAdvance(text) + 4 * kPopupPadding,
            option.fontMetrics.height() + kPopupPadding};
  }
};

QString kindOf(const PromptWord& word) {
  switch (word.kind) {
    case PromptWord::Kind::Embedding:
      return CompletionPopup::tr("embedding · %1").arg(word.detail);
    case PromptWord::Kind::Adapter:
      return CompletionPopup::tr("adapter");
    case PromptWord::Kind::Trigger:
      return CompletionPopup::tr("trigger of %1").arg(word.detail);
    case PromptWord::Kind::Wildcard:
      return CompletionPopup::tr("wildcard");
  }
  return {};
}

}  // namespace

CompletionPopup::CompletionPopup(QWidget* edit) : QCompleter(edit), model_(new QStandardItemModel(this)) {
  setWidget(edit);
  setModel(model_);
  setCompletionMode(QCompleter::UnfilteredPopupCompletion);
  setMaxVisibleItems(10);
  popup()->setItemDelegate(new CompletionDelegate(popup()));
  popup()->setObjectName(QStringLiteral("completionPopup"));
  connect(this, qOverload<const QModelIndex&>(&QCompleter::activated), this,
          [this](const QModelIndex& index) { emit chosen(index.data(kInsertRole).toString()); });
}

void CompletionPopup::offer(const std::vector<Completion>& completions, const QRect& cursor) {
  if (completions.empty()) {
    hide();
    return;
  }
  model_->clear();
  int width = 0;
  for (const Completion& completion : completions) {
    auto* item = new QStandardItem(completion.word.text);
    item->setData(completion.insert, kInsertRole);
    item->setData(kindOf(completion.word), kDetailRole);
    model_->appendRow(item);
  }
  for (int row = 0; row < model_->rowCount(); ++row)
    width = std::max(width, popup()->sizeHintForIndex(model_->index(row, 0)).width());
  constexpr int kScrollBar = 20;
  constexpr int kWidest = 420;
  QRect area = cursor;
  area.setWidth(std::clamp(width + kScrollBar, 180, kWidest));
  complete(area);
  popup()->setCurrentIndex(completionModel()->index(0, 0));
}

void CompletionPopup::hide() { popup()->hide(); }

bool CompletionPopup::isShown() const { return popup()->isVisible(); }

}  // namespace lorikeet
