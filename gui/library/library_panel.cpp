#include "library/library_panel.h"

#include <lorikeet/adapter_tags.h>
#include <lorikeet/starter_parts.h>

#include <QActionGroup>
#include <QDir>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QSplitter>
#include <QStackedWidget>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include "library/library_details.h"
#include "library/library_view.h"
#include "studio/jobs/convert.h"
#include "widgets/action_button.h"
#include "widgets/action_table.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

QToolButton* makeBarButton(QWidget* parent, const char* name, const QString& icon, const QString& toolTip) {
  auto* button = new QToolButton(parent);
  button->setObjectName(QLatin1String(name));
  button->setIcon(lineIcon(icon));
  button->setIconSize({16, 16});
  button->setToolTip(toolTip);
  button->setAccessibleName(toolTip);
  return button;
}

/// An icon that can be seen on the accent of a button that restricts the list.
void setAccented(QToolButton* button, const QString& icon, bool accented) {
  button->setIcon(accented ? accentIcon(icon) : lineIcon(icon));
  button->setProperty("active", accented);
  button->style()->unpolish(button);
  button->style()->polish(button);
}

}  // namespace

LibraryPanel::LibraryPanel(AdapterLibrary& library, const QString& thumbnailFolder, const ActionTable& actions,
                           QWidget* parent)
    : QWidget(parent),
      library_(library),
      model_(library, thumbnailFolder),
      pages_(new QStackedWidget(this)),
      splitter_(new QSplitter(Qt::Vertical, this)),
      view_(new LibraryView(model_, this)),
      details_(new LibraryDetails(this)),
      note_(new QLabel(this)) {
  setObjectName(QStringLiteral("libraryPanel"));
  splitter_->setChildrenCollapsible(false);
  splitter_->addWidget(view_);
  splitter_->addWidget(details_);
  splitter_->setStretchFactor(0, 3);
  splitter_->setStretchFactor(1, 2);
  details_->hide();
  pages_->setObjectName(QStringLiteral("libraryPages"));
  pages_->addWidget(makeEmptyPage(actions));
  pages_->addWidget(splitter_);
  note_->setObjectName(QStringLiteral("libraryNote"));
  note_->setProperty("role", QStringLiteral("quiet"));
  note_->setTextFormat(Qt::PlainText);
  note_->setContentsMargins(10, 3, 8, 4);
  note_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(makeBar(actions));
  layout->addWidget(pages_, 1);
  layout->addWidget(note_);
  makeFilterMenu();
  connectView();
  for (const auto signal : {&AdapterLibrary::listed, &AdapterLibrary::finished})
    connect(&library, signal, this, &LibraryPanel::showState);
  connect(&library, &AdapterLibrary::changed, this, &LibraryPanel::showState);
  connect(&model_, &AdapterListModel::answered, this, &LibraryPanel::showState);
  showState();
}

QWidget* LibraryPanel::makeBar(const ActionTable& actions) {
  auto* bar = new QWidget(this);
  search_ = new QLineEdit(bar);
  search_->setObjectName(QStringLiteral("librarySearch"));
  search_->setClearButtonEnabled(true);
  search_->addAction(lineIcon(QStringLiteral("search")), QLineEdit::LeadingPosition);
  search_->setToolTip(tr("Adapters in whose name, folder, trigger words or notes all of these words stand (%1)")
                          .arg(actions[ActionId::ShowLibrary]->shortcut().toString(QKeySequence::NativeText)));
  for (auto* part : search_->findChildren<QToolButton*>()) part->setToolTip(search_->toolTip());
  search_->setMinimumWidth(90);
  search_->installEventFilter(this);
  connect(search_, &QLineEdit::textChanged, this, [this](const QString& words) {
    AdapterQuery query = model_.query();
    query.words = words;
    change(query);
  });
  favourites_ = makeBarButton(bar, "libraryFavourites", QStringLiteral("star"), tr("Show favourites alone"));
  favourites_->setCheckable(true);
  connect(favourites_, &QToolButton::toggled, this, [this](bool only) {
    AdapterQuery query = model_.query();
    query.favouritesOnly = only;
    change(query);
  });
  filter_ = makeBarButton(bar, "libraryFilter", QStringLiteral("funnel"), tr("Base family and order of the list"));
  filter_->setPopupMode(QToolButton::InstantPopup);
  auto* folders = makeBarButton(bar, "libraryFolders", QStringLiteral("folder-open"),
                                tr("Folders of the library: add those of A1111 or ComfyUI, or look for new files"));
  folders->setPopupMode(QToolButton::InstantPopup);
  folderMenu_ = new QMenu(folders);
  folderMenu_->setToolTipsVisible(true);
  folderMenu_->setObjectName(QStringLiteral("libraryFolderMenu"));
  folders->setMenu(folderMenu_);
  connect(folderMenu_, &QMenu::aboutToShow, this, [this, &actions] { fillFolderMenu(actions); });
  fillFolderMenu(actions);
  auto* layout = new QHBoxLayout(bar);
  layout->setContentsMargins(8, 3, 8, 3);
  layout->setSpacing(2);
  layout->addWidget(search_, 1);
  for (QToolButton* button : {favourites_, filter_, folders}) layout->addWidget(button);
  return bar;
}

