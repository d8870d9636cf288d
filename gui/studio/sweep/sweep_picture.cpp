#include "studio/sweep/sweep_picture.h"

#include <QFont>
#include <QFontMetrics>
#include <QImageReader>
#include <QPainter>
#include <algorithm>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

constexpr int kCellGap = 4;
constexpr int kLabelMargin = 8;
constexpr int kUsualLabelWidth = 240;  // beside small pictures; else labels are at most as wide as a cell

QImage readPictureFile(const QString& file) {
  if (file.isEmpty()) return {};
  QImageReader reader(file);
  reader.setAutoTransform(true);
  return reader.read();
}

/// Where everything stands in the grid picture.
class GridPicture {
 public:
  GridPicture(const SweepPlan& plan, QSize picture) : plan_(plan) {
    const SweepCellSize cell =
        sweepCellSize(int(plan.columnCount()), int(plan.rowCount()), picture.width(), picture.height());
    cell_ = QSize(cell.width, cell.height);
    font_.setPixelSize(std::clamp(cell_.width() / 20, 10, 28));
    const QFontMetrics metrics(font_);
    top_ = metrics.height() + kLabelMargin;
    for (size_t row = 0; row < plan.rowCount() && plan.hasRowLabels(); ++row)
      left_ = std::max(left_, metrics.horizontalAdvance(rowLabel(row)) + 2 * kLabelMargin);
    left_ = std::min(left_, std::max(cell_.width(), kUsualLabelWidth));
    const QSize size(left_ + kCellGap + int(plan.columnCount()) * (cell_.width() + kCellGap),
                     top_ + kCellGap + int(plan.rowCount()) * (cell_.height() + kCellGap));
    image_ = QImage(size, QImage::Format_RGB32);
    image_.fill(Qt::white);
  }

  void drawLabels() {
    QPainter painter(&image_);
    painter.setFont(font_);
    painter.setPen(QColor(0x20, 0x20, 0x20));
    const QFontMetrics metrics(font_);
    const auto draw = [&](const QRect& place, int flags, const QString& text) {
      painter.drawText(place, flags | Qt::AlignVCenter | Qt::TextSingleLine,
                       metrics.elidedText(text, Qt::ElideRight, place.width()));
    };
    for (size_t column = 0; column < plan_.columnCount(); ++column)
      draw({cellPlace(int(column), 0).left(), 0, cell_.width(), top_}, Qt::AlignHCenter,
           toQString(plan_.columns[column]));
    for (size_t row = 0; row < plan_.rowCount() && left_ > 0; ++row)
      draw({kLabelMargin, cellPlace(0, int(row)).top(), left_ - 2 * kLabelMargin, cell_.height()}, Qt::AlignLeft,
           rowLabel(row));
  }

  void place(int column, int row, const QImage& picture) {
    const bool isLarger = picture.width() > cell_.width() || picture.height() > cell_.height();
    const QImage shown = isLarger ? picture.scaled(cell_, Qt::KeepAspectRatio, Qt::SmoothTransformation) : picture;
    QRect place(QPoint(), shown.size());
    place.moveCenter(cellPlace(column, row).center());
    QPainter(&image_).drawImage(place.topLeft(), shown);
  }

  const QImage& image() const { return image_; }

 private:
  QRect cellPlace(int column, int row) const {
    return {QPoint(left_ + kCellGap + column * (cell_.width() + kCellGap),
                   top_ + kCellGap + row * (cell_.height() + kCellGap)),
            cell_};
  }
  QString rowLabel(size_t row) const { return toQString(plan_.rows[row]); }

  const SweepPlan& plan_;
  QSize cell_;
  QFont font_;
  int top_ = 0;
  int left_ = 0;
  QImage image_;
};

}  // namespace

QImage drawSweepGrid(const SweepPlan& plan, const QStringList& files) {
  std::optional<GridPicture> grid;
  for (size_t i = 0; i < plan.cells.size(); ++i) {
    const QImage picture = readPictureFile(files.value(qsizetype(i)));
    if (picture.isNull()) continue;
    if (!grid) grid.emplace(plan, picture.size());
    grid->place(plan.cells[i].column, plan.cells[i].row, picture);
  }
  if (!grid) return {};
  grid->drawLabels();
  return grid->image();
}

}  // namespace lorikeet
