#include "canvas/value_slider.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace lorikeet {
namespace {

constexpr int kHeight = 28;  // logical pixels, and below
constexpr int kPadding = 8;
constexpr double kRadius = 5;

}  // namespace

ValueSlider::ValueSlider(const QString& name, const QString& suffix, QWidget* parent)
    : QAbstractSlider(parent), suffix_(suffix), editor_(new QLineEdit(this)) {
  setFocusPolicy(Qt::TabFocus);
  setOrientation(Qt::Horizontal);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  setAttribute(Qt::WA_Hover);
  editor_->hide();
  editor_->setAlignment(Qt::AlignRight);
  editor_->installEventFilter(this);
  setName(name);
}

void ValueSlider::setName(const QString& name) {
  name_ = name;
  setAccessibleName(name);
  updateGeometry();
  update();
}

void ValueSlider::setExponent(double exponent) {
  exponent_ = exponent;
  update();
}

QString ValueSlider::valueText() const { return QString::number(value()) + suffix_; }

QSize ValueSlider::sizeHint() const {
  const QString widest = name_ + QStringLiteral("  ") + QString::number(maximum()) + suffix_;
  return QSize(fontMetrics().horizontalAdvance(widest) + 2 * kPadding + 18, kHeight);
}

QSize ValueSlider::minimumSizeHint() const { return QSize(sizeHint().width() - 18, kHeight); }

double ValueSlider::share() const {
  if (maximum() == minimum()) return 0;
  return std::pow(double(value() - minimum()) / (maximum() - minimum()), 1 / exponent_);
}

void ValueSlider::setByPosition(double x) {
  const double at = std::clamp(x / width(), 0.0, 1.0);
  setValue(minimum() + static_cast<int>(std::lround(std::pow(at, exponent_) * (maximum() - minimum()))));
}

void ValueSlider::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QPalette& colors = palette();
  const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
  QPainterPath shape;
  shape.addRoundedRect(frame, kRadius, kRadius);
  painter.fillPath(shape, colors.color(QPalette::Base));
  QColor fill = colors.color(isEnabled() ? QPalette::Highlight : QPalette::Mid);
  fill.setAlphaF(underMouse() && isEnabled() ? 0.45 : 0.35);
  const double zero = minimum() < 0 ? width() * double(-minimum()) / (maximum() - minimum()) : 0;
  const double end = width() * share();
  painter.save();
  painter.setClipPath(shape);
  painter.fillRect(QRectF(QPointF(std::min(zero, end), 0), QPointF(std::max(zero, end), height())), fill);
  if (zero > 0) painter.fillRect(QRectF(zero - 0.5, 0, 1, height()), colors.color(QPalette::Mid));
  painter.restore();
  painter.setPen(colors.color(hasFocus() ? QPalette::Highlight : QPalette::Mid));
  painter.drawPath(shape);
  if (editor_->isVisible()) return;
  const QRect text = rect().adjusted(kPadding, 0, -kPadding, 0);
  painter.setPen(colors.color(QPalette::Text));
  painter.drawText(text, Qt::AlignRight | Qt::AlignVCenter, valueText());
  QColor quiet = colors.color(QPalette::Text);
  quiet.setAlphaF(0.7);
  painter.setPen(quiet);
  painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, name_);
}

void ValueSlider::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return event->ignore();
  setSliderDown(true);
  setByPosition(event->position().x());
}

void ValueSlider::mouseMoveEvent(QMouseEvent* event) {
  if (isSliderDown()) setByPosition(event->position().x());
}

void ValueSlider::mouseReleaseEvent(QMouseEvent*) { setSliderDown(false); }

void ValueSlider::mouseDoubleClickEvent(QMouseEvent*) {
  setSliderDown(false);
  startTyping(QString::number(value()));
  editor_->selectAll();
}

void ValueSlider::keyPressEvent(QKeyEvent* event) {
  const QString text = event->text();
  const bool isNumber = !text.isEmpty() && (text[0].isDigit() || (text[0] == u'-' && minimum() < 0));
  if (isNumber) {
    startTyping(text);
  } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
    startTyping(QString::number(value()));
    editor_->selectAll();
  } else {
    QAbstractSlider::keyPressEvent(event);
  }
}

void ValueSlider::startTyping(const QString& text) {
  editor_->setGeometry(rect());
  editor_->setText(text);
  editor_->show();
  editor_->setFocus();
}

void ValueSlider::stopTyping(bool keep) {
  if (!editor_->isVisible()) return;
  const bool focused = editor_->hasFocus();
  editor_->hide();
  bool isNumber = false;
  const int typed = static_cast<int>(std::lround(locale().toDouble(editor_->text(), &isNumber)));
  if (keep && isNumber) setValue(typed);
  if (focused) setFocus();
}

bool ValueSlider::eventFilter(QObject* watched, QEvent* event) {
  if (watched != editor_) return QAbstractSlider::eventFilter(watched, event);
  if (event->type() == QEvent::FocusOut) stopTyping(true);
  if (event->type() != QEvent::KeyPress) return false;
  const int key = static_cast<QKeyEvent*>(event)->key();
  const bool accepts = key == Qt::Key_Return || key == Qt::Key_Enter;
  if (!accepts && key != Qt::Key_Escape) return false;
  stopTyping(accepts);
  return true;
}

void ValueSlider::resizeEvent(QResizeEvent* event) {
  editor_->setGeometry(rect());
  QAbstractSlider::resizeEvent(event);
}

void ValueSlider::sliderChange(SliderChange change) {
  QAbstractSlider::sliderChange(change);
  update();
}

}  // namespace lorikeet
