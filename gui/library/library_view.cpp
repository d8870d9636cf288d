#include "library/library_view.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QMimeData>

#include "library/library_delegate.h"
#include "studio/library/adapter_list_model.h"
#include "widgets/file_list.h"
#include "widgets/icons.h"

namespace lorikeet {

LibraryView::LibraryView(AdapterListModel& model, QWidget* parent) : QListView(parent), library_(model) {
  setObjectName(QStringLiteral("libraryView"));
  setAccessibleName(tr("Adapters of the library"));
  setUpFileList(*this);
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  auto* delegate = new LibraryDelegate(this);
  setItemDelegate(delegate);
  setModel(&model);
  connect(delegate, &LibraryDelegate::starClicked, this,
          [this](const QModelIndex& index) { emit favouriteToggled({library_.at(index.row()).file}); });
  connect(&model, &AdapterListModel::answered, this, &LibraryView::keepCurrent);
}

void LibraryView::setEmptyText(const QString& text) {
  emptyText_ = text;
  viewport()->update();
}

const LibraryAdapter* LibraryView::current() const {
  const QModelIndex index = currentIndex();
  return index.isValid() ? &library_.at(index.row()) : nullptr;
}

QStringList LibraryView::selectedFiles() const {
  QModelIndexList indexes = selectionModel()->selectedIndexes();
  std::ranges::sort(indexes, {}, &QModelIndex::row);
  QStringList files;
  for (const QModelIndex& index : indexes) files << library_.at(index.row()).file;
  return files;
}

void LibraryView::keepCurrent() {
  const int row = currentFile_.isEmpty() ? -1 : library_.shownRow(currentFile_);
  if (row >= 0 && currentIndex().row() != row) {
    setCurrentIndex(library_.index(row));
    scrollTo(library_.index(row));
  }
  emit currentAdapterChanged();
}

void LibraryView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  QListView::currentChanged(current, previous);
  if (current.isValid()) currentFile_ = library_.at(current.row()).file;
  emit currentAdapterChanged();
}

void LibraryView::fillMenu(QMenu& menu, const LibraryAdapter& adapter) {
  const auto add = [&menu](const QString& icon, const QString& text, const QString& toolTip) {
    QAction* action = menu.addAction(lineIcon(icon), text);
    action->setToolTip(toolTip);
    return action;
  };
  QAction* stack = add(QStringLiteral("plus"), tr("&Add to the Stack\tReturn"),
                       tr("Let the marked adapters change the picture, with their default weights"));
  connect(stack, &QAction::triggered, this, [this] { emit addWanted(selectedFiles()); });
  const QString words = adapter.triggers().join(QStringLiteral(", "));
  QAction* trigger = add(QStringLiteral("square-pen"), tr("Insert Its &Trigger Words"),
                         words.isEmpty() ? tr("This adapter tells no trigger words") : words);
  trigger->setEnabled(!words.isEmpty());
  connect(trigger, &QAction::triggered, this, [this, words] { emit insertWanted(words); });
  const QString tag = adapter.tagText();
  QAction* insert = add(QStringLiteral("pencil"), tr("Insert <&lora:…> into the Prompt"),
                        tag.isEmpty() ? tr("Its name has signs that a tag cannot hold") : tag);
  insert->setEnabled(!tag.isEmpty());
  connect(insert, &QAction::triggered, this, [this, tag] { emit insertWanted(tag); });
  menu.addSeparator();
  QAction* favourite =
      add(QStringLiteral("star"), adapter.note.favourite ? tr("No &Favourite\tSpace") : tr("&Favourite\tSpace"),
          tr("Favourites can be shown alone"));
  connect(favourite, &QAction::triggered, this, [this] { emit favouriteToggled(selectedFiles()); });
  connect(add(QStringLiteral("sliders-horizontal"), tr("&Notes and Default Weight\tF2"),
              tr("Show what is known of this adapter, and your notes")),
          &QAction::triggered, this, &LibraryView::detailsWanted);
  menu.addSeparator();
  connect(add(QStringLiteral("info"), tr("&Report"), tr("All that the file tells, and how it fits the model")),
          &QAction::triggered, this, [this, file = adapter.file] { emit reportWanted(file); });
  connect(add(QStringLiteral("external-link"), tr("Show in Fol&der"), tr("Open the folder that holds this file")),
          &QAction::triggered, this, [this, file = adapter.file] { emit folderWanted(file); });
  menu.addSeparator();
}

void LibraryView::contextMenuEvent(QContextMenuEvent* event) {
  const bool byMouse = event->reason() == QContextMenuEvent::Mouse;
  const QModelIndex index = byMouse ? indexAt(event->pos()) : currentIndex();
  auto* menu = new QMenu(this);
  menu->setObjectName(QStringLiteral("libraryMenu"));
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->setToolTipsVisible(true);
  if (index.isValid()) fillMenu(*menu, library_.at(index.row()));
  connect(menu->addAction(lineIcon(QStringLiteral("refresh-cw")), tr("&Look for New Files")), &QAction::triggered, this,
          &LibraryView::rescanWanted);
  menu->popup(byMouse ? event->globalPos() : viewport()->mapToGlobal(visualRect(index).center()));
}

void LibraryView::keyPressEvent(QKeyEvent* event) {
  const int key = event->key();
  const auto modifiers = event->modifiers() & ~Qt::KeypadModifier;
  const bool isPlain = modifiers == Qt::NoModifier;
  const bool isText = (isPlain || modifiers == Qt::ShiftModifier) && !event->text().isEmpty() &&
                      event->text().front().isPrint() && key != Qt::Key_Space;
  if (isPlain && (key == Qt::Key_Return || key == Qt::Key_Enter)) {
    if (const QStringList files = selectedFiles(); !files.isEmpty()) emit addWanted(files);
  } else if (isPlain && key == Qt::Key_Space) {
    emit favouriteToggled(selectedFiles());
  } else if (isPlain && key == Qt::Key_F2) {
    emit detailsWanted();
  } else if (isText || (isPlain && key == Qt::Key_Up && currentIndex().row() <= 0)) {
    emit searchWanted(isText ? event->text() : QString());
  } else {
    QListView::keyPressEvent(event);
  }
}

void LibraryView::mouseDoubleClickEvent(QMouseEvent* event) {
  const QPoint place = event->position().toPoint();
  const QModelIndex index = indexAt(place);
  QListView::mouseDoubleClickEvent(event);
  const bool isStar = LibraryDelegate::starPlace(visualRect(index)).adjusted(-4, -4, 4, 4).contains(place);
  if (index.isValid() && event->button() == Qt::LeftButton && !isStar) emit addWanted({library_.at(index.row()).file});
}

void LibraryView::paintEvent(QPaintEvent* event) {
  QListView::paintEvent(event);
  if (library_.rowCount() > 0) return;
  paintEmptyText(*this, emptyText_);
}

void LibraryView::startDrag(Qt::DropActions actions) {
  const QModelIndexList indexes = selectedIndexes();
  if (indexes.isEmpty()) return;
  constexpr int kDragPicture = 64;
  const QImage thumbnail = currentIndex().data(Qt::DecorationRole).value<QImage>();
  dragOut(*this, library_.mimeData(indexes), thumbnail, kDragPicture, actions);
}

}  // namespace lorikeet