QWidget* LibraryPanel::makeEmptyPage(const ActionTable& actions) {
  auto* page = new QWidget(this);
  auto* title = new QLabel(tr("No adapters yet"), page);
  title->setProperty("role", QStringLiteral("section"));
  title->setAlignment(Qt::AlignCenter);
  auto* text = new QLabel(tr("Choose a folder with LoRA files, or where A1111 or ComfyUI is installed; their pictures, "
                             "notes and trigger words are shown as well."),
                          page);
  text->setProperty("role", QStringLiteral("quiet"));
  text->setAlignment(Qt::AlignCenter);
  text->setWordWrap(true);
  auto* choose = new ActionButton(actions[ActionId::AddAdapterFolder], {}, page);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(24, 12, 24, 12);
  column->setSpacing(8);
  column->addStretch(2);
  column->addWidget(title);
  column->addWidget(text);
  column->addWidget(choose, 0, Qt::AlignCenter);
  column->addStretch(3);
  return page;
}

void LibraryPanel::makeFilterMenu() {
  auto* menu = new QMenu(filter_);
  menu->setObjectName(QStringLiteral("libraryFilterMenu"));
  menu->setToolTipsVisible(true);
  filter_->setMenu(menu);
  connect(menu, &QMenu::aboutToShow, this, &LibraryPanel::fillFilterMenu);
  fillFilterMenu();
}

void LibraryPanel::fillFilterMenu() {
  QMenu* menu = filter_->menu();
  menu->clear();
  auto* group = new QActionGroup(menu);
  const auto add = [&](const QString& text, const QString& toolTip, const AdapterQuery& query) {
    QAction* action = menu->addAction(text);
    action->setToolTip(toolTip);
    action->setCheckable(true);
    action->setChecked(query == model_.query());
    group->addAction(action);
    connect(action, &QAction::triggered, this, [this, query] { change(query); });
  };
  AdapterQuery query = model_.query();
  query.family.clear();
  add(tr("&All Families"), tr("Show adapters for every kind of model"), query);
  for (const QString& family : model_.families()) {
    query.family = family;
    add(family, tr("Show only adapters for %1").arg(family), query);
  }
  menu->addSeparator();
  group = new QActionGroup(menu);
  query = model_.query();
  const std::tuple<AdapterOrder, QString, QString> orders[] = {
      {AdapterOrder::Name, tr("By &Name"), tr("In alphabetical order")},
      {AdapterOrder::Newest, tr("N&ewest First"), tr("The file that changed last comes first")},
      {AdapterOrder::LastUsed, tr("Last &Used First"), tr("The adapter of the latest picture comes first")}};
  for (const auto& [order, text, toolTip] : orders) {
    query.order = order;
    add(text, toolTip, query);
  }
}

void LibraryPanel::fillFolderMenu(const ActionTable& actions) {
  folderMenu_->clear();
  for (const QString& folder : library_.folders()) {
    if (!QDir(folder).exists()) continue;
    QMenu* menu = folderMenu_->addMenu(lineIcon(QStringLiteral("folder-open")),
                                       QDir::toNativeSeparators(folder).replace(u'&', QStringLiteral("&&")));
    menu->setToolTipsVisible(true);
    QAction* leave = menu->addAction(lineIcon(QStringLiteral("x")), tr("&Leave It Out"));
    const bool isAlwaysThere =
        folder == pathToQString(starterAdapterFolder()) || folder == pathToQString(defaultAdapterFolder());
    leave->setEnabled(!isAlwaysThere);
    leave->setToolTip(isAlwaysThere
                          ? tr("Lorikeet's own folders are left out once another one is chosen in the preferences")
                          : tr("Look no longer into this folder; its files stay as they are"));
    connect(leave, &QAction::triggered, this, [this, folder] { emit folderRemoved(folder); });
  }
  if (!folderMenu_->isEmpty()) folderMenu_->addSeparator();
  folderMenu_->addAction(actions[ActionId::AddAdapterFolder]);
  folderMenu_->addAction(actions[ActionId::RescanAdapters]);
}

