#include "training/loss_curve.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace lorikeet {
namespace {

/// Share that a new loss has of the running mean; the latest fifty steps or so count.
constexpr double kNewShare = 0.04;
/// The highest losses may be cut off: one of fifty, so that a single outlier does not press the curve down.
constexpr double kShownShare = 0.98;
constexpr int kFewestCurveSteps = 20;
constexpr int kCurveMargin = 8;

QString lossText(double loss) { return QLocale().toString(loss, 'g', 4); }

}  // namespace

double axisStep(double range, int lines) {
  if (!(range > 0) || lines < 1) return 1;
  const double power = std::pow(10, std::floor(std::log10(range / lines)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (range / (factor * power) <= lines) return factor * power;
  return 10 * power;
}

LossCurve::LossCurve(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setAccessibleName(tr("Loss over the steps"));
}

void LossCurve::setLosses(const std::vector<float>& losses) {
  const bool goesOn = losses.size() >= losses_.size() && std::equal(losses_.begin(), losses_.end(), losses.begin());
  const size_t from = goesOn ? losses_.size() : 0;
  if (goesOn && from == losses.size()) return;
  losses_ = losses;
  addSmoothed(from);
  std::vector<float> sorted = losses_;
  top_ = 1;
  if (!sorted.empty()) {
    const auto place = sorted.begin() + std::ptrdiff_t(kShownShare * double(sorted.size() - 1));
    std::nth_element(sorted.begin(), place, sorted.end());
    top_ = 1.08 * double(std::max(*place, *std::max_element(smoothed_.begin(), smoothed_.end())));
    if (!(top_ > 0) || !std::isfinite(top_)) top_ = 1;
  }
  pointed_ = std::min(pointed_, int(losses_.size()) - 1);
  update();
}

void LossCurve::addSmoothed(size_t from) {
  smoothed_.resize(from);
  if (from == 0) mean_ = weight_ = 0;
  for (size_t i = from; i < losses_.size(); ++i) {
    mean_ += kNewShare * (double(losses_[i]) - mean_);
    weight_ += kNewShare * (1 - weight_);
    smoothed_.push_back(float(mean_ / weight_));
  }
}

double LossCurve::stepsShown() const { return std::max(double(losses_.size()), double(kFewestCurveSteps)); }

QRectF LossCurve::plot() const {
  const int left = fontMetrics().horizontalAdvance(QStringLiteral("0.0000")) + 2 * kCurveMargin;
  const int line = fontMetrics().height();
  return QRectF(rect()).adjusted(left, line + kCurveMargin, -3 * kCurveMargin, -line - kCurveMargin);
}

QPointF LossCurve::placeOf(size_t index, float loss) const {
  const QRectF area = plot();
  const double across = double(index + 1) / stepsShown(), up = std::clamp(double(loss) / top_, 0.0, 1.0);
  return {area.left() + across * area.width(), area.bottom() - up * area.height()};
}

void LossCurve::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), palette().color(QPalette::Base));
  paintGrid(painter);
  if (losses_.empty()) return;
  paintLosses(painter);
  paintMean(painter);
  paintLegend(painter);
  paintPointer(painter);
}

void LossCurve::paintGrid(QPainter& painter) const {
  constexpr int kPixelsBetweenLines = 40, kPixelsBetweenSteps = 80;
  const QRectF area = plot();
  const QColor line = palette().color(QPalette::Mid), text = palette().color(QPalette::PlaceholderText);
  const auto lineCount = [](double pixels, int between) { return std::max(1, int(pixels / between)); };
  const double lossStep = axisStep(top_, lineCount(area.height(), kPixelsBetweenLines));
  for (int i = 0; i * lossStep <= top_; ++i) {
    const double y = area.bottom() - i * lossStep / top_ * area.height();
    painter.setPen(QPen(line, 1, i == 0 ? Qt::SolidLine : Qt::DotLine));
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    painter.setPen(text);
    painter.drawText(QRectF(0, y - 20, area.left() - kCurveMargin, 40), Qt::AlignRight | Qt::AlignVCenter,
                     lossText(i * lossStep));
  }
  const double steps = stepsShown();
  const double between = std::max(1.0, axisStep(steps, lineCount(area.width(), kPixelsBetweenSteps)));
  painter.setPen(text);
  for (int i = 1; i * between <= steps; ++i) {
    const double step = i * between;
    const double x = area.left() + step / steps * area.width();
    QRectF place(0, 0, kPixelsBetweenSteps, fontMetrics().height());
    place.moveCenter(QPointF(x, area.bottom() + 4 + fontMetrics().height() / 2.0));
    painter.drawText(place, Qt::AlignCenter, QLocale().toString(qlonglong(step)));
  }
  painter.drawText(QRectF(kCurveMargin, area.bottom() + 4, area.left() - 2 * kCurveMargin, fontMetrics().height()),
                   Qt::AlignRight | Qt::AlignVCenter, tr("step"));
}

