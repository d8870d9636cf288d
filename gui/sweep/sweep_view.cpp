#include "sweep/sweep_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "studio/jobs/convert.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

constexpr int kSweepGap = 4;
constexpr int kLabelMargin = 8;
constexpr int kSmallestCell = 64;
constexpr int kUsualCell = 160;
constexpr int kLargestCell = 512;
constexpr int kWidestRowLabel = 180;
constexpr int kStateIconSide = 20;

QString stateIcon(SweepCellState state) {
  switch (state) {
    case SweepCellState::Waiting:
      return QStringLiteral("circle-dashed");
    case SweepCellState::Running:
      return QStringLiteral("play");
    case SweepCellState::Failed:
      return QStringLiteral("circle-alert");
    case SweepCellState::Done:
      return QStringLiteral("image");
    case SweepCellState::Missing:
      return QStringLiteral("square-dashed");
  }
  return {};
}

}  // namespace

SweepView::SweepView(const SweepSession& session, QWidget* parent) : QWidget(parent), session_(session) {
  setObjectName(QStringLiteral("sweepView"));
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Pictures of the sweep"));
  connect(&session, &SweepSession::changed, this, &SweepView::follow);
  follow();
}

void SweepView::follow() {
  if (shown_ != session_.record().id) {
    shown_ = session_.record().id;
    setCurrent(-1);
  }
  const SweepPlan& plan = session_.plan();
  const Layout smallest = layoutFor({0, 0});
  const QRect last =
      session_.isEmpty() ? QRect() : placeOf(smallest, int(plan.columnCount()) - 1, int(plan.rowCount()) - 1);
  setMinimumSize(last.right() + kLabelMargin, last.bottom() + kLabelMargin);
  updateGeometry();
  update();
}

QSize SweepView::sizeHint() const {
  const SweepPlan& plan = session_.plan();
  return {int(plan.columnCount()) * kUsualCell + kWidestRowLabel, int(plan.rowCount()) * kUsualCell + 40};
}

/// Cells as large as fit, in the shape of the pictures as far as it is known.
SweepView::Layout SweepView::layoutFor(QSize size) const {
  Layout layout;
  if (session_.isEmpty()) return layout;
  const SweepPlan& plan = session_.plan();
  layout.top = fontMetrics().height() + 2 * kLabelMargin;
  if (plan.hasRowLabels())
    for (const std::string& row : plan.rows)
      layout.left = std::max(layout.left, fontMetrics().horizontalAdvance(toQString(row)));
  layout.left = std::min(layout.left, kWidestRowLabel) + 2 * kLabelMargin;
  const GenerateRequest& request = session_.record().base;
  QSizeF shape = request.width > 0 && request.height > 0 ? QSizeF(request.width, request.height) : QSizeF(1, 1);
  for (size_t i = 0; i < plan.cells.size(); ++i) {
    if (session_.picture(i).thumbnail.isNull()) continue;
    shape = session_.picture(i).thumbnail.size();
    break;
  }
  const double width = double(size.width() - layout.left - kLabelMargin) / double(plan.columnCount()) - kSweepGap;
  const double height = double(size.height() - layout.top - kLabelMargin) / double(plan.rowCount()) - kSweepGap;
  const double longer = std::max(shape.width(), shape.height());
  const double scale = std::clamp(std::min(width / shape.width(), height / shape.height()), kSmallestCell / longer,
                                  kLargestCell / longer);
  layout.cell = (shape * scale).toSize().expandedTo({8, 8});
  return layout;
}

QRect SweepView::placeOf(const Layout& layout, int column, int row) const {
  return {QPoint(layout.left + kSweepGap + column * (layout.cell.width() + kSweepGap),
                 layout.top + row * (layout.cell.height() + kSweepGap)),
          layout.cell};
}

QRect SweepView::rectOf(int cell) const {
  if (cell < 0 || size_t(cell) >= session_.plan().cells.size()) return {};
  const SweepCell& place = session_.plan().cells[size_t(cell)];
  return placeOf(layoutFor(size()), place.column, place.row);
}

void SweepView::paintEvent(QPaintEvent* event) {
  QPainter painter(this);
  if (session_.isEmpty()) return;
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  const Layout layout = layoutFor(size());
  paintLabels(painter, layout);
  for (size_t i = 0; i < session_.plan().cells.size(); ++i) {
    const SweepCell& cell = session_.plan().cells[i];
    const QRect place = placeOf(layout, cell.column, cell.row);
    if (place.adjusted(-3, -3, 3, 3).intersects(event->rect())) paintCell(painter, place, int(i));
  }
}