void LibraryPanel::connectView() {
  connect(view_, &LibraryView::insertWanted, this, &LibraryPanel::insertWanted);
  connect(details_, &LibraryDetails::insertWanted, this, &LibraryPanel::insertWanted);
  connect(view_, &LibraryView::favouriteToggled, this, &LibraryPanel::toggleFavourites);
  connect(view_, &LibraryView::detailsWanted, this, [this] {
    setDetailsShown(true);
    details_->focusWeight();
  });
  connect(details_, &LibraryDetails::closeWanted, this, [this] { setDetailsShown(false); });
  connect(details_, &LibraryDetails::noteEdited, this, [this](const QString& file, const AdapterNote& note) {
    if (const int row = library_.rowOf(file); row >= 0) library_.setNote(row, note);
  });
  connect(view_, &LibraryView::currentAdapterChanged, this, [this] {
    if (!details_->isHidden()) details_->setAdapter(view_->current());
  });
  connect(view_, &LibraryView::searchWanted, this, [this](const QString& typed) {
    search_->setFocus(Qt::OtherFocusReason);
    if (!typed.isEmpty()) search_->setText(search_->text() + typed);
  });
}

void LibraryPanel::setDetailsShown(bool shown) {
  details_->setVisible(shown);
  if (shown)
    details_->setAdapter(view_->current());
  else
    view_->setFocus(Qt::OtherFocusReason);
}

void LibraryPanel::toggleFavourites(const QStringList& files) {
  const auto isFavourite = [this](const QString& file) {
    const int row = library_.rowOf(file);
    return row >= 0 && library_.adapters()[size_t(row)].note.favourite;
  };
  const bool all = std::all_of(files.begin(), files.end(), isFavourite);
  for (const QString& file : files) {
    const int row = library_.rowOf(file);
    if (row < 0) continue;
    AdapterNote note = library_.adapters()[size_t(row)].note;
    note.favourite = !all;
    library_.setNote(row, note);
  }
}

void LibraryPanel::change(const AdapterQuery& query) {
  model_.setQuery(query);
  setAccented(filter_, QStringLiteral("funnel"), !query.family.isEmpty());
  setAccented(favourites_, QStringLiteral("star"), query.favouritesOnly);
}

void LibraryPanel::showState() {
  const auto count = qsizetype(library_.adapters().size());
  pages_->setCurrentIndex(count == 0 && !library_.isBusy() ? 0 : 1);
  const QString number = QLocale().toString(count);
  search_->setPlaceholderText(count > 0 ? tr("Search %1 adapters").arg(number) : tr("Search"));
  view_->setEmptyText(count > 0 ? tr("No adapter has all of this.") : tr("Looking for adapters…"));
  const int shown = model_.rowCount();
  QString text;
  if (library_.unreadCount() > 0)
    text = tr("Reading files: %1 left").arg(QLocale().toString(library_.unreadCount()));
  else if (shown != count)
    text = tr("%1 of %2").arg(QLocale().toString(shown), number);
  setNote(text);
}

void LibraryPanel::setNote(const QString& text) {
  note_->setText(text);
  note_->setToolTip(text);
  note_->setVisible(!text.isEmpty());
}

void LibraryPanel::focusSearch() {
  search_->setFocus(Qt::ShortcutFocusReason);
  search_->selectAll();
}

/// From the search field the arrow keys go on in the list, and Return takes the first row.
bool LibraryPanel::eventFilter(QObject* watched, QEvent* event) {
  if (watched != search_ || event->type() != QEvent::KeyPress || model_.rowCount() == 0) return false;
  const int key = static_cast<QKeyEvent*>(event)->key();
  if (key == Qt::Key_Down || key == Qt::Key_PageDown) {
    view_->setFocus(Qt::OtherFocusReason);
    if (!view_->currentIndex().isValid()) view_->setCurrentIndex(model_.index(0));
    return true;
  }
  if (key != Qt::Key_Return && key != Qt::Key_Enter) return false;
  if (static_cast<QKeyEvent*>(event)->modifiers() & Qt::ControlModifier) return false;
  view_->setCurrentIndex(model_.index(0));
  emit view_->addWanted({view_->current()->file});
  return true;
}

}  // namespace lorikeet
