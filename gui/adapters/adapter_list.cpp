#include "adapters/adapter_list.h"

#include <QDropEvent>
#include <QMimeData>
#include <QVBoxLayout>

#include "adapters/adapter_row.h"
#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

constexpr int kMarkHeight = 2;

/// The row that a drag carries, 0 where it is something else.
quint64 draggedRow(const QDropEvent* event) {
  return event->mimeData()->data(QLatin1String(kAdapterRowMime)).toULongLong();
}

}  // namespace

AdapterList::AdapterList(AdapterStackModel& model, QWidget* parent)
    : QWidget(parent), model_(model), column_(new QVBoxLayout(this)), mark_(new QWidget(this)) {
  setObjectName(QStringLiteral("adapterList"));
  setAcceptDrops(true);
  column_->setContentsMargins(0, 0, 0, 0);
  column_->setSpacing(0);
  mark_->setAutoFillBackground(true);
  mark_->setBackgroundRole(QPalette::Highlight);
  mark_->hide();
  connect(&model, &AdapterStackModel::rowsChanged, this, &AdapterList::rebuild);
  connect(&model, &AdapterStackModel::entryChanged, this, [this](quint64 id) {
    if (const auto row = rows_.find(id); row != rows_.end()) row->second->refresh();
  });
  connect(&model, &AdapterStackModel::conditionChanged, this, [this](const QString& file) {
    for (const AdapterEntry& entry : model_.state().entries)
      if (pathToQString(entry.use.file) == file)
        if (const auto row = rows_.find(entry.id); row != rows_.end()) row->second->refreshCondition();
  });
  rebuild();
}

void AdapterList::rebuild() {
  std::map<quint64, AdapterRow*> kept;
  int place = 0;
  for (const AdapterEntry& entry : model_.state().entries) {
    const auto known = rows_.find(entry.id);
    AdapterRow* row = known != rows_.end() ? known->second : makeRow(entry.id);
    kept[entry.id] = row;
    column_->insertWidget(place++, row);
  }
  for (const auto& [id, row] : rows_)
    if (!kept.contains(id)) row->deleteLater();
  rows_ = std::move(kept);
  for (const auto& [id, row] : rows_) row->refresh();
}

AdapterRow* AdapterList::makeRow(quint64 id) {
  auto* row = new AdapterRow(model_, id, this);
  connect(row, &AdapterRow::triggerWordClicked, this, &AdapterList::triggerWordClicked);
  return row;
}

int AdapterList::gapAt(int y) const {
  int gap = 0;
  for (const AdapterEntry& entry : model_.state().entries) {
    if (y < rows_.at(entry.id)->geometry().center().y()) break;
    ++gap;
  }
  return gap;
}

void AdapterList::showGap(int gap) {
  const auto& entries = model_.state().entries;
  const int y = size_t(gap) < entries.size() ? rows_.at(entries[size_t(gap)].id)->y()
                                             : rows_.at(entries.back().id)->geometry().bottom();
  mark_->setGeometry(0, std::max(0, y - kMarkHeight / 2), width(), kMarkHeight);
  mark_->raise();
  mark_->show();
}

void AdapterList::dragEnterEvent(QDragEnterEvent* event) {
  if (draggedRow(event) != 0) event->acceptProposedAction();
}

void AdapterList::dragMoveEvent(QDragMoveEvent* event) {
  if (model_.rowOf(draggedRow(event)) < 0) return event->ignore();
  showGap(gapAt(event->position().toPoint().y()));
  event->acceptProposedAction();
}

void AdapterList::dragLeaveEvent(QDragLeaveEvent*) { mark_->hide(); }

void AdapterList::dropEvent(QDropEvent* event) {
  mark_->hide();
  const quint64 id = draggedRow(event);
  const int from = model_.rowOf(id);
  if (from < 0) return event->ignore();
  const int gap = gapAt(event->position().toPoint().y());
  event->acceptProposedAction();
  model_.move(id, gap > from ? gap - 1 : gap);
}

}  // namespace lorikeet