void SweepView::paintLabels(QPainter& painter, const Layout& layout) const {
  const SweepPlan& plan = session_.plan();
  painter.setPen(palette().color(QPalette::WindowText));
  const auto draw = [&](const QRect& place, Qt::Alignment alignment, const QString& text) {
    painter.drawText(place, int(alignment) | Qt::TextSingleLine,
                     fontMetrics().elidedText(text, Qt::ElideRight, place.width()));
  };
  for (size_t column = 0; column < plan.columnCount(); ++column) {
    const QRect below = placeOf(layout, int(column), 0);
    draw({below.left(), 0, below.width(), layout.top}, Qt::AlignCenter, toQString(plan.columns[column]));
  }
  if (!plan.hasRowLabels()) return;
  for (size_t row = 0; row < plan.rowCount(); ++row) {
    const QRect beside = placeOf(layout, 0, int(row));
    draw({kLabelMargin, beside.top(), layout.left - kLabelMargin, beside.height()}, Qt::AlignLeft | Qt::AlignVCenter,
         toQString(plan.rows[row]));
  }
}

void SweepView::paintCell(QPainter& painter, const QRect& place, int cell) const {
  const SweepPicture& picture = session_.picture(size_t(cell));
  if (!picture.thumbnail.isNull()) {
    QRect shown(QPoint(), picture.thumbnail.size().scaled(place.size(), Qt::KeepAspectRatio));
    shown.moveCenter(place.center());
    painter.drawImage(shown, picture.thumbnail);
  } else {
    painter.fillRect(place, palette().color(QPalette::AlternateBase));
    painter.setPen(palette().color(QPalette::Mid));
    painter.drawRect(place.adjusted(0, 0, -1, -1));
    QRect icon(0, 0, kStateIconSide, kStateIconSide);
    icon.moveCenter(place.center());
    lineIcon(stateIcon(picture.state))
        .paint(&painter, icon, Qt::AlignCenter,
               picture.state == SweepCellState::Missing ? QIcon::Disabled : QIcon::Normal);
  }
  if (cell != current_) return;
  painter.setPen(QPen(palette().color(QPalette::Highlight), 3));
  painter.drawRect(place.adjusted(-1, -1, 0, 0));
}

QString SweepView::textOf(int cell) const {
  const SweepPicture& picture = session_.picture(size_t(cell));
  QString label = toQString(session_.plan().labelOf(session_.plan().cells[size_t(cell)]));
  switch (picture.state) {
    case SweepCellState::Failed:
      return tr("%1: %2").arg(label, picture.problem);
    case SweepCellState::Missing:
      return tr("%1: not made").arg(label);
    case SweepCellState::Waiting:
      return tr("%1: waits for its turn").arg(label);
    case SweepCellState::Running:
      return tr("%1: is being made").arg(label);
    case SweepCellState::Done:
      break;
  }
  return label;
}

int SweepView::cellAt(QPoint position) const {
  const Layout layout = layoutFor(size());
  for (size_t i = 0; i < session_.plan().cells.size(); ++i) {
    const SweepCell& cell = session_.plan().cells[i];
    if (placeOf(layout, cell.column, cell.row).contains(position)) return int(i);
  }
  return -1;
}

int SweepView::cellIn(int column, int row) const {
  const auto& cells = session_.plan().cells;
  const auto found = std::ranges::find_if(
      cells, [column, row](const SweepCell& cell) { return cell.column == column && cell.row == row; });
  return found == cells.end() ? -1 : int(found - cells.begin());
}

void SweepView::setCurrent(int cell) {
  if (cell == current_) return;
  current_ = cell;
  setAccessibleDescription(cell < 0 ? QString() : textOf(cell));
  update();
  emit currentChanged();
}

void SweepView::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) setCurrent(cellAt(event->position().toPoint()));
}

void SweepView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && cellAt(event->position().toPoint()) == current_ && current_ >= 0)
    emit activated();
}

void SweepView::keyPressEvent(QKeyEvent* event) {
  if (session_.isEmpty()) return QWidget::keyPressEvent(event);
  const SweepCell here = current_ < 0 ? SweepCell{-1, 0, {}} : session_.plan().cells[size_t(current_)];
  int next = -1;
  switch (event->key()) {
    case Qt::Key_Left:
      next = cellIn(std::max(here.column - 1, 0), here.row);
      break;
    case Qt::Key_Right:
      next = cellIn(here.column + 1, here.row);
      break;
    case Qt::Key_Up:
      next = cellIn(std::max(here.column, 0), here.row - 1);
      break;
    case Qt::Key_Down:
      next = cellIn(std::max(here.column, 0), here.row + (current_ < 0 ? 0 : 1));
      break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (current_ >= 0) emit activated();
      return;
    default:
      return QWidget::keyPressEvent(event);
  }
  if (next >= 0) setCurrent(next);
}

bool SweepView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = dynamic_cast<QHelpEvent*>(event);
  const int cell = cellAt(help->pos());
  QToolTip::showText(help->globalPos(), cell < 0 ? QString() : textOf(cell), this);
  return true;
}

}  // namespace lorikeet
