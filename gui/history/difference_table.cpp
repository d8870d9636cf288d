#include "history/difference_table.h"

#include <QHeaderView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTextDocument>

namespace lorikeet {
namespace {

constexpr int kHtmlRole = Qt::UserRole;
constexpr int kCellPadding = 4;

/// Draws text in which parts are marked.
class MarkedTextDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    painter->save();
    painter->setClipRect(option.rect);
    if (option.state & QStyle::State_Selected) {
      QColor back = option.palette.color(QPalette::Highlight);
      back.setAlpha(45);
      painter->fillRect(option.rect, back);
    }
    QTextDocument text;
    layOut(text, option, index, option.rect.width());
    painter->translate(option.rect.topLeft());
    text.drawContents(painter);
    painter->restore();
  }

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const auto* table = qobject_cast<const QTableWidget*>(option.widget);
    QTextDocument text;
    layOut(text, option, index, table ? table->columnWidth(index.column()) : option.rect.width());
    return text.size().toSize();
  }

 private:
  static void layOut(QTextDocument& text, const QStyleOptionViewItem& option, const QModelIndex& index, int width) {
    text.setDocumentMargin(kCellPadding);
    text.setDefaultFont(option.font);
    text.setHtml(QStringLiteral("<span style='color:%1'>%2</span>")
                     .arg(option.palette.color(QPalette::Text).name(), index.data(kHtmlRole).toString()));
    text.setTextWidth(width);
  }
};

/// Short values are marked by standing here at all; of long ones only the parts that the others lack.
QString htmlOf(const SettingRow& row, qsizetype column, const QColor& mark) {
  const QString& value = row.values[column];
  QStringList others = row.values;
  others.removeAt(column);
  QString html;
  if (!row.differs || others.isEmpty() || !value.contains(QLatin1Char(','))) {
    html = value.toHtmlEscaped();
  } else {
    for (const TextPart& part : markOwnParts(value, others))
      html += part.isOwn ? QStringLiteral("<b style='color:%1'>%2</b>").arg(mark.name(), part.text.toHtmlEscaped())
                         : part.text.toHtmlEscaped();
  }
  return html.replace(QLatin1Char('\n'), QStringLiteral("<br>"));
}

}  // namespace

DifferenceTable::DifferenceTable(QWidget* parent) : QTableWidget(parent) {
  setObjectName(QStringLiteral("differenceTable"));
  setAccessibleName(tr("Settings of the pictures"));
  setItemDelegate(new MarkedTextDelegate(this));
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setFrameShape(QFrame::NoFrame);
  horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
}

void DifferenceTable::setSettings(const QStringList& pictures, const std::vector<SettingRow>& rows) {
  setColumnCount(int(pictures.size()));
  setHorizontalHeaderLabels(pictures);
  rows_ = rows;
  fill();
}

void DifferenceTable::setOnlyDifferences(bool only) {
  onlyDifferences_ = only;
  fill();
}

void DifferenceTable::fill() {
  setRowCount(0);
  QStringList names;
  for (const SettingRow& row : rows_) {
    if (onlyDifferences_ && !row.differs && columnCount() > 1) continue;
    const int line = rowCount();
    insertRow(line);
    names << row.name;
    for (int column = 0; column < columnCount(); ++column) {
      auto* item = new QTableWidgetItem(row.values[column]);
      item->setData(kHtmlRole, htmlOf(row, column, palette().color(QPalette::Highlight)));
      item->setToolTip(row.values[column]);
      setItem(line, column, item);
    }
  }
  setVerticalHeaderLabels(names);
  resizeRowsToContents();
}

void DifferenceTable::resizeEvent(QResizeEvent* event) {
  QTableWidget::resizeEvent(event);
  resizeRowsToContents();
}

}  // namespace lorikeet
