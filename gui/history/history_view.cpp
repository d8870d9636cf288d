#include "history/history_view.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QMimeData>
#include <algorithm>

#include "history/history_delegate.h"
#include "studio/history/history_model.h"
#include "widgets/action_table.h"
#include "widgets/file_list.h"

namespace lorikeet {
namespace {

constexpr int kCellSide = 124;           ///< pixels, about; the columns fill the width
constexpr int kLeastCellSide = 84;       ///< in a panel that is hardly higher than one row
constexpr size_t kMostDraggable = 2000;  ///< files in one drag

}  // namespace

HistoryView::HistoryView(HistoryModel& model, const ActionTable& actions, QWidget* parent)
    : QListView(parent), history_(model), actions_(actions) {
  setObjectName(QStringLiteral("historyView"));
  setAccessibleName(tr("Pictures of the history"));
  // Not IconMode: that keeps an object a picture, lines with a fixed grid cost a hundred thousand pictures nothing.
  setViewMode(QListView::ListMode);
  setFlow(QListView::LeftToRight);
  setWrapping(true);
  setResizeMode(QListView::Adjust);
  setUpFileList(*this);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
  auto* delegate = new HistoryDelegate(this);
  setItemDelegate(delegate);
  setModel(&model);
  connect(delegate, &HistoryDelegate::starsChosen, this,
          [this](const QModelIndex& index, int stars) { emit ratingWanted({history_.idAt(index.row())}, stars); });
}

std::vector<qint64> HistoryView::selectedPictures() const {
  QList<int> rows;
  for (const QModelIndex& index : selectionModel()->selectedIndexes()) rows << index.row();
  std::ranges::sort(rows);
  std::vector<qint64> ids;
  for (const int row : rows) ids.push_back(history_.idAt(row));
  return ids;
}

void HistoryView::setEmptyText(const QString& text) {
  emptyText_ = text;
  viewport()->update();
}

void HistoryView::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) {
  QListView::selectionChanged(selected, deselected);
  const std::vector<qint64> ids = selectedPictures();
  if (ids.size() <= kMostDraggable) history_.fetch(ids);  // so that a drag or a comparison knows their files
  emit selectionWasChanged();
}

void HistoryView::resizeEvent(QResizeEvent* event) {
  constexpr int kSlack = 6;  // QListView breaks a line a few pixels before the viewport's edge
  const int width = viewport()->width() - kSlack;
  const int wanted = std::clamp(viewport()->height(), kLeastCellSide, kCellSide);
  const int columns = std::max(1, width / wanted);
  const QSize cell(width / columns, std::min(width / columns, wanted + wanted / 4));
  setIconSize(cell);
  setGridSize(cell);
  QListView::resizeEvent(event);
}

void HistoryView::paintEvent(QPaintEvent* event) {
  QListView::paintEvent(event);
  if (history_.rowCount() > 0) return;
  constexpr int kMargin = 12;
  paintEmptyText(*this, emptyText_, kMargin);
}

QMenu* HistoryView::makeStarsMenu(QWidget* parent) {
  auto* menu = new QMenu(tr("Star&s"), parent);
  for (int stars = 5; stars >= 0; --stars) {
    const QString text = stars == 0 ? tr("No stars") : QString(stars, QChar(0x2605));
    menu->addAction(QStringLiteral("%1\t%2").arg(text).arg(stars), this,
                    [this, stars] { emit ratingWanted(selectedPictures(), stars); });
  }
  return menu;
}

void HistoryView::contextMenuEvent(QContextMenuEvent* event) {
  const bool byMouse = event->reason() == QContextMenuEvent::Mouse;
  const QModelIndex index = byMouse ? indexAt(event->pos()) : currentIndex();
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->setToolTipsVisible(true);
  if (index.isValid()) {
    menu->addAction(actions_[ActionId::UseHistorySettings]);
    menu->addAction(actions_[ActionId::EditHistoryPicture]);
    menu->addAction(actions_[ActionId::ComparePictures]);
    menu->addMenu(makeStarsMenu(menu));
    menu->addSeparator();
    menu->addAction(actions_[ActionId::ShowHistoryFile]);
    menu->addAction(actions_[ActionId::TrashPictures]);
  }
  menu->addAction(actions_[ActionId::UndoTrash]);
  menu->addSeparator();
  menu->addAction(actions_[ActionId::RebuildHistory]);
  menu->popup(byMouse ? event->globalPos() : viewport()->mapToGlobal(visualRect(index).center()));
}

void HistoryView::keyPressEvent(QKeyEvent* event) {
  const int key = event->key();
  const bool isPlain = (event->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
  if (isPlain && key >= Qt::Key_0 && key <= Qt::Key_5) {
    emit ratingWanted(selectedPictures(), key - Qt::Key_0);
  } else if (isPlain && key == Qt::Key_Space) {
    actions_[ActionId::ComparePictures]->trigger();
  } else if (isPlain && (key == Qt::Key_Return || key == Qt::Key_Enter)) {
    actions_[ActionId::UseHistorySettings]->trigger();
  } else if (event->matches(QKeySequence::Delete)) {
    actions_[ActionId::TrashPictures]->trigger();
  } else if (event->matches(QKeySequence::Undo)) {
    actions_[ActionId::UndoTrash]->trigger();
  } else {
    QListView::keyPressEvent(event);
  }
}

void HistoryView::mouseDoubleClickEvent(QMouseEvent* event) {
  const QPoint place = event->position().toPoint();
  const QModelIndex index = indexAt(place);
  QListView::mouseDoubleClickEvent(event);
  if (index.isValid() && event->button() == Qt::LeftButton && HistoryDelegate::starAt(visualRect(index), place) == 0)
    actions_[ActionId::UseHistorySettings]->trigger();
}

void HistoryView::startDrag(Qt::DropActions actions) {
  const QModelIndexList indexes = selectedIndexes();
  if (indexes.isEmpty()) return;
  const auto hasFile = [this](const QModelIndex& index) { return !history_.entry(index.row()).file.isEmpty(); };
  if (!std::ranges::all_of(indexes, hasFile)) {
    emit problem(tr("At most %1 pictures can be dragged at once.").arg(kMostDraggable));
    return;
  }
  constexpr int kDragPicture = 96;
  const QImage thumbnail = currentIndex().data(Qt::DecorationRole).value<QImage>();
  dragOut(*this, history_.mimeData(indexes), thumbnail, kDragPicture, actions);
}

}  // namespace lorikeet