void LossCurve::paintLosses(QPainter& painter) const {
  QColor color = palette().color(QPalette::Text);
  color.setAlphaF(0.38F);
  painter.setPen(QPen(color, 1));
  const QRectF area = plot();
  if (double(losses_.size()) <= area.width()) {
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath path(placeOf(0, losses_[0]));
    for (size_t i = 1; i < losses_.size(); ++i) path.lineTo(placeOf(i, losses_[i]));
    painter.drawPath(path);
    if (losses_.size() == 1) painter.drawEllipse(placeOf(0, losses_[0]), 1.5, 1.5);
    return;
  }
  std::vector<Column> columns(size_t(area.width()) + 1, Column{INFINITY, -INFINITY});
  for (size_t i = 0; i < losses_.size(); ++i) {
    const double x = double(i + 1) / stepsShown() * area.width();
    Column& column = columns[std::min(size_t(x), columns.size() - 1)];
    column.low = std::min(column.low, losses_[i]);
    column.high = std::max(column.high, losses_[i]);
  }
  painter.setRenderHint(QPainter::Antialiasing, false);
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].high < columns[i].low) continue;
    const double x = area.left() + double(i);
    painter.drawLine(QPointF(x, placeOf(0, columns[i].high).y()), QPointF(x, placeOf(0, columns[i].low).y()));
  }
}

void LossCurve::paintMean(QPainter& painter) const {
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(palette().color(QPalette::Highlight), 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  const size_t stride = std::max<size_t>(1, losses_.size() / size_t(std::max(1.0, plot().width())));
  QPainterPath path(placeOf(0, smoothed_[0]));
  for (size_t i = stride; i < smoothed_.size(); i += stride) path.lineTo(placeOf(i, smoothed_[i]));
  path.lineTo(placeOf(smoothed_.size() - 1, smoothed_.back()));
  painter.drawPath(path);
}

void LossCurve::paintLegend(QPainter& painter) const {
  const bool isPointed = pointed_ >= 0;
  const size_t index = isPointed ? size_t(pointed_) : losses_.size() - 1;
  const QString mean = tr("mean %1").arg(lossText(double(smoothed_[index])));
  const QString all = tr("step %L1 · loss %2 · ").arg(index + 1).arg(lossText(double(losses_[index])));
  const QRectF area = plot();
  const double y = kCurveMargin / 2.0, height = fontMetrics().height();
  double x = area.right() - fontMetrics().horizontalAdvance(all + mean);
  painter.setPen(palette().color(QPalette::Text));
  painter.drawText(QRectF(x, y, area.width(), height), Qt::AlignLeft | Qt::AlignVCenter, all);
  x += fontMetrics().horizontalAdvance(all);
  painter.setPen(palette().color(QPalette::Highlight));
  painter.drawText(QRectF(x, y, area.width(), height), Qt::AlignLeft | Qt::AlignVCenter, mean);
}

void LossCurve::paintPointer(QPainter& painter) const {
  if (pointed_ < 0) return;
  const QRectF area = plot();
  const QPointF mean = placeOf(size_t(pointed_), smoothed_[size_t(pointed_)]);
  painter.setPen(QPen(palette().color(QPalette::PlaceholderText), 1));
  painter.drawLine(QPointF(mean.x(), area.top()), QPointF(mean.x(), area.bottom()));
  painter.setBrush(palette().color(QPalette::Highlight));
  painter.drawEllipse(mean, 3, 3);
}

void LossCurve::mouseMoveEvent(QMouseEvent* event) {
  const QRectF area = plot();
  const double across = (event->position().x() - area.left()) / area.width();
  const int step = int(std::lround(across * stepsShown())) - 1;
  pointed_ = losses_.empty() || !area.contains(event->position()) ? -1 : std::clamp(step, 0, int(losses_.size()) - 1);
  update();
}

void LossCurve::leaveEvent(QEvent*) {
  pointed_ = -1;
  update();
}

}  // namespace lorikeet
