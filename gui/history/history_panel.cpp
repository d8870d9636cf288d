#include "history/history_panel.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include "history/history_filters.h"
#include "history/history_view.h"
#include "widgets/action_button.h"
#include "widgets/action_table.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

constexpr int kChoicesDelayMs = 400;  ///< what the filters offer need not follow every picture of a job

}  // namespace

HistoryPanel::HistoryPanel(PictureHistory& history, const QString& thumbnailFolder, const ActionTable& actions,
                           QWidget* parent)
    : QWidget(parent), history_(history), model_(history, thumbnailFolder) {
  setObjectName(QStringLiteral("historyPanel"));
  view_ = new HistoryView(model_, actions, this);
  filters_ = new HistoryFilters;
  auto* filterRow = new QWidget(this);
  auto* filterLayout = new QVBoxLayout(filterRow);
  filterLayout->setContentsMargins(8, 0, 8, 4);
  filterLayout->addWidget(filters_);
  progress_ = new QLabel(this);
  progress_->setObjectName(QStringLiteral("historyProgress"));
  progress_->setProperty("role", QStringLiteral("quiet"));
  progress_->setContentsMargins(10, 0, 8, 3);
  trashBar_ = makeTrashBar(actions);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(makeBar(actions));
  layout->addWidget(filterRow);
  layout->addWidget(progress_);
  layout->addWidget(trashBar_);
  layout->addWidget(view_, 1);
  for (QWidget* part : std::initializer_list<QWidget*>{filterRow, progress_, trashBar_}) part->hide();
  connect(filterButton_, &QToolButton::toggled, filterRow, &QWidget::setVisible);
  connect(filters_, &HistoryFilters::changed, this, &HistoryPanel::search);
  connect(search_, &QLineEdit::textChanged, this, &HistoryPanel::search);
  connectHistory();
  search();
}

QWidget* HistoryPanel::makeBar(const ActionTable& actions) {
  auto* bar = new QWidget(this);
  search_ = new QLineEdit(bar);
  search_->setObjectName(QStringLiteral("historySearch"));
  search_->setClearButtonEnabled(true);
  search_->addAction(lineIcon(QStringLiteral("search")), QLineEdit::LeadingPosition);
  search_->setToolTip(
      tr("Pictures whose prompts, model or adapters have a word that begins with each of these words (Ctrl+H)"));
  for (auto* part : search_->findChildren<QToolButton*>()) part->setToolTip(search_->toolTip());  // icon, clear button
  search_->setMinimumWidth(90);
  filterButton_ = new QToolButton(bar);
  filterButton_->setObjectName(QStringLiteral("historyFilterButton"));
  filterButton_->setIcon(lineIcon(QStringLiteral("funnel")));
  filterButton_->setIconSize({16, 16});
  filterButton_->setCheckable(true);
  filterButton_->setToolTip(tr("Show or hide the filters: model, adapter, sampler, stars, dates"));
  count_ = new QLabel(bar);
  count_->setObjectName(QStringLiteral("historyCount"));
  count_->setProperty("role", QStringLiteral("quiet"));
  auto* layout = new QHBoxLayout(bar);
  layout->setContentsMargins(8, 3, 8, 3);
  layout->setSpacing(2);
  layout->addWidget(search_, 1);
  layout->addWidget(filterButton_);
  layout->addWidget(count_);
  for (const ActionId id : {ActionId::ComparePictures, ActionId::TrashPictures, ActionId::RebuildHistory})
    layout->addWidget(makePanelButton(actions[id], bar));
  return bar;
}

QFrame* HistoryPanel::makeTrashBar(const ActionTable& actions) {
  auto* bar = new QFrame(this);
  bar->setObjectName(QStringLiteral("historyTrashBar"));
  trashText_ = new QLabel(bar);
  trashText_->setObjectName(QStringLiteral("historyTrashText"));
  trashText_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* close = new QToolButton(bar);
  close->setIcon(lineIcon(QStringLiteral("x")));
  close->setToolTip(tr("Hide this line; the pictures stay in the trash"));
  connect(close, &QToolButton::clicked, bar, &QWidget::hide);
  auto* undo = new ActionButton(actions[ActionId::UndoTrash], {}, bar);
  undo->setText(tr(" Undo"));
  connect(actions[ActionId::UndoTrash], &QAction::changed, undo, [undo] { undo->setText(tr(" Undo")); });
  auto* layout = new QHBoxLayout(bar);
  layout->setContentsMargins(12, 3, 8, 3);
  layout->addWidget(trashText_, 1);
  layout->addWidget(undo);
  layout->addWidget(close);
  return bar;
}

void HistoryPanel::connectHistory() {
  choicesDelay_.setSingleShot(true);
  choicesDelay_.setInterval(kChoicesDelayMs);
  connect(&choicesDelay_, &QTimer::timeout, &history_, &PictureHistory::askChoices);
  connect(&history_, &PictureHistory::changed, &choicesDelay_, qOverload<>(&QTimer::start));
  connect(&history_, &PictureHistory::choicesFound, filters_, &HistoryFilters::setChoices);
  connect(&history_, &PictureHistory::scanned, this, &HistoryPanel::showProgress);
  connect(&history_, &PictureHistory::trashedPictures, this, [this](int count) {
    trashText_->setText(count == 1 ? tr("The picture is in the trash.")
                                   : tr("%1 pictures are in the trash.").arg(count));
    trashBar_->show();
  });
  connect(&history_, &PictureHistory::restored, trashBar_, &QWidget::hide);
  connect(&model_, &HistoryModel::answered, this, &HistoryPanel::showCount);
}

void HistoryPanel::focusSearch() {
  search_->setFocus(Qt::ShortcutFocusReason);
  search_->selectAll();
}

void HistoryPanel::search() {
  HistoryQuery query = filters_->query();
  query.words = search_->text();
  filterButton_->setIcon(filters_->isActive() ? accentIcon(QStringLiteral("funnel"))
                                              : lineIcon(QStringLiteral("funnel")));
  filterButton_->setProperty("active", filters_->isActive());
  filterButton_->style()->unpolish(filterButton_);
  filterButton_->style()->polish(filterButton_);
  model_.setQuery(query);
}

void HistoryPanel::showCount(int count) {
  const bool isWhole = model_.query() == HistoryQuery();
  const QString number = QLocale().toString(count);
  if (isWhole) search_->setPlaceholderText(count > 0 ? tr("Search %1 pictures").arg(number) : tr("Search"));
  count_->setText(isWhole ? QString() : tr("%1 found").arg(number));
  view_->setEmptyText(isWhole ? tr("Every picture that you make and save is kept here, with what made it.")
                              : tr("No picture has all of this."));
}

void HistoryPanel::showProgress(int done, int total) {
  progress_->setVisible(done != total);
  progress_->setText(total < 0
                         ? tr("Looking for pictures…")
                         : tr("Reading pictures: %1 of %2").arg(QLocale().toString(done), QLocale().toString(total)));
}

}  // namespace lorikeet
